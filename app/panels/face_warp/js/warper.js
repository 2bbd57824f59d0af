import { THETA_SIZES, moveThrough } from "./families.js";
import { splineBasis } from "./spline.js";

/** Places along each edge of the region that is drawn around what a face's warp shows. */
const EDGE = 8;

/** Warps the probe faces of a run as lgm_core/alignment/warp.py does, bilinear to the pixel. */
export class Warper {
  /**
   * @param {{side: number, pixels: Uint8Array}} faces [probes, side, side]
   * @param {string} family of the transform; "none" shows the faces as they are
   * @param {"edge"|"black"} border what lies outside the picture
   */
  constructor(faces, family, border) {
    Object.assign(this, { ...faces, family, border });
    this.count = faces.pixels.length / faces.side ** 2;
    /** @type {Float32Array} [probes, side, side] grey values of the warped faces */
    this.warped = Float32Array.from(faces.pixels);
    this.grid = pixelGrid(faces.side);
    this.places = new Float64Array(this.grid.length);
    this.edge = edgeOfFrame();
    const spline = family === "tps";
    this.gridBasis = spline ? splineBasis(this.grid) : null;
    this.edgeBasis = spline ? splineBasis(this.edge) : null;
    /** @type {Float64Array[]} for each face the outline of what it shows, [n, 2] of the frame */
    this.outlines = Array.from({ length: this.count }, () => Float64Array.from(this.edge));
  }

  /** @param {Float32Array} theta [stages, probes, size] */
  warp(theta) {
    if (this.family === "none") return;
    const length = this.count * THETA_SIZES[this.family];
    const stages = [];
    for (let start = 0; start < theta.length; start += length) {
      stages.push(theta.subarray(start, start + length));
    }
    for (let face = 0; face < this.count; face++) {
      moveThrough(this.family, stages, face, this.grid, this.places, this.gridBasis);
      this.sample(face);
      moveThrough(this.family, stages, face, this.edge, this.outlines[face], this.edgeBasis);
    }
  }

  sample(face) {
    const { side, pixels, warped, places } = this;
    const half = side / 2;
    const start = face * side * side;
    const black = this.border === "black";
    for (let i = 0; i < side * side; i++) {
      let x = (places[2 * i] + 1) * half - 0.5;
      let y = (places[2 * i + 1] + 1) * half - 0.5;
      if (black) {
        warped[start + i] = this.withBlack(start, x, y);
        continue;
      }
      x = x < 0 ? 0 : x > side - 1 ? side - 1 : x;
      y = y < 0 ? 0 : y > side - 1 ? side - 1 : y;
      const left = x | 0;
      const top = y | 0;
      const u = x - left;
      const v = y - top;
      const right = left + 1 < side ? 1 : 0;
      const down = top + 1 < side ? side : 0;
      const at = start + top * side + left;
      const above = pixels[at] + u * (pixels[at + right] - pixels[at]);
      const below = pixels[at + down] + u * (pixels[at + down + right] - pixels[at + down]);
      warped[start + i] = above + v * (below - above);
    }
  }

  /** A bilinear value where everything outside the picture is black. */
  withBlack(start, x, y) {
    const { side, pixels } = this;
    const left = Math.floor(x);
    const top = Math.floor(y);
    let sum = 0;
    for (let row = top; row <= top + 1; row++) {
      if (row < 0 || row >= side) continue;
      for (let column = left; column <= left + 1; column++) {
        if (column < 0 || column >= side) continue;
        const share = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
        sum += share * pixels[start + row * side + column];
      }
    }
    return sum;
  }
}

/** Centres of a picture's pixels, row by row, [side * side, 2] in units of the frame. */
export function pixelGrid(side) {
  const grid = new Float64Array(2 * side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const at = 2 * (row * side + column);
      grid[at] = (2 * column + 1) / side - 1;
      grid[at + 1] = (2 * row + 1) / side - 1;
    }
  }
  return grid;
}

/** Places around the frame, clockwise from the upper left. */
function edgeOfFrame() {
  const places = [];
  const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1]];
  corners.forEach(([x, y], i) => {
    const [u, v] = corners[(i + 1) % 4];
    for (let k = 0; k < EDGE; k++) places.push(x + ((u - x) * k) / EDGE, y + ((v - y) * k) / EDGE);
  });
  return Float64Array.from(places);
}
