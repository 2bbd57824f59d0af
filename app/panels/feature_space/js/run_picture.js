import { FeatureView } from "./feature_view.js";

/** A run's picture, whatever stands around it: the view, its digits, and how it is shown. */
export class RunPicture {
  /** @param {HTMLElement} picture what the view fills */
  constructor(picture) {
    this.picture = picture;
    this.view = null;
    this.layers = {};
    this.theme = null;
    this.reduced = false;
  }

  /** A fresh view without digits, shown as the last one was; see {@link FeatureView}. */
  renew(options) {
    this.view?.destroy();
    this.view = new FeatureView(this.picture, options);
    this.digits = null;
    this.drawn = 0;
    this.lastShown = null;
    if (this.theme) this.view.setTheme(this.theme);
    this.view.setMotion(this.reduced);
    this.view.setLayers(this.layers);
  }

  /** @param {{labels: Uint8Array, classNames: string[], atlas: ?HTMLImageElement}} digits */
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

  /** @param {Object<string, boolean>} layers by name */
  setLayers(layers) {
    this.layers = { ...this.layers, ...layers };
    this.view.setLayers(this.layers);
  }

  /** Lets the digits of the newest frame glide to their places. */
  apply(frame) {
    if (!this.digits) return;
    this.view.apply(frame);
    this.took(frame);
  }

  /** Shows a state of the past at once. */
  jump(state) {
    if (!this.digits) return;
    this.view.jump(state);
    this.took(state.frame);
  }

  /** A frame is on its way to the screen. */
  took(frame) {
    this.lastShown = frame;
  }

  destroy() {
    this.view.destroy();
  }
}
