/**
 * Quadratic functions of the plane, six numbers each: the coefficients of 1, u, v, u^2, u v, v^2.
 * The logits of every loss of this lab are such functions, at least up to a common factor.
 */

/**
 * The same functions of pixel coordinates: x to the right and y downward from the corner of a
 * raster, with u = u0 + x / scale and v = v0 - y / scale.
 *
 * @param {Float32Array} source [K, 6]
 * @param {{u0: number, v0: number, scale: number}} frame
 * @param {Float64Array} out [K, 6] of 1, x, y, x^2, x y, y^2
 */
export function toPixels(source, { u0, v0, scale }, out) {
  const s = 1 / scale;
  for (let o = 0; o < source.length; o += 6) {
    const [c, cu, cv, cuu, cuv, cvv] = source.subarray(o, o + 6);
    out[o] = c + cu * u0 + cv * v0 + cuu * u0 * u0 + cuv * u0 * v0 + cvv * v0 * v0;
    out[o + 1] = s * (cu + 2 * cuu * u0 + cuv * v0);
    out[o + 2] = -s * (cv + cuv * u0 + 2 * cvv * v0);
    out[o + 3] = s * s * cuu;
    out[o + 4] = -s * s * cuv;
    out[o + 5] = s * s * cvv;
  }
}

/**
 * The logits that the margin leaves the true class: -(1 + alpha) d_z - 1/2 log|Sigma_z|, where
 * logit_z = -d_z - 1/2 log|Sigma_z|.
 *
 * @param {Float64Array} logits [K, 6]
 * @param {Float32Array} halfLogDets [K]
 * @param {number} alpha
 * @param {Float64Array} out [K, 6]
 */
export function withMargin(logits, halfLogDets, alpha, out) {
  for (let i = 0; i < logits.length; i++) out[i] = (1 + alpha) * logits[i];
  for (let k = 0; k < halfLogDets.length; k++) out[6 * k] += alpha * halfLogDets[k];
}

/**
 * @param {Float32Array|Float64Array} q [K, 6]
 * @param {number} k
 * @param {number} x
 * @param {number} y
 * @returns {number} function k at a point
 */
export function evaluate(q, k, x, y) {
  const o = 6 * k;
  return q[o] + x * (q[o + 1] + x * q[o + 3] + y * q[o + 4]) + y * (q[o + 2] + y * q[o + 5]);
}
