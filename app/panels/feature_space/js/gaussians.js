import { cssColour } from "./palette.js";

/**
 * The 1-sigma ellipse of a covariance: points (x - mu)^T Sigma^-1 (x - mu) = 1.
 *
 * @param {number} uu
 * @param {number} uv
 * @param {number} vv
 * @returns {{major: number, minor: number, angle: number}} half axes, and the major one's angle
 *   from u towards v, radians
 */
export function ellipseOf(uu, uv, vv) {
  const middle = (uu + vv) / 2;
  const spread = Math.hypot((uu - vv) / 2, uv);
  return {
    major: Math.sqrt(Math.max(middle + spread, 0)),
    minor: Math.sqrt(Math.max(middle - spread, 0)),
    angle: spread > 0 ? 0.5 * Math.atan2(2 * uv, uu - vv) : 0,
  };
}

/**
 * Draws the 1- and 2-sigma ellipse of each class.
 *
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {Float32Array} means [K, 2] in the picture's plane
 * @param {Float64Array} covariances [K, 3] uu, uv, vv
 * @param {import("./camera.js").Camera} camera
 * @param {import("./palette.js").Colour[]} colours
 * @param {boolean} dark
 */
export function drawGaussians(context, means, covariances, camera, colours, dark) {
  const largest = 8 * Math.max(camera.width, camera.height);
  colours.forEach((colour, k) => {
    const ellipse = ellipseOf(...covariances.subarray(3 * k, 3 * k + 3));
    const x = camera.x(means[2 * k]);
    const y = camera.y(means[2 * k + 1]);
    if (!Number.isFinite(x + y + ellipse.major)) return;
    for (const sigma of [2, 1]) {
      const major = Math.min(ellipse.major * camera.scale * sigma, largest);
      const minor = Math.min(ellipse.minor * camera.scale * sigma, largest);
      context.beginPath();
      context.ellipse(x, y, major, minor, -ellipse.angle, 0, 2 * Math.PI);
      context.fillStyle = cssColour(colour, (sigma === 2 ? 0.07 : 0.13) + (dark ? 0.02 : 0));
      context.fill();
      context.strokeStyle = cssColour(colour, sigma === 2 ? 0.5 : 0.75);
      context.lineWidth = 1;
      context.stroke();
    }
  });
}
