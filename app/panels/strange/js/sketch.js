import { make } from "./dom.js";
import { Pad } from "./pad.js";

/** A drawing and what both models make of it: the pad, its button, the mark in feature space. */
export class Sketch {
  /**
   * @param {{pad: HTMLElement, tools: HTMLElement}} places
   * @param {{url: string, onPicture: function(Uint8Array): void,
   *   onPlace: function(?number[]): void}} options url: takes picture files; onPlace: where the
   *   drawing lies in the shown model's plane, null for nowhere
   */
  constructor({ pad, tools }, { url, onPicture, onPlace }) {
    Object.assign(this, { onPicture, onPlace });
    this.drawings = [];
    this.pad = new Pad(pad, {
      url, onPicture: (picture) => this.judge(picture), onClose: () => this.show(false),
    });
    this.button = make("button.tool", { type: "button", textContent: "Draw", aria: { expanded: "false" },
      on: { click: () => this.show(!this.open) } });
    tools.append(this.button);
  }

  get open() {
    return !this.pad.root.hidden;
  }

  /** @param {boolean} open whether the pad is on screen */
  show(open) {
    if (open === this.open) return;
    this.pad.open(open);
    this.button.setAttribute("aria-expanded", String(open));
    // Nothing is drawn yet, but what a verdict needs is computed meanwhile.
    if (open) this.judge(new Uint8Array(784));
    else {
      this.onPlace(null);
      this.button.focus();
    }
  }

  judge(picture) {
    this.drawings = [];
    this.picture = picture;
    this.onPicture(picture);
  }

  /** Other models are on the page. */
  judgeAgain() {
    this.judge(this.picture);
  }

  fail(message) {
    if (this.open) this.pad.say(message, true);
  }

  /**
   * Takes one model's verdict; they are shown once all are there.
   *
   * @param {number} side @param {object} drawing
   * @param {{name: string, score: ?string}[]} judges the models and the scores that count; where
   *   none is chosen, the model's own
   * @param {number} active whose plane is shown
   */
  take(side, drawing, judges, active) {
    this.drawings[side] = drawing;
    if (this.drawings.filter(Boolean).length < judges.length) return;
    this.pad.show(judges.map(({ name, score }, i) => ({ name, score, drawing: this.drawings[i] })));
    this.place(active);
  }

  /** @param {number} active whose plane is shown */
  place(active) {
    if (this.open) this.onPlace(this.drawings[active]?.place ?? null);
  }
}
