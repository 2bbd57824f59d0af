import { CONTROL_POINTS, splineBasis } from "./spline.js";

/**
 * What each family's theta does to a place; lgm_core/alignment/families.py in JavaScript.
 *
 * A mover takes theta, the place of the face's numbers in it, and a place (x, y) of the frame, and
 * writes the place it shows to `out`.
 */
const MOVERS = {
  translation(theta, at, x, y, out) {
    out[0] = x + theta[at];
    out[1] = y + theta[at + 1];
  },
  similarity(theta, at, x, y, out) {
    const a = theta[at];
    const b = theta[at + 1];
    out[0] = a * x - b * y + theta[at + 2];
    out[1] = b * x + a * y + theta[at + 3];
  },
  affine(theta, at, x, y, out) {
    out[0] = theta[at] * x + theta[at + 1] * y + theta[at + 2];
    out[1] = theta[at + 3] * x + theta[at + 4] * y + theta[at + 5];
  },
  projective(theta, at, x, y, out) {
    const depth = theta[at + 6] * x + theta[at + 7] * y + 1;
    out[0] = (theta[at] * x + theta[at + 1] * y + theta[at + 2]) / depth;
    out[1] = (theta[at + 3] * x + theta[at + 4] * y + theta[at + 5]) / depth;
  },
};

/** Numbers of one theta. */
export const THETA_SIZES = {
  translation: 2, similarity: 4, affine: 6, projective: 8, tps: 2 * CONTROL_POINTS,
};

/** theta that moves nothing. */
export function identityTheta(family) {
  const theta = new Float32Array(THETA_SIZES[family]);
  for (const place of { similarity: [0], affine: [0, 4], projective: [0, 4] }[family] ?? []) {
    theta[place] = 1;
  }
  return theta;
}

/**
 * Moves places through the warps of one face, the last warp first.
 *
 * @param {string} family
 * @param {Float32Array[]} stages theta of all faces [faces, size], the first warp first
 * @param {number} face
 * @param {Float64Array} points [n, 2] in units of the frame
 * @param {Float64Array} out [n, 2] the places of the input picture that are shown there
 * @param {?Float64Array} basis of `points`, where the family is a spline and it is at hand
 */
export function moveThrough(family, stages, face, points, out, basis = null) {
  out.set(points);
  const at = face * THETA_SIZES[family];
  for (let stage = stages.length - 1; stage >= 0; stage--) {
    const theta = stages[stage];
    if (family === "tps") {
      const known = stage === stages.length - 1 ? basis : null;
      bend(theta, at, out, known ?? splineBasis(out));
      continue;
    }
    const move = MOVERS[family];
    const place = [0, 0];
    for (let i = 0; i < out.length; i += 2) {
      move(theta, at, out[i], out[i + 1], place);
      out[i] = place[0];
      out[i + 1] = place[1];
    }
  }
}

function bend(theta, at, points, basis) {
  for (let n = 0; n < points.length / 2; n++) {
    let x = 0;
    let y = 0;
    for (let k = 0; k < CONTROL_POINTS; k++) {
      const share = basis[n * CONTROL_POINTS + k];
      x += share * theta[at + 2 * k];
      y += share * theta[at + 2 * k + 1];
    }
    points[2 * n] += x;
    points[2 * n + 1] += y;
  }
}
