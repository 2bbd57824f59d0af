/** Share of the points that may lie outside at each side: a stray digit does not shrink all. */
const STRAY_SHARE = 0.003;

/** Bins that a coordinate's range is divided into. */
const EXTENT_BINS = 512;

/** The box that holds nearly all points and all means. */
export class Extent {
  constructor() {
    this.bins = new Uint32Array(EXTENT_BINS);
    this.u = new Float32Array(0);
    this.v = new Float32Array(0);
    this.depth = new Float32Array(0);
    this.range = { low: 0, high: 0 };
    this.box = { u0: 0, u1: 0, v0: 0, v1: 0 };
  }

  /**
   * @param {import("./scene.js").Scene} scene
   * @param {import("./projection.js").Projection} projection
   * @param {number} sigmas of each Gaussian to hold besides
   * @returns {?{u0: number, u1: number, v0: number, v1: number}} null before anything is known
   */
  measure(scene, projection, sigmas) {
    const { count, known } = scene;
    if (this.u.length < count) {
      this.u = new Float32Array(count);
      this.v = new Float32Array(count);
      this.depth = new Float32Array(count);
    }
    projection.points(scene.digits.target, count, this.u, this.v, this.depth);
    const { box, range } = this;
    if (!this.middleRange(this.u, known, count)) return null;
    box.u0 = range.low;
    box.u1 = range.high;
    this.middleRange(this.v, known, count);
    box.v0 = range.low;
    box.v1 = range.high;
    for (let k = 0; k < scene.K; k++) {
      const u = scene.means[2 * k];
      const v = scene.means[2 * k + 1];
      const du = sigmas * Math.sqrt(Math.max(scene.covariances[3 * k], 0));
      const dv = sigmas * Math.sqrt(Math.max(scene.covariances[3 * k + 2], 0));
      if (!Number.isFinite(u + v + du + dv)) continue;
      box.u0 = Math.min(box.u0, u - du);
      box.u1 = Math.max(box.u1, u + du);
      box.v0 = Math.min(box.v0, v - dv);
      box.v1 = Math.max(box.v1, v + dv);
    }
    return box;
  }

  /** Sets `range` to where all but the stray values lie; false where there are none. */
  middleRange(values, known, count) {
    let least = Infinity;
    let most = -Infinity;
    let seen = 0;
    for (let i = 0; i < count; i++) {
      if (known[i] === 0 || !Number.isFinite(values[i])) continue;
      least = Math.min(least, values[i]);
      most = Math.max(most, values[i]);
      seen++;
    }
    if (seen === 0) return false;
    const { bins, range } = this;
    const wide = (most - least) / EXTENT_BINS || 1;
    bins.fill(0);
    for (let i = 0; i < count; i++) {
      if (known[i] === 0 || !Number.isFinite(values[i])) continue;
      bins[Math.min(Math.floor((values[i] - least) / wide), EXTENT_BINS - 1)]++;
    }
    const allowed = STRAY_SHARE * seen;
    let low = 0;
    for (let sum = bins[0]; sum <= allowed && low < EXTENT_BINS - 1; sum += bins[low]) low++;
    let high = EXTENT_BINS - 1;
    for (let sum = bins[high]; sum <= allowed && high > 0; sum += bins[high]) high--;
    range.low = least + low * wide;
    range.high = Math.min(least + (high + 1) * wide, most);
    return true;
  }
}
