import { make, setText } from "./dom.js";
import { percent } from "./numbers.js";
import { RunPicture } from "./run_picture.js";

const nothing = () => {};

/** A panel with nothing to press: a run's picture, its title and its test accuracy. */
export class Miniature extends RunPicture {
  /** @param {HTMLElement} root */
  constructor(root) {
    super(make("div.picture", { inert: true, aria: { hidden: "true" } }));
    this.title = make("span.name");
    this.figure = make("span.figure");
    root.append(this.picture, make("p.caption", {}, this.title, this.figure));
    // The card around it says how to get on; a lost connection is no news here.
    this.overlay = { show: nothing };
    this.clear();
  }

  clear() {
    this.renew({ onHover: nothing, onSelect: nothing, label: "" });
    setText(this.figure, "");
  }

  setRun({ title }) {
    setText(this.title, title);
  }

  took(frame) {
    super.took(frame);
    setText(this.figure, percent(frame.test_accuracy, 0));
  }

  draw(now) {
    if (this.view.draw(now)) this.drawn += 1;
  }
}
