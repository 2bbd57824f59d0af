import { Glide } from "./glide.js";
import { Trails } from "./trails.js";

/**
 * What is on screen now: the place of every displayed digit and of every Gaussian, gliding to
 * the newest frame's. Places are kept in the frame's coordinates [V]; `x`, `y` are CSS pixels.
 */
export class Scene {
  /**
   * @param {Uint8Array} labels [count] class of each displayed digit
   * @param {number} K classes
   * @param {number} V coordinates a place
   */
  constructor(labels, K, V) {
    this.labels = labels;
    this.count = labels.length;
    this.K = K;
    this.V = V;
    this.digits = new Glide(this.count, V);
    this.known = this.digits.known;
    this.predicted = Uint8Array.from(labels);
    /** Milliseconds (performance.now) of each digit's newest place. */
    this.updated = new Float64Array(this.count);
    this.trails = new Trails(this.count, V);
    /** Each row: a mean [V] and a covariance [V, V]. */
    this.gaussians = new Glide(K, V + V * V);
    this.packedGaussians = new Float32Array(V + V * V);
    this.x = new Float32Array(this.count);
    this.y = new Float32Array(this.count);
    this.depths = new Float32Array(this.count);
    this.means = new Float32Array(2 * K);
    this.covariances = new Float64Array(3 * K);
    this.meanRows = new Float32Array(V * K);
    this.meanU = new Float32Array(K);
    this.meanV = new Float32Array(K);
    this.meanDepth = new Float32Array(K);
    this.triple = new Float64Array(3);
  }

  /**
   * Sends the digits of a frame to their newest places.
   *
   * @param {import("./decode.js").DecodedFrame} frame
   * @param {number} now milliseconds
   * @param {boolean} atOnce without gliding
   */
  apply(frame, now, atOnce) {
    const { ids, points, predicted } = frame;
    for (let i = 0; i < ids.length; i++) {
      const digit = ids[i];
      if (digit >= this.count) continue;
      if (this.known[digit]) this.trails.push(digit, this.digits.target, digit * this.V);
      this.digits.send(digit, points, i * this.V, atOnce);
      this.predicted[digit] = predicted[i];
      this.updated[digit] = now;
    }
    this.applyGaussians(frame, atOnce);
  }

  /**
   * Puts every digit where a state says, without gliding.
   *
   * @param {import("./feature_view.js").ViewState} state
   * @param {number} now milliseconds
   */
  jump({ frame, points, predicted, known }, now) {
    this.digits.clear();
    this.trails.clear();
    for (let digit = 0; digit < this.count; digit++) {
      if (!known[digit]) continue;
      this.digits.send(digit, points, digit * this.V, true);
      this.predicted[digit] = predicted[digit];
      this.updated[digit] = now;
    }
    this.applyGaussians(frame, true);
  }

  /** Puts everything where it is going. */
  finish() {
    this.digits.finish();
    this.gaussians.finish();
  }

  applyGaussians(frame, atOnce) {
    const { V } = this;
    const row = this.packedGaussians;
    for (let k = 0; k < this.K; k++) {
      for (let i = 0; i < V; i++) row[i] = frame.viewMeans[k * V + i];
      for (let i = 0; i < V * V; i++) row[V + i] = frame.viewCovariances[k * V * V + i];
      this.gaussians.send(k, row, 0, atOnce);
    }
  }

  /**
   * Brings pixels up to date with places, projection and camera.
   *
   * @param {import("./camera.js").Camera} camera
   * @param {import("./projection.js").Projection} projection
   */
  project(camera, projection) {
    const { count, x, y, V, K } = this;
    projection.points(this.digits.current, count, x, y, this.depths);
    const { scale } = camera;
    const left = camera.left - camera.u * scale;
    const top = camera.top + camera.v * scale;
    for (let i = 0; i < count; i++) {
      x[i] = left + x[i] * scale;
      y[i] = top - y[i] * scale;
    }
    const width = V + V * V;
    const rows = this.gaussians.current;
    for (let k = 0; k < K; k++) {
      for (let i = 0; i < V; i++) this.meanRows[k * V + i] = rows[k * width + i];
      projection.covariance(rows, k * width + V, this.triple);
      this.covariances.set(this.triple, 3 * k);
    }
    projection.points(this.meanRows, K, this.meanU, this.meanV, this.meanDepth);
    for (let k = 0; k < K; k++) {
      this.means[2 * k] = this.meanU[k];
      this.means[2 * k + 1] = this.meanV[k];
    }
  }
}
