import { evaluate } from "./quadratics.js";

/**
 * Which functions matter in a small square of a raster.
 *
 * Two quadratics differ by a quadratic; over a square its change from the middle is bounded by
 * the slope there and the second-order terms. Where the bound says that a function stays below
 * another one, it can be left out: nothing thinner than the square is missed, and most squares
 * need no work at all.
 */
export class Cell {
  /** @param {number} K number of functions */
  constructor(K) {
    this.K = K;
    /** Functions that may be the largest or the runner-up that decides the margin. */
    this.candidates = new Uint8Array(K);
    this.count = 0;
    /** The largest function at the middle. */
    this.best = 0;
    /** Whether `best` is the largest everywhere in the square. */
    this.uniform = true;
    /** 1: all of the square lies within the margin; 0: none of it; -1: undecided. */
    this.margin = 0;
    this.values = new Float64Array(K);
    this.winners = new Uint8Array(K);
  }

  /**
   * @param {Float64Array} logits [K, 6] in pixels
   * @param {?Float64Array} margins [K, 6] in pixels, or null where no margin is asked for
   * @param {number} x middle of the square
   * @param {number} y middle of the square
   * @param {number} half its half side
   */
  examine(logits, margins, x, y, half) {
    const { K, values, winners, candidates } = this;
    let best = 0;
    for (let k = 0; k < K; k++) {
      values[k] = evaluate(logits, k, x, y);
      if (values[k] > values[best]) best = k;
    }
    this.best = best;
    let count = 0;
    for (let k = 0; k < K; k++) {
      const gap = values[best] - values[k];
      if (k === best || gap <= changeBound(logits, best, logits, k, x, y, half)) {
        winners[count++] = k;
      }
    }
    this.uniform = count === 1;
    this.count = count;
    candidates.set(winners);
    this.margin = 0;
    if (margins !== null) this.examineMargin(logits, margins, x, y, half);
  }

  examineMargin(logits, margins, x, y, half) {
    const { K, values, winners, candidates } = this;
    const contenders = this.count;
    for (let i = 0; i < contenders; i++) {
      const z = winners[i];
      const strict = evaluate(margins, z, x, y);
      for (let k = 0; k < K; k++) {
        if (k === z) continue;
        const gap = strict - values[k];
        const bound = changeBound(margins, z, logits, k, x, y, half);
        if (gap < -bound && this.uniform) {
          this.margin = 1;
          this.count = contenders;
          return;
        }
        if (gap <= bound) {
          this.margin = -1;
          this.add(k);
        }
      }
    }
    if (!this.uniform && this.margin === 0) this.margin = -1;
    candidates.fill(0, this.count);
  }

  add(k) {
    for (let i = 0; i < this.count; i++) if (this.candidates[i] === k) return;
    this.candidates[this.count++] = k;
  }
}

/** Largest change of p_i - q_k within the square from its middle. */
function changeBound(p, i, q, k, x, y, half) {
  const a = 6 * i;
  const b = 6 * k;
  const xx = p[a + 3] - q[b + 3];
  const xy = p[a + 4] - q[b + 4];
  const yy = p[a + 5] - q[b + 5];
  const gx = p[a + 1] - q[b + 1] + 2 * xx * x + xy * y;
  const gy = p[a + 2] - q[b + 2] + 2 * yy * y + xy * x;
  const slope = Math.abs(gx) + Math.abs(gy);
  return half * (slope + half * (Math.abs(xx) + Math.abs(xy) + Math.abs(yy)));
}
