import { make, setText } from "./dom.js";
import { FeatureView } from "./feature_view.js";
import { percent } from "./numbers.js";

/** A panel with nothing to press: a run's picture, its title and its test accuracy. */
export class Miniature {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.title = make("span.name");
    this.figure = make("span.figure");
    this.picture = make("div.picture", { inert: true, aria: { hidden: "true" } });
    root.append(this.picture, make("p.caption", {}, this.title, this.figure));
    // The card around it says how to get on; a lost connection is no news here.
    this.overlay = { show: () => {} };
    this.layers = {};
    this.view = null;
    this.clear();
  }

  clear() {
    this.view?.destroy();
    const nothing = () => {};
    const options = { onHover: nothing, onSelect: nothing, label: "" };
    this.view = new FeatureView(this.picture, options);
    this.digits = null;
    this.drawn = 0;
    this.lastShown = null;
    if (this.theme) this.view.setTheme(this.theme);
    this.view.setMotion(this.reduced ?? false);
    setText(this.figure, "");
  }

  setRun({ title }) {
    setText(this.title, title);
  }

  setLayers(layers) {
    this.layers = layers;
    this.view.setLayers(layers);
  }

  setDigits(digits) {
    this.digits = digits;
    this.view.setDigits(digits);
  }

  setTheme(theme) {
    this.theme = theme;
    this.view.setTheme(theme);
  }

  setMotion(reduced) {
    this.reduced = reduced;
    this.view.setMotion(reduced);
  }

  apply(frame) {
    if (!this.digits) return;
    this.view.apply(frame);
    this.took(frame);
  }

  jump(state) {
    if (!this.digits) return;
    this.view.jump(state);
    this.took(state.frame);
  }

  took(frame) {
    this.lastShown = frame;
    setText(this.figure, percent(frame.test_accuracy, 0));
  }

  draw(now) {
    if (this.view.draw(now)) this.drawn += 1;
  }

  destroy() {
    this.view.destroy();
  }
}
