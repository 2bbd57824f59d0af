/** Bounds of the time in which a digit does nine tenths of its way, seconds. */
const GLIDE_TIME = { least: 0.16, most: 0.6 };

/** Weight of the newest value in a running mean. */
const NEWEST = 0.1;

/** Largest share of the time that regions and margin band may take where only frames change. */
const FIELD_SHARE = 0.03;

/** Keeps a view's time: between frames, between redraws, and spent in drawing. */
export class ViewClock {
  constructor() {
    this.frames = 0;
    this.draws = 0;
    this.fields = 0;
    this.interval = 0.1;
    this.lastFrame = null;
    this.lastTick = null;
    this.lastField = -Infinity;
    this.milliseconds = { field: 0, picture: 0 };
  }

  /** Notes a frame. */
  frame(now) {
    if (this.lastFrame !== null) {
      const seconds = Math.min((now - this.lastFrame) / 1000, GLIDE_TIME.most);
      this.interval += (seconds - this.interval) * NEWEST;
    }
    this.lastFrame = now;
    this.frames++;
  }

  /** @returns {number} seconds since the last redraw, as far as motion is concerned */
  tick(now) {
    const seconds = this.lastTick === null ? 0 : (now - this.lastTick) / 1000;
    this.lastTick = now;
    // After a pause of the page things go on from where they were.
    return Math.min(Math.max(seconds, 0), 0.1);
  }

  /** @returns {number} rate of the glide, 1/s: a digit arrives in about two frames' time */
  glideRate() {
    const time = Math.min(Math.max(2 * this.interval, GLIDE_TIME.least), GLIDE_TIME.most);
    return 3.9 / time;
  }

  /** @returns {boolean} whether the field's turn has come; on a quick machine it always has */
  mayPaintField(now) {
    return now - this.lastField >= this.milliseconds.field / FIELD_SHARE;
  }

  /** Notes a redraw: when it began, when the field was ready, when all was; `field`: renewed. */
  drawn(begun, grounded, done, field) {
    this.draws++;
    const { milliseconds } = this;
    const note = (name, value) => (milliseconds[name] += (value - milliseconds[name]) * NEWEST);
    if (field) {
      note("field", grounded - begun);
      this.lastField = begun;
      this.fields++;
    }
    note("picture", done - grounded);
  }

  /**
   * @param {?import("./scene.js").Scene} scene
   * @param {number} now milliseconds
   * @returns {{draws: number, fields: number, frames: number, known: number, oldestAge: number, age95: number,
   *   milliseconds: {field: number, picture: number}}} ages in seconds
   */
  stats(scene, now) {
    const ages = [];
    for (let i = 0; scene && i < scene.count; i++) {
      if (scene.known[i]) ages.push((now - scene.updated[i]) / 1000);
    }
    ages.sort((a, b) => a - b);
    return {
      draws: this.draws,
      fields: this.fields,
      frames: this.frames,
      known: ages.length,
      oldestAge: ages.at(-1) ?? 0,
      age95: ages[Math.ceil(0.95 * ages.length) - 1] ?? 0,
      milliseconds: { ...this.milliseconds },
    };
  }
}
