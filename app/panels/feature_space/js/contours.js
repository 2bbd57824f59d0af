import { LevelLines } from "./level_lines.js";
import { evaluate, toPixels } from "./quadratics.js";

/**
 * How far below the highest log density at a class mean the contours lie, nats: where a Gaussian
 * that stands alone has its 1, 2, 3 and 4 sigma ellipses.
 */
export const CONTOUR_OFFSETS = [0.5, 2, 4.5, 8];

/** Spacing of the grid on which the density is computed, CSS pixels. */
const CONTOUR_STEP = 7;

/**
 * log p(x) = logsumexp_k logit_k - D/2 log 2 pi - log K, for equal priors.
 *
 * @param {Float32Array|Float64Array} logits [K, 6]
 * @param {number} K
 * @param {number} D
 * @param {number} x
 * @param {number} y
 * @returns {number} nats
 */
export function logDensity(logits, K, D, x, y) {
  let top = -Infinity;
  for (let k = 0; k < K; k++) top = Math.max(top, evaluate(logits, k, x, y));
  let sum = 0;
  for (let k = 0; k < K; k++) {
    const below = evaluate(logits, k, x, y) - top;
    if (below > -30) sum += Math.exp(below);
  }
  return top + Math.log(sum) - 0.5 * D * Math.log(2 * Math.PI) - Math.log(K);
}

/** Lines of equal likelihood. */
export class Contours {
  /** @param {number} K number of classes */
  constructor(K) {
    this.K = K;
    this.logits = new Float64Array(6 * K);
    this.lines = new LevelLines();
  }

  /**
   * @param {CanvasRenderingContext2D} context in CSS pixels
   * @param {{regions: Float32Array, D: number, V: number}} frame
   * @param {Float32Array} means [K, 2] in the picture's plane
   * @param {import("./camera.js").Camera} camera
   * @param {{colour: string, dark: boolean}} style
   */
  draw(context, frame, means, camera, style) {
    const { K, logits } = this;
    const peak = this.peak(frame, means);
    if (!Number.isFinite(peak)) return;
    const corner = {
      u0: camera.u - camera.left / camera.scale,
      v0: camera.v + camera.top / camera.scale,
      scale: camera.scale / CONTOUR_STEP,
    };
    toPixels(frame.regions, corner, logits);
    const columns = Math.ceil(camera.width / CONTOUR_STEP) + 1;
    const rows = Math.ceil(camera.height / CONTOUR_STEP) + 1;
    this.lines.resize(columns, rows);
    const { grid } = this.lines;
    for (let j = 0, i = 0; j < rows; j++) {
      for (let column = 0; column < columns; column++, i++) {
        grid[i] = logDensity(logits, K, frame.D, column, j);
      }
    }
    context.save();
    context.strokeStyle = style.colour;
    context.lineJoin = "round";
    context.lineCap = "round";
    CONTOUR_OFFSETS.forEach((offset, i) => {
      context.globalAlpha = 0.62 - 0.13 * i;
      context.lineWidth = i === 0 ? 1.2 : 1;
      context.beginPath();
      this.lines.trace(context, peak - offset, CONTOUR_STEP);
      context.stroke();
    });
    context.restore();
  }

  /** The highest log density at a class mean. */
  peak(frame, means) {
    let peak = -Infinity;
    for (let k = 0; k < this.K; k++) {
      const value = logDensity(frame.regions, this.K, frame.D, means[2 * k], means[2 * k + 1]);
      peak = Math.max(peak, value);
    }
    return peak;
  }
}
