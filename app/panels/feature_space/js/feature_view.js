import { Interaction } from "./interaction.js";
import { Painter } from "./painter.js";
import { Stage } from "./stage.js";
import { Surface } from "./surface.js";

/** Colours until setTheme is called. */
export const LIGHT_THEME = {
  paper: "#fbfaf7", ink: "#1c1f23", muted: "#6b7078", hairline: "#e3e0d9", accent: "#2f5dd0",
  alpha: "#bd1f01", dark: false, font: "system-ui, sans-serif",
};

/**
 * The state of a run at one moment, put together from its frames.
 *
 * @typedef {object} ViewState
 * @property {import("./decode.js").DecodedFrame} frame
 * @property {Float32Array} points [displayed, V]
 * @property {Uint8Array} predicted [displayed]
 * @property {Uint8Array} known [displayed] whether the digit has a place yet
 */

/** One panel's picture of feature space. */
export class FeatureView {
  /**
   * @param {HTMLElement} container filled by the view; its size is followed
   * @param {{onHover: function(?number, number, number): void,
   *   onSelect: function(?number): void, label: string}} options
   */
  constructor(container, { onHover, onSelect, label }) {
    this.surface = new Surface(container);
    this.stage = new Stage();
    this.painter = new Painter(this.surface, LIGHT_THEME);
    this.interaction = new Interaction(this, this.surface.canvas, { onHover, onSelect });
    /** @type {?function(CanvasRenderingContext2D, Camera): void} draws on top, in CSS pixels */
    this.overlay = null;
    this.setLabel(label);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.surface.root);
    this.resize();
  }

  /** @param {string} text what the picture shows, for those who do not see it */
  setLabel(text) {
    if (text === this.label) return;
    this.label = text;
    this.surface.canvas.setAttribute("aria-label", text);
  }

  /**
   * @param {{labels: Uint8Array, classNames: string[],
   *   atlas: ?(ImageBitmap|HTMLImageElement)}} digits the displayed digits
   */
  setDigits({ labels, classNames, atlas }) {
    this.stage.setDigits(labels, classNames.length);
    this.interaction.clear();
    this.painter.setDigits(labels, classNames, atlas);
  }

  /** @param {object} layers booleans by name; a name that is left out stays as it is */
  setLayers(layers) {
    const { show } = this.stage;
    for (const name of Object.keys(show)) if (name in layers) show[name] = Boolean(layers[name]);
    this.stage.touchAll();
  }

  /** @param {boolean} reduced whether everything shall take its place at once */
  setMotion(reduced) {
    this.stage.setMotion(reduced);
  }

  /**
   * @param {{paper: string, ink: string, muted: string, hairline: string, accent: string,
   *   alpha: string, dark: boolean, font: string}} theme CSS colours and a font family
   */
  setTheme(theme) {
    const whole = { ...LIGHT_THEME, ...theme };
    this.interaction.accent = whole.accent;
    this.painter.setTheme(whole);
    this.stage.touchAll();
  }

  /** @param {import("./decode.js").DecodedFrame} frame the newest; its digits glide there */
  apply(frame) {
    this.stage.apply(frame, performance.now());
  }

  /** @param {ViewState} state shown at once, as in scrubbing */
  jump(state) {
    this.stage.jump(state, performance.now());
  }

  /**
   * Draws what has changed; called once a display frame.
   *
   * @param {number} now milliseconds
   * @returns {boolean} whether anything was redrawn
   */
  draw(now) {
    if (this.surface.width === 0) return false;
    const { stage, painter } = this;
    const { stale, clock } = stage;
    stage.move(now);
    const held = stale.field && !stage.sweeping && !clock.mayPaintField(now);
    if (held) stale.field = false;
    const drawn = stale.field || stale.picture;
    if (drawn) {
      if (stage.scene) this.paint();
      else painter.drawEmpty();
      stale.picture = stage.sweeping = false;
    }
    stale.field = held;
    return drawn;
  }

  paint() {
    const { stage, painter, interaction } = this;
    const { scene, camera, projection, stale, frame, show } = stage;
    const begun = performance.now();
    scene.project(camera, projection);
    // Regions, band and contours belong to the frame's plane, not to a turned cloud.
    const flat = !(projection.turning && frame.V === 3);
    const model = frame.gaussians === "model" && flat;
    if (stale.field) {
      painter.prepareGround(frame, camera, show.regions && flat, show.margin && model);
      stage.fieldPainted();
    }
    const grounded = performance.now();
    const { hovered, selected } = interaction;
    const { gaussians, errors, trails } = show;
    const contours = show.contours && model;
    painter.draw(stage, { gaussians, contours, errors, trails, hovered, selected });
    this.overlay?.(this.surface.context, camera);
    stage.clock.drawn(begun, grounded, performance.now(), stale.field);
  }

  /** Eases back to the view of all points. */
  resetZoom() {
    this.stage.camera.release();
    this.stage.fit();
    this.interaction.moved();
  }

  /** @param {boolean} enabled for D = 3: whether a drag turns the cloud in space */
  setTurn(enabled) {
    const { projection, frame } = this.stage;
    projection.setTurning(enabled);
    if (!enabled && frame) projection.follow(frame);
    this.interaction.moved();
  }

  /** @param {?number} digit to mark, without telling onSelect */
  select(digit) {
    this.interaction.select(digit);
  }

  /**
   * @param {number} digit
   * @returns {?{x: number, y: number}} where the digit is drawn, CSS pixels
   */
  placeOf(digit) {
    const { scene } = this.stage;
    if (!scene || !scene.known[digit]) return null;
    return { x: scene.x[digit], y: scene.y[digit] };
  }

  /** @returns {object} counts, milliseconds a draw, and ages of the places shown, seconds */
  stats() {
    return this.stage.clock.stats(this.stage.scene, performance.now());
  }

  resize() {
    if (!this.surface.measure()) return;
    this.painter.prepare();
    this.stage.resize(this.surface.width, this.surface.height);
    // In the same display frame: an emptied canvas would show as a flash.
    this.draw(performance.now());
  }

  destroy() {
    this.observer.disconnect();
    this.interaction.destroy();
    this.surface.destroy();
  }
}
