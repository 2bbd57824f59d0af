import { make, setText } from "./dom.js";

/** Progress shows after so long, milliseconds: before, the answer is there. */
const PATIENCE_BEFORE_PROGRESS = 400;

/** How far the answer is, and the button that lets go of it. */
export class Waiting {
  /**
   * @param {HTMLElement} root
   * @param {{onCancel: function(): void, onShown?: function(boolean): void}} listener
   */
  constructor(root, { onCancel, onShown = () => {} }) {
    Object.assign(this, { root, onShown });
    this.bar = make("progress", { max: 1, aria: { label: "Progress" } });
    this.doing = make("span.doing");
    root.append(this.bar, this.doing,
      make("button.tool", { type: "button", textContent: "Cancel", on: { click: onCancel } }));
  }

  /** @param {string} [words] what is waited for */
  begin(words = "Working") {
    window.clearTimeout(this.timer);
    this.done = [];
    this.words = words;
    this.bar.removeAttribute("value");
    setText(this.doing, words);
    this.timer = window.setTimeout(() => this.show(true), PATIENCE_BEFORE_PROGRESS);
  }

  /** One of `count` models has come so far. */
  progress(side, count, name, unit, done, total) {
    this.done[side] = done / total;
    this.bar.value = this.done.reduce((sum, share) => sum + share, 0) / count;
    setText(this.doing, `${this.words} · ${name}, ${unit} ${done} of ${total}`);
  }

  show(shown) {
    this.root.hidden = !shown;
    this.onShown(shown);
  }

  end() {
    window.clearTimeout(this.timer);
    this.show(false);
  }
}
