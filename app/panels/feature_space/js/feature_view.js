import { Camera } from "./camera.js";
import { Extent } from "./extent.js";
import { Interaction } from "./interaction.js";
import { Layers } from "./layers.js";
import { Painter } from "./painter.js";
import { Projection } from "./projection.js";
import { Scene } from "./scene.js";
import { ViewClock } from "./view_clock.js";

/** Colours until setTheme is called. */
export const LIGHT_THEME = {
  paper: "#fbfaf7", ink: "#1c1f23", muted: "#6b7078", hairline: "#e3e0d9", accent: "#2f5dd0",
  alpha: "#bd1f01", dark: false, font: "system-ui, sans-serif",
};

/** Standard deviations of each modelled Gaussian that the fitted view holds. */
const SIGMAS_IN_SIGHT = 1.6;

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
    this.layers = new Layers(container);
    this.camera = new Camera();
    this.projection = new Projection();
    this.extent = new Extent();
    this.clock = new ViewClock();
    this.painter = new Painter(this.layers, LIGHT_THEME);
    this.show = {
      gaussians: false, regions: false, margin: false, contours: false, errors: false,
      trails: false,
    };
    this.stale = { field: true, shapes: true, points: true };
    this.sweeping = true;
    this.digits = null;
    this.scene = null;
    this.frame = null;
    this.reduced = false;
    this.interaction = new Interaction(this, this.layers.top, { onHover, onSelect });
    this.setLabel(label);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.layers.root);
    this.resize();
  }

  /** @param {string} text what the picture shows, for those who do not see it */
  setLabel(text) {
    this.layers.top.setAttribute("aria-label", text);
  }

  /**
   * @param {{labels: Uint8Array, classNames: string[],
   *   atlas: ?(ImageBitmap|HTMLImageElement)}} digits the displayed digits
   */
  setDigits({ labels, classNames, atlas }) {
    this.digits = { labels, classNames };
    this.scene = null;
    this.frame = null;
    this.camera.placed = this.camera.free = false;
    this.interaction.clear();
    this.painter.setDigits(labels, classNames, atlas);
    this.touchAll();
  }

  /** @param {object} layers booleans by name; a name that is left out stays as it is */
  setLayers(layers) {
    for (const name of Object.keys(this.show)) {
      if (name in layers) this.show[name] = Boolean(layers[name]);
    }
    this.touchAll();
  }

  /** @param {boolean} reduced whether everything shall take its place at once */
  setMotion(reduced) {
    this.reduced = reduced;
    if (reduced) this.scene?.finish();
    this.touchAll();
  }

  /**
   * @param {{paper: string, ink: string, muted: string, hairline: string, accent: string,
   *   alpha: string, dark: boolean, font: string}} theme CSS colours and a font family
   */
  setTheme(theme) {
    const whole = { ...LIGHT_THEME, ...theme };
    this.interaction.accent = whole.accent;
    this.painter.setTheme(whole);
    this.touchAll();
  }

  /** @param {import("./decode.js").DecodedFrame} frame the newest; its digits glide there */
  apply(frame) {
    if (!this.takes(frame)) return;
    const now = performance.now();
    this.clock.frame(now);
    this.scene.apply(frame, now, this.reduced);
    this.take(frame);
  }

  /** @param {ViewState} state shown at once, as in scrubbing */
  jump(state) {
    if (!this.takes(state.frame)) return;
    this.scene.jump(state, performance.now());
    this.take(state.frame);
  }

  /**
   * Draws what has changed; called once a display frame.
   *
   * @param {number} now milliseconds
   * @returns {boolean} whether anything was redrawn
   */
  draw(now) {
    const seconds = this.clock.tick(now);
    if (this.layers.width === 0) return false;
    if (this.scene) this.move(seconds);
    const held = this.stale.field && !this.sweeping && !this.clock.mayPaintField(now);
    if (held) this.stale.field = false;
    const { stale, scene, camera, projection, painter, frame, show } = this;
    if (!(stale.field || stale.shapes || stale.points)) {
      stale.field = held;
      return false;
    }
    const begun = performance.now();
    let shaped = begun;
    let pointed = begun;
    if (scene) {
      scene.project(camera, projection);
      // Regions, band and contours belong to the frame's plane, not to a turned cloud.
      const flat = !(projection.turning && frame.V === 3);
      const model = frame.gaussians === "model" && flat;
      if (stale.field) {
        painter.drawField(frame, camera, show.regions && flat, show.margin && model);
      }
      shaped = performance.now();
      if (stale.shapes) {
        painter.drawShapes(frame, scene, camera, show.gaussians, show.contours && model);
      }
      pointed = performance.now();
      if (stale.points) {
        const { hovered, selected } = this.interaction;
        const { errors, trails } = show;
        const how = { errors, trails, depth: frame.V === 3, hovered, selected };
        painter.drawPoints(scene, camera, projection, how);
      }
    } else {
      painter.drawEmpty();
    }
    this.clock.drawn(begun, shaped, pointed, performance.now(), stale);
    stale.field = held;
    stale.shapes = stale.points = this.sweeping = false;
    return true;
  }

  /** Eases back to the view of all points. */
  resetZoom() {
    this.camera.release();
    this.fit();
    this.interaction.moved();
  }

  /** @param {boolean} enabled for D = 3: whether a drag turns the cloud in space */
  setTurn(enabled) {
    this.projection.setTurning(enabled);
    if (!enabled && this.frame) this.projection.follow(this.frame);
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
    if (!this.scene || !this.scene.known[digit]) return null;
    return { x: this.scene.x[digit], y: this.scene.y[digit] };
  }

  /** @returns {object} counts, milliseconds a draw, and ages of the places shown, seconds */
  stats() {
    return this.clock.stats(this.scene, performance.now());
  }

  destroy() {
    this.observer.disconnect();
    this.interaction.destroy();
    this.layers.destroy();
  }

  /** Whether the frame belongs to the digits shown; makes the scene for the first one. */
  takes(frame) {
    if (!this.digits || frame.K !== this.digits.classNames.length) return false;
    if (!this.scene || this.scene.V !== frame.V) {
      this.scene = new Scene(this.digits.labels, frame.K, frame.V);
      this.camera.placed = false;
    }
    return true;
  }

  take(frame) {
    this.frame = frame;
    this.projection.follow(frame);
    this.fit();
    this.stale.field = this.stale.shapes = this.stale.points = true;
  }

  /** Moves everything on that is on its way. */
  move(seconds) {
    const { scene, camera, projection, stale } = this;
    const rate = this.clock.glideRate();
    const tolerance = 0.05 / camera.scale;
    if (scene.digits.step(seconds, rate, tolerance)) stale.points = true;
    if (scene.gaussians.step(seconds, rate, tolerance)) stale.points = stale.shapes = true;
    const turned = projection.step(this.reduced ? 1 : 1 - Math.exp(-rate * seconds));
    if (camera.step(seconds, this.reduced) || turned) this.touchAll();
  }

  fit() {
    if (!this.frame || this.layers.width === 0) return;
    const modelled = this.frame.gaussians === "model" && this.show.gaussians;
    this.scene.project(this.camera, this.projection);
    const box = this.extent.measure(this.scene, this.projection, modelled ? SIGMAS_IN_SIGHT : 0);
    if (box) this.camera.fit(box, this.reduced);
  }

  resize() {
    if (!this.layers.measure()) return;
    this.camera.width = this.layers.width;
    this.camera.height = this.layers.height;
    if (!this.camera.free) this.camera.placed = false;
    this.painter.prepare();
    this.fit();
    this.touchAll();
    // In the same display frame: an emptied canvas would show as a flash.
    this.draw(performance.now());
  }

  /** Everything is to be redrawn together: the view itself has changed, not only its frame. */
  touchAll() {
    this.sweeping = true;
    this.stale.field = this.stale.shapes = this.stale.points = true;
  }
}
