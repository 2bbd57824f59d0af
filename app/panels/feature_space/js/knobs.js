import { make, setText } from "./dom.js";
import { helpOf } from "./knob_help.js";
import { nearestStop, stops } from "./knob_scale.js";
import { exact } from "./numbers.js";

/** A slider follows the run again this long after a person last moved it, in milliseconds. */
const FOLLOW_AFTER = 1500;

/** The page is told of a change when none has followed it for this long, in milliseconds. */
const TELL_AFTER = 350;

/**
 * The sliders that act on running training.
 *
 * @typedef {{name: string, title: string, symbol: ?string, help: string, low: number,
 *   high: number, scale: "linear"|"fine"|"log", decimals: number}} KnobRange
 */
export class KnobRow {
  /**
   * @param {HTMLElement} container
   * @param {KnobRange[]} ranges
   * @param {{onInput: function(string, number): void, onChange: function(object): void,
   *   onPoint: function(?string): void}} listener
   */
  constructor(container, ranges, listener) {
    this.listener = listener;
    this.values = {};
    this.movedAt = -Infinity;
    this.knobs = new Map(ranges.map((range) => [range.name, this.build(range)]));
    container.append(...[...this.knobs.values()].map((knob) => knob.card));
  }

  build(range) {
    const values = stops(range.scale, range.low, range.high);
    const id = `knob-${range.name}`;
    const knob = { range, values, words: range.help, help: make("p.help", { id: `${id}-help` }, range.help) };
    knob.number = make("output.number", { for: id });
    knob.number.setAttribute("aria-live", "off");
    knob.input = make("input", {
      type: "range", id, min: "0", max: String(values.length - 1), step: "1",
      aria: { describedby: `${id}-help knobs-note` },
      on: {
        input: () => this.moved(knob),
        change: () => this.tell(),
        focus: () => this.listener.onPoint(range.name),
        blur: () => this.listener.onPoint(null),
      },
    });
    const label = make("label", { htmlFor: id }, range.title);
    if (range.symbol) label.append(" ", make("i.symbol", {}, range.symbol));
    knob.card = make(
      "div.knob.card",
      {
        data: { knob: range.name },
        on: {
          pointerenter: () => this.listener.onPoint(range.name),
          pointerleave: () => this.listener.onPoint(null),
        },
      },
      make("div.knob-head", {}, label, knob.number),
      knob.input,
      knob.help,
    );
    return knob;
  }

  moved(knob) {
    this.movedAt = performance.now();
    const value = knob.values[Number(knob.input.value)];
    this.set(knob.range.name, value, false);
    this.listener.onInput(knob.range.name, value);
  }

  /** Arrow keys end in a change each; the page, which re-runs for it, hears of the last one. */
  tell() {
    window.clearTimeout(this.telling);
    this.telling = window.setTimeout(() => this.listener.onChange({ ...this.values }), TELL_AFTER);
  }

  destroy() {
    window.clearTimeout(this.telling);
  }

  set(name, value, place = true) {
    const knob = this.knobs.get(name);
    if (!knob || !Number.isFinite(value)) return;
    this.values[name] = value;
    if (place) knob.input.value = String(nearestStop(knob.values, value));
    const text = exact(value, knob.range.decimals);
    setText(knob.number, text);
    knob.input.setAttribute("aria-valuetext", text);
    const share = Number(knob.input.value) / (knob.values.length - 1);
    knob.input.style.setProperty("--share", share.toFixed(4));
  }

  /** Values from the page: a preset, a link, a fresh pair. */
  setAll(values) {
    for (const [name, value] of Object.entries(values)) this.set(name, value);
  }

  /** Values of the newest frame, unless a person is just moving a slider. */
  follow(scalars) {
    if (performance.now() - this.movedAt < FOLLOW_AFTER) return;
    for (const [name, knob] of this.knobs) {
      if (scalars[name] !== this.values[name] && !knob.input.matches(":active")) {
        this.set(name, scalars[name]);
      }
    }
  }

  /**
   * While scrubbed back the sliders keep the values that the training has now; where the value
   * was another one then, the help line says which.
   *
   * @param {?object} scalars of the frame on screen; null when that is the newest
   */
  showPast(scalars) {
    for (const [name, knob] of this.knobs) {
      const was = scalars?.[name];
      const differs = was !== undefined && was !== this.values[name];
      const past = `${exact(differs ? was : 0, knob.range.decimals)} at this step`;
      setText(knob.help, differs ? past : knob.words);
      knob.card.classList.toggle("past", differs);
    }
  }

  /** @param {string[]} losses of the two runs: the help lines say what the knobs do to them */
  setLosses(losses) {
    for (const [name, knob] of this.knobs) {
      const { words, idle } = helpOf(name, losses, knob.range.help);
      knob.words = words;
      knob.card.classList.toggle("idle", idle);
    }
    this.showPast(null);
  }

  /** @param {boolean} enabled whether the sliders may be moved */
  setEnabled(enabled) {
    for (const knob of this.knobs.values()) knob.input.disabled = !enabled;
  }

  /** Takes the focus to a slider and lets it light up gently. */
  point(name) {
    const knob = this.knobs.get(name);
    if (!knob) return;
    knob.input.focus();
    knob.card.scrollIntoView({ block: "nearest" });
    knob.card.classList.remove("lit");
    // Reading a layout value between the two starts the animation anew.
    void knob.card.offsetWidth;
    knob.card.classList.add("lit");
  }
}
