import { Gestures } from "./gestures.js";
import { handleKey } from "./keys.js";
import { nearestDigit, nearestToward } from "./pick.js";

/** Farthest a digit may be from the pointer to be meant, CSS pixels. */
const REACH = 10;

/** Turn of the cloud for a drag of a CSS pixel, radians. */
const TURN_SPEED = 0.008;

/** What a person does to a view by pointer, touch and keyboard: camera, hover and selection. */
export class Interaction {
  /**
   * @param {import("./feature_view.js").FeatureView} view
   * @param {HTMLCanvasElement} canvas
   * @param {{onHover: function(?number, number, number): void,
   *   onSelect: function(?number): void}} callbacks
   */
  constructor(view, canvas, { onHover, onSelect }) {
    this.view = view;
    this.canvas = canvas;
    this.onHover = onHover;
    this.onSelect = onSelect;
    this.accent = "currentColor";
    /** @type {?number} */
    this.hovered = null;
    /** @type {?number} */
    this.selected = null;
    canvas.removeAttribute("aria-hidden");
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-roledescription", "feature space");
    this.gestures = new Gestures(canvas, {
      drag: (dx, dy, pan) => this.drag(dx, dy, pan),
      zoom: (x, y, factor) => this.zoomAt(x, y, factor),
      hover: (x, y) => this.hover(x === null ? null : this.pick(x, y)),
      tap: (x, y) => this.choose(this.pick(x, y)),
      reset: () => view.resetZoom(),
      holdsTouch: () => this.holdsTouch(),
    });
    const { signal } = (this.abort = new AbortController());
    canvas.addEventListener("keydown", (event) => this.key(event), { signal });
    const focus = () => this.showFocus(canvas.matches(":focus-visible"));
    canvas.addEventListener("focus", focus, { signal });
    canvas.addEventListener("blur", () => this.showFocus(false), { signal });
    this.showFocus(false);
    this.followTouch();
  }

  destroy() {
    this.gestures.destroy();
    this.abort.abort();
  }

  /** Forgets the digits that were meant: others are shown now. */
  clear() {
    this.hovered = null;
    this.selected = null;
    this.followTouch();
  }

  /** @param {?number} digit to mark, without telling onSelect */
  select(digit) {
    this.selected = digit;
    this.view.stage.stale.picture = true;
  }

  choose(digit) {
    this.select(digit);
    this.onSelect(digit);
  }

  hover(digit) {
    if (digit === this.hovered) return;
    this.hovered = digit;
    this.view.stage.stale.picture = true;
    this.canvas.style.cursor = digit === null ? "" : "pointer";
    const place = digit === null ? null : this.view.placeOf(digit);
    this.onHover(digit, place ? place.x : 0, place ? place.y : 0);
  }

  pick(x, y) {
    return this.view.stage.scene ? nearestDigit(this.view.stage.scene, x, y, REACH) : null;
  }

  drag(dx, dy, pan = false) {
    const { projection, camera } = this.view.stage;
    if (projection.turning && projection.V === 3 && !pan) {
      projection.turn(dx * TURN_SPEED, dy * TURN_SPEED);
    } else {
      camera.panBy(dx, dy);
    }
    this.moved();
  }

  zoomAt(x, y, factor) {
    this.view.stage.camera.zoomAt(x, y, factor);
    this.moved();
  }

  moved() {
    this.hover(null);
    this.followTouch();
    this.view.stage.touchAll();
  }

  key(event) {
    const { width, height } = this.view.stage.camera;
    const meant = handleKey(event, {
      walk: (dx, dy) => this.walk(dx, dy),
      pan: (dx, dy) => this.drag(dx, dy, true),
      zoom: (factor) => this.zoomAt(width / 2, height / 2, factor),
      reset: () => this.view.resetZoom(),
      choose: () => this.choose(this.hovered),
      leave: () => {
        this.hover(null);
        this.choose(null);
      },
    });
    if (!meant) return;
    event.preventDefault();
    event.stopPropagation();
  }

  walk(dx, dy) {
    const { scene, camera } = this.view.stage;
    if (!scene) return;
    const from = this.hovered ?? this.selected;
    const to =
      from === null || !scene.known[from]
        ? nearestDigit(scene, camera.left, camera.top, Infinity)
        : nearestToward(scene, from, dx, dy);
    if (to !== null) this.hover(to);
  }

  holdsTouch() {
    return this.view.stage.camera.free || this.view.stage.projection.turning;
  }

  /** One finger scrolls the page unless it has something to move here. */
  followTouch() {
    this.canvas.style.touchAction = this.holdsTouch() ? "none" : "pan-x pan-y";
  }

  showFocus(visible) {
    this.canvas.style.outline = visible ? `2px solid ${this.accent}` : "none";
    this.canvas.style.outlineOffset = "-3px";
  }
}
