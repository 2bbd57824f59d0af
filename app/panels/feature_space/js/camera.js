/** How far a person may zoom against the fitted view. */
const ZOOM_RANGE = { least: 0.25, most: 200 };

/** Rate of the easing of the fitted view, 1/s. */
const CAMERA_RATE = 7;

/**
 * Which part of the picture's plane is seen: equal scale on both axes, y upward.
 *
 * Until a person zooms or pans, the camera keeps all points in sight. It moves only when they
 * leave the frame or fill too little of it, and then eases; it never jumps.
 */
export class Camera {
  constructor() {
    this.width = 1;
    this.height = 1;
    /** CSS pixels that captions and buttons may cover. */
    this.insets = { top: 40, right: 18, bottom: 46, left: 18 };
    this.u = 0;
    this.v = 0;
    /** CSS pixels a unit of feature space. */
    this.scale = 1;
    this.goal = { u: 0, v: 0, scale: 1 };
    /** Whether a person has taken the view over. */
    this.free = false;
    this.placed = false;
    this.moving = false;
  }

  /** Zoom against the fitted view: 1 shows all points. */
  get zoom() {
    return this.free ? this.scale / this.goal.scale : 1;
  }

  /** @param {number} u @returns {number} CSS pixels from the left */
  x(u) {
    return this.left + (u - this.u) * this.scale;
  }

  /** @param {number} v @returns {number} CSS pixels from the top */
  y(v) {
    return this.top - (v - this.v) * this.scale;
  }

  /** Where the camera's own point lies, CSS pixels from the left. */
  get left() {
    return (this.insets.left + this.width - this.insets.right) / 2;
  }

  /** Where the camera's own point lies, CSS pixels from the top. */
  get top() {
    return (this.insets.top + this.height - this.insets.bottom) / 2;
  }

  /**
   * Asks for a box to be kept in sight.
   *
   * @param {{u0: number, u1: number, v0: number, v1: number}} box
   * @param {boolean} atOnce
   */
  fit(box, atOnce) {
    const wide = Math.max(this.width - this.insets.left - this.insets.right, 40);
    const high = Math.max(this.height - this.insets.top - this.insets.bottom, 40);
    const du = Math.max(box.u1 - box.u0, 1e-6);
    const dv = Math.max(box.v1 - box.v0, 1e-6);
    const scale = Math.min(wide / du, high / dv);
    const u = (box.u0 + box.u1) / 2;
    const v = (box.v0 + box.v1) / 2;
    const { goal } = this;
    if (this.placed && this.boxFits(box, wide, high, scale)) return;
    goal.u = u;
    goal.v = v;
    goal.scale = scale * 0.94;
    if (!this.placed || (atOnce && !this.free)) {
      this.u = u;
      this.v = v;
      this.scale = goal.scale;
    }
    this.placed = true;
    this.moving = !this.free;
  }

  /** Whether the goal shows the box, and shows it large enough. */
  boxFits(box, wide, high, scale) {
    const { goal } = this;
    const slack = 0.01;
    const reachU = (0.5 + slack) * (wide / goal.scale);
    const reachV = (0.5 + slack) * (high / goal.scale);
    const inside =
      box.u0 >= goal.u - reachU && box.u1 <= goal.u + reachU &&
      box.v0 >= goal.v - reachV && box.v1 <= goal.v + reachV;
    return inside && scale < goal.scale * 1.28;
  }

  /** @returns {boolean} whether the view moved */
  step(seconds, atOnce) {
    if (this.free || !this.moving) return false;
    const { goal } = this;
    const share = atOnce ? 1 : 1 - Math.exp(-CAMERA_RATE * seconds);
    this.scale *= (goal.scale / this.scale) ** share;
    this.u += (goal.u - this.u) * share;
    this.v += (goal.v - this.v) * share;
    const away = Math.max(Math.abs(goal.u - this.u), Math.abs(goal.v - this.v)) * goal.scale;
    if (away < 0.2 && Math.abs(goal.scale / this.scale - 1) < 5e-4) {
      Object.assign(this, { u: goal.u, v: goal.v, scale: goal.scale });
      this.moving = false;
    }
    return true;
  }

  /**
   * @param {{u: number, v: number, scale: number}} other view of the same panel
   * @returns {number} CSS pixels by which a point in sight lies elsewhere in the other view
   */
  awayFrom({ u, v, scale }) {
    const grown = Math.abs(this.scale / scale - 1);
    const x = (Math.abs(this.u - u) * scale) + (grown * this.width) / 2;
    const y = (Math.abs(this.v - v) * scale) + (grown * this.height) / 2;
    return Math.max(x, y);
  }

  /**
   * Zooms about a place of the panel that stays where it is.
   *
   * @param {number} x CSS pixels
   * @param {number} y CSS pixels
   * @param {number} factor
   */
  zoomAt(x, y, factor) {
    const least = this.goal.scale * ZOOM_RANGE.least;
    const most = this.goal.scale * ZOOM_RANGE.most;
    const scale = Math.min(Math.max(this.scale * factor, least), most);
    const u = this.u + (x - this.left) / this.scale;
    const v = this.v - (y - this.top) / this.scale;
    this.u = u - (x - this.left) / scale;
    this.v = v + (y - this.top) / scale;
    this.scale = scale;
    this.free = true;
  }

  /** Moves the picture by CSS pixels. */
  panBy(dx, dy) {
    this.u -= dx / this.scale;
    this.v += dy / this.scale;
    this.free = true;
  }

  /** Gives the view back to the fitting. */
  release() {
    this.free = false;
    this.moving = true;
  }
}
