import { drawDigitPicture } from "./digit_picture.js";
import { make, setText } from "./dom.js";

/** Distance of the card from the digit, CSS pixels. */
const HOVER_GAP = 14;

/** The small card beside a digit under the pointer: its picture, its label, its class. */
export class HoverCard {
  /** @param {HTMLElement} container a positioned element, the same as the view's */
  constructor(container) {
    this.container = container;
    this.picture = make("canvas.digit");
    this.label = make("b");
    this.predicted = make("span");
    this.root = make("div.hover-card", { hidden: true, aria: { hidden: "true" } },
      this.picture, make("div", {}, this.label, this.predicted));
    this.digit = null;
    container.append(this.root);
  }

  /**
   * @param {{digit: number, x: number, y: number, atlas: ?HTMLImageElement, label: string,
   *   predicted: ?string}} what
   */
  show({ digit, x, y, atlas, label, predicted }) {
    if (digit !== this.digit) drawDigitPicture(this.picture, atlas, digit);
    this.digit = digit;
    this.say(label, predicted);
    this.root.hidden = false;
    const { clientWidth: width, clientHeight: height } = this.container;
    const { offsetWidth, offsetHeight } = this.root;
    const left = x + HOVER_GAP + offsetWidth > width ? x - HOVER_GAP - offsetWidth : x + HOVER_GAP;
    const top = Math.min(Math.max(y - offsetHeight / 2, 4), height - offsetHeight - 4);
    this.root.style.transform = `translate(${Math.max(left, 4)}px, ${top}px)`;
  }

  say(label, predicted) {
    setText(this.label, label);
    setText(this.predicted, predicted === null ? "not seen yet" : `taken for ${predicted}`);
    this.root.classList.toggle("wrong", predicted !== null && predicted !== label);
  }

  hide() {
    this.digit = null;
    this.root.hidden = true;
  }
}
