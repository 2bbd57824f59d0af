import { make, setText } from "./dom.js";
import { grouped } from "./numbers.js";

/** A connection is spoken of only when it takes longer than this, in milliseconds. */
export const PATIENCE = 600;

/**
 * What a panel has to say about its run.
 *
 * @param {{state: ?string, message: string, position: ?number, link: string, waited: boolean,
 *   step: number, own: boolean}} run
 * @returns {{card: ?string, note: ?string, again: boolean}} card: in the middle, nothing to see
 *   yet or any more; note: a line at the lower edge; again: whether to offer another start;
 *   low: whether there are digits that the card must leave free
 */
export function overlayOf(run) {
  return { card: null, note: null, again: false, low: run.step >= 0, ...wordsOf(run) };
}

function wordsOf({ state, message, position, link, waited, step, own }) {
  if (state === "failed") {
    return { card: message || "Training ended with an error.", again: own };
  }
  if (link === "refused") {
    return { card: "This run is no longer there.", again: own };
  }
  if (link === "lost" && waited) {
    return { note: "Connection lost; trying again. What came so far stays." };
  }
  if (state === "queued") {
    return { card: `${ordinal(position ?? 1)} in line: ${message || "all cores are busy"}` };
  }
  if (step < 0 && waited && (state === "prepared" || state === "running")) {
    return { card: "Looking at all digits for the first time" };
  }
  if (state === null && step < 0) {
    return { card: waited ? "Connecting" : null };
  }
  if (state === "stopped") {
    return { note: message || `Stopped at step ${grouped(Math.max(step, 0))}` };
  }
  if (step <= 0 && (state === "prepared" || state === "paused")) {
    if (!own) return { note: "Waiting for the one who started this" };
    const touch = window.matchMedia("(pointer: coarse)").matches;
    return { note: touch ? "Press Play" : "Press Play or the space bar" };
  }
  return {};
}

/** Shows what {@link overlayOf} says. */
export class Overlay {
  /**
   * @param {HTMLElement} container
   * @param {function(): void} onAgain
   */
  constructor(container, onAgain) {
    this.text = make("p");
    this.again = make("button.tool", { type: "button", on: { click: onAgain } }, "Start again");
    this.card = make("div.overlay-card", { hidden: true, role: "status" }, this.text, this.again);
    this.note = make("p.overlay-note", { hidden: true, role: "status" });
    container.append(this.card, this.note);
  }

  show({ card, note, again, low }) {
    this.card.hidden = card === null;
    this.card.classList.toggle("low", low);
    if (card !== null) setText(this.text, card);
    this.again.hidden = !again;
    this.note.hidden = note === null;
    if (note !== null) setText(this.note, note);
  }
}

function ordinal(number) {
  const ending = { one: "st", two: "nd", few: "rd", other: "th" };
  const rule = new Intl.PluralRules("en", { type: "ordinal" }).select(number);
  return `${number}${ending[rule]}`;
}
