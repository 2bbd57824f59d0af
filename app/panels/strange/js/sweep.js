import { icon, make, setText } from "./dom.js";
import { fixed } from "./numbers.js";

/** Sizes that are gone through: finer where an answer takes half a second, not several. */
const LARGEST = 0.5;
const STEPS = { quick: 20, slow: 10 };
/** So long a size is shown, milliseconds. */
const PAUSE = 320;

/** The attack growing: its size goes up by itself, and the histograms with it. */
export class Sweep {
  /**
   * @param {HTMLElement} root a strip, hidden while nothing grows
   * @param {{onShow: function(number): void, onClose: function(): void}} listener onShow: with
   *   the number of a size whose answers are there
   */
  constructor(root, { onShow, onClose }) {
    Object.assign(this, { root, onShow, onClose });
    this.toggle = make("button.round", { type: "button", aria: { label: "Let the attack grow" },
      on: { click: () => this.play() } }, icon("play"));
    this.slider = make("input.step", { type: "range", min: 0, max: 1, step: 1, value: 0,
      aria: { label: "Size of the attack" }, on: { input: () => this.drag() } });
    this.words = make("span.figures");
    this.close = make("button.tool", { type: "button", textContent: "Close", on: { click: () => onClose() } });
    root.append(this.toggle, this.slider, this.words, this.close);
    this.reset();
  }

  reset() {
    this.epsilons = [];
    this.frames = [];
    this.index = null;
    this.playing = false;
    this.root.hidden = true;
  }

  /** Whether the histograms show a size of the sweep. */
  get open() {
    return !this.root.hidden;
  }

  /** @param {object} settings of the study @returns {number[]} the sizes to ask for */
  begin({ attack, epsilon }) {
    this.own = epsilon;
    const steps = STEPS[attack === "fgsm" ? "quick" : "slow"];
    this.epsilons = Array.from({ length: steps + 1 }, (_, i) => Number((LARGEST * i / steps).toFixed(3)));
    this.slider.max = String(steps);
    this.root.hidden = false;
    this.frames = [];
    this.restart();
    return this.epsilons;
  }

  /** Waits for the answers from the first size on, if they were not all there. */
  restart() {
    if (this.complete) return;
    this.frames = [];
    this.index = null;
    this.playing = true;
    this.shownAt = 0;
    this.tell();
  }

  /** @param {object[]} studies of both models, at the next size */
  take(studies) {
    this.frames.push(studies);
    if (this.index === null) this.show(0);
    this.tell();
  }

  /** The answers that are there, by size. */
  get complete() {
    return this.frames.length === this.epsilons.length;
  }

  play() {
    if (this.playing) this.playing = false;
    else {
      if (this.index === this.frames.length - 1) this.show(0);
      this.playing = true;
    }
    this.tell();
  }

  drag() {
    this.playing = false;
    this.show(Math.min(Number(this.slider.value), this.frames.length - 1));
  }

  show(index) {
    if (!this.frames[index]) return;
    this.index = index;
    this.shownAt = performance.now();
    this.onShow(index);
    this.tell();
  }

  tick(now) {
    if (!this.open || !this.playing || this.index === null || now - this.shownAt < PAUSE) return;
    if (this.index < this.frames.length - 1) this.show(this.index + 1);
    else if (this.complete) {
      this.playing = false;
      this.tell();
    }
  }

  tell() {
    this.toggle.replaceChildren(icon(this.playing ? "pause" : "play"));
    this.toggle.setAttribute("aria-label", this.playing ? "Pause" : "Let the attack grow");
    const at = this.index ?? 0;
    this.slider.value = String(at);
    this.slider.style.setProperty("--share", String(at / Math.max(this.epsilons.length - 1, 1)));
    this.slider.setAttribute("aria-valuetext", fixed(this.epsilons[at] ?? 0, 3));
    const rest = this.complete ? "" : ` · ${this.frames.length} of ${this.epsilons.length} sizes`;
    const own = fixed(this.own ?? 0, 3);
    setText(this.words, `Histograms at ε ${fixed(this.epsilons[at] ?? 0, 3)}, digits at ${own}${rest}`);
  }
}
