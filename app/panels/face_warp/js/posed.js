/**
 * A straight face as a pose leaves it: turned, scaled and shifted, at the size that the network
 * sees; its outermost pixels go on beyond the picture. The inverse of lgm_core's pose, sampled.
 *
 * @param {Uint8Array|Float32Array} straight [from, from]
 * @param {number} from pixels a side
 * @param {number} side of the result
 * @param {{turn: number, scale: number, x: number, y: number}} pose turn in radians, clockwise;
 *   scale 1 is the face's own; shifts in units of the frame
 * @returns {Float32Array} [side, side]
 */
export function posedFace(straight, from, side, { turn, scale, x, y }) {
  const out = new Float32Array(side * side);
  const [cos, sin] = [Math.cos(turn) / scale, Math.sin(turn) / scale];
  const half = from / 2;
  const clamp = (value) => Math.min(from - 1, Math.max(0, value));
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const u = (2 * column + 1) / side - 1 - x;
      const v = (2 * row + 1) / side - 1 - y;
      const px = clamp((cos * u + sin * v + 1) * half - 0.5);
      const py = clamp((cos * v - sin * u + 1) * half - 0.5);
      const left = Math.min(from - 2, Math.floor(px));
      const top = Math.min(from - 2, Math.floor(py));
      const [dx, dy] = [px - left, py - top];
      const at = top * from + left;
      const above = straight[at] + dx * (straight[at + 1] - straight[at]);
      const below = straight[at + from] + dx * (straight[at + from + 1] - straight[at + from]);
      out[row * side + column] = above + dy * (below - above);
    }
  }
  return out;
}
