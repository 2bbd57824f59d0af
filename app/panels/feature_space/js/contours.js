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
    this.grid = new Float32Array(0);
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
    if (this.grid.length < columns * rows) this.grid = new Float32Array(columns * rows);
    for (let j = 0, i = 0; j < rows; j++) {
      for (let column = 0; column < columns; column++, i++) {
        this.grid[i] = logDensity(logits, K, frame.D, column, j);
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
      traceLevel(context, this.grid, columns, rows, peak - offset, CONTOUR_STEP);
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

/**
 * Marching squares: adds to the path the line where the grid's values pass a level.
 *
 * @param {{moveTo: Function, lineTo: Function}} path
 * @param {Float32Array} grid [rows, columns]
 * @param {number} columns
 * @param {number} rows
 * @param {number} level
 * @param {number} step pixels between grid points
 */
export function traceLevel(path, grid, columns, rows, level, step) {
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      const o = j * columns + i;
      const a = grid[o] - level;
      const b = grid[o + 1] - level;
      const c = grid[o + columns + 1] - level;
      const d = grid[o + columns] - level;
      const code = (a > 0 ? 1 : 0) | (b > 0 ? 2 : 0) | (c > 0 ? 4 : 0) | (d > 0 ? 8 : 0);
      if (code === 0 || code === 15) continue;
      const top = [i + a / (a - b), j];
      const right = [i + 1, j + b / (b - c)];
      const bottom = [i + d / (d - c), j + 1];
      const left = [i, j + a / (a - d)];
      // The two opposite corners of a saddle belong together if the middle lies with them.
      const joined = code === 5 ? a + b + c + d > 0 : a + b + c + d <= 0;
      for (const [from, to] of crossings(code, joined, top, right, bottom, left)) {
        path.moveTo(from[0] * step, from[1] * step);
        path.lineTo(to[0] * step, to[1] * step);
      }
    }
  }
}

function crossings(code, joined, top, right, bottom, left) {
  switch (code) {
    case 1: case 14: return [[left, top]];
    case 2: case 13: return [[top, right]];
    case 4: case 11: return [[right, bottom]];
    case 8: case 7: return [[bottom, left]];
    case 3: case 12: return [[left, right]];
    case 6: case 9: return [[top, bottom]];
    default:
      return joined ? [[top, right], [bottom, left]] : [[left, top], [right, bottom]];
  }
}
