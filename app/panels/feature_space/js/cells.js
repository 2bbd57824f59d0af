/**
 * Which functions matter in a square of a raster.
 *
 * Two quadratics differ by a quadratic; over a square its change from the middle is bounded by
 * the slope there and the second-order terms. Where the bound says that a function stays below
 * another one, it is left out, for the square and all squares within it. So nothing is missed,
 * however thin, and most of a raster needs no work at all.
 */
export class Cell {
  /** @param {number} K number of functions */
  constructor(K) {
    /** Functions that may be the largest, or the runner-up that decides the margin. */
    this.candidates = Uint8Array.from({ length: K }, (_, k) => k);
    this.count = K;
    /** The largest function at the middle. */
    this.best = 0;
    /** Whether `best` is the largest everywhere in the square. */
    this.uniform = false;
    /** 1: all of the square lies within the margin; 0: none of it; -1: undecided. */
    this.margin = -1;
    this.values = new Float64Array(K);
    this.slopesX = new Float64Array(K);
    this.slopesY = new Float64Array(K);
    /** [K, 3] the candidates' coefficients along a row, while pixels are filled. */
    this.rows = new Float64Array(3 * K);
  }

  /**
   * @param {Cell} parent whose candidates are looked at
   * @param {Float64Array} logits [K, 6] in pixels
   * @param {?Float64Array} margins [K, 6] in pixels, or null where no margin is asked for
   * @param {number} x middle of the square
   * @param {number} y middle of the square
   * @param {number} half its half side
   */
  examine(parent, logits, margins, x, y, half) {
    const { values, slopesX, slopesY, candidates } = this;
    const among = parent.candidates;
    let best = among[0];
    for (let i = 0; i < parent.count; i++) {
      const k = among[i];
      const o = 6 * k;
      const xx = logits[o + 3] * x;
      const xy = logits[o + 4];
      const yy = logits[o + 5] * y;
      values[k] = logits[o] + x * (logits[o + 1] + xx + y * xy) + y * (logits[o + 2] + yy);
      slopesX[k] = logits[o + 1] + 2 * xx + xy * y;
      slopesY[k] = logits[o + 2] + 2 * yy + xy * x;
      if (values[k] > values[best]) best = k;
    }
    let count = 0;
    for (let i = 0; i < parent.count; i++) {
      const k = among[i];
      const gap = values[best] - values[k];
      const slope = Math.abs(slopesX[best] - slopesX[k]) + Math.abs(slopesY[best] - slopesY[k]);
      const bound = half * (slope + half * curvature(logits, best, logits, k));
      if (k === best || gap <= bound) candidates[count++] = k;
    }
    this.best = best;
    this.uniform = count === 1;
    this.count = count;
    // Settled for the parent, settled here: it has dropped the functions that settled it.
    this.margin = Math.max(parent.margin, 0);
    if (margins !== null && parent.margin < 0) this.examineMargin(parent, logits, margins, x, y, half);
  }

  examineMargin(parent, logits, margins, x, y, half) {
    const { values, slopesX, slopesY, candidates } = this;
    const contenders = this.count;
    let lost = 0;
    for (let i = 0; i < contenders; i++) {
      const z = candidates[i];
      const o = 6 * z;
      const xx = margins[o + 3] * x;
      const xy = margins[o + 4];
      const yy = margins[o + 5] * y;
      const strict = margins[o] + x * (margins[o + 1] + xx + y * xy) + y * (margins[o + 2] + yy);
      const slopeX = margins[o + 1] + 2 * xx + xy * y;
      const slopeY = margins[o + 2] + 2 * yy + xy * x;
      let beaten = false;
      for (let j = 0; j < parent.count && !beaten; j++) {
        const k = parent.candidates[j];
        if (k === z) continue;
        const gap = strict - values[k];
        const slope = Math.abs(slopeX - slopesX[k]) + Math.abs(slopeY - slopesY[k]);
        const bound = half * (slope + half * curvature(margins, z, logits, k));
        if (gap > bound) continue;
        beaten = gap < -bound;
        this.margin = -1;
        this.add(k);
      }
      if (beaten) lost++;
    }
    if (lost < contenders) return;
    // Whichever class wins here, the margin takes it away.
    this.margin = 1;
    this.count = contenders;
  }

  add(k) {
    for (let i = 0; i < this.count; i++) if (this.candidates[i] === k) return;
    this.candidates[this.count++] = k;
  }
}

/** Bound of the second-order terms of p_i - q_k where neither coordinate changes by more than 1. */
function curvature(p, i, q, k) {
  const a = 6 * i;
  const b = 6 * k;
  return (
    Math.abs(p[a + 3] - q[b + 3]) + Math.abs(p[a + 4] - q[b + 4]) + Math.abs(p[a + 5] - q[b + 5])
  );
}
