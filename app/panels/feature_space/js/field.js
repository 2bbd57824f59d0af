import { Cell } from "./cells.js";
import { toPixels, withMargin } from "./quadratics.js";
import { shade, shadeUniform } from "./shading.js";

/** Sides of the squares that are examined in turn, pixels of the field. */
const CELL_SIDES = [64, 32, 16, 8];

/** Pixels that a field is computed at; a larger panel shows it enlarged, smoothly. */
const FIELD_PIXELS = 260_000;

/**
 * Decision regions and margin band as a picture: at every pixel the class with the largest
 * logit, and whether the margin would take it away from that class. Boundaries are antialiased
 * from the logits themselves, so that no raster shows.
 */
export class Field {
  /** @param {number} K number of classes */
  constructor(K) {
    this.root = new Cell(K);
    this.cells = CELL_SIDES.map(() => new Cell(K));
    this.logits = new Float64Array(6 * K);
    this.margins = new Float64Array(6 * K);
    const settings = { alpha: false, willReadFrequently: true };
    this.small = new OffscreenCanvas(1, 1).getContext("2d", settings);
    this.large = new OffscreenCanvas(1, 1).getContext("2d", settings);
    this.resize(1, 1);
  }

  /**
   * @param {number} width of the panel, CSS pixels
   * @param {number} height of the panel, CSS pixels
   */
  resize(width, height) {
    this.scale = Math.min(1, Math.sqrt(FIELD_PIXELS / (width * height)));
    this.width = Math.max(1, Math.ceil(width * this.scale));
    this.height = Math.max(1, Math.ceil(height * this.scale));
    this.image = new ImageData(this.width, this.height);
    this.pixels = new Int32Array(this.image.data.buffer);
  }

  /**
   * Computes the picture.
   *
   * @param {{regions: Float32Array, halfLogDets: Float32Array, alpha: number}} frame
   * @param {import("./camera.js").Camera} camera
   * @param {import("./shading.js").FieldInks} inks
   * @param {boolean} margin whether to show the margin band
   */
  compute(frame, camera, inks, margin) {
    const scale = camera.scale * this.scale;
    const corner = {
      u0: camera.u - camera.left / camera.scale,
      v0: camera.v + camera.top / camera.scale,
      scale,
    };
    toPixels(frame.regions, corner, this.logits);
    if (margin) withMargin(this.logits, frame.halfLogDets, frame.alpha, this.margins);
    this.inks = inks;
    this.strict = margin ? this.margins : null;
    // The hatch is fixed to the plane, not to the panel: it moves with what it covers.
    this.phase = Math.round((corner.u0 - corner.v0) * scale);
    const [side] = CELL_SIDES;
    for (let y = 0; y < this.height; y += side) {
      for (let x = 0; x < this.width; x += side) this.fill(this.root, x, y, 0);
    }
  }

  /** Fills a square: as one where nothing changes in it, else by its quarters, at last by pixels. */
  fill(parent, x, y, level) {
    const side = CELL_SIDES[level];
    const cell = this.cells[level];
    const { width, pixels, inks, logits, strict, phase } = this;
    // One pixel wider than the square, for edges that are blended across its border.
    cell.examine(parent, logits, strict, x + side / 2, y + side / 2, side / 2 + 1);
    const right = Math.min(x + side, width);
    const bottom = Math.min(y + side, this.height);
    if ((cell.uniform || inks.same) && cell.margin >= 0) {
      shadeUniform(pixels, width, x, y, right, bottom, inks, cell.best, cell.margin, phase);
    } else if (level + 1 < CELL_SIDES.length) {
      const half = side / 2;
      for (let j = y; j < bottom; j += half) {
        for (let i = x; i < right; i += half) this.fill(cell, i, j, level + 1);
      }
    } else {
      shade(pixels, width, x, y, right, bottom, inks, cell, logits, strict, phase);
    }
  }

  /**
   * @param {number} width device pixels
   * @param {number} height device pixels
   * @param {number} ratio device pixels a CSS pixel
   * @returns {Int32Array} the computed picture as pixels of that size
   */
  scaledTo(width, height, ratio) {
    const { small, large } = this;
    const enlarge = ratio / this.scale;
    if (enlarge === 1) return this.pixels;
    if (small.canvas.width !== this.width || small.canvas.height !== this.height) {
      small.canvas.width = this.width;
      small.canvas.height = this.height;
    }
    if (large.canvas.width !== width || large.canvas.height !== height) {
      large.canvas.width = width;
      large.canvas.height = height;
    }
    small.putImageData(this.image, 0, 0);
    large.imageSmoothingQuality = "high";
    large.drawImage(small.canvas, 0, 0, this.width * enlarge, this.height * enlarge);
    return new Int32Array(large.getImageData(0, 0, width, height).data.buffer);
  }
}
