import { Cell } from "./cells.js";
import { toPixels, withMargin } from "./quadratics.js";
import { shade, shadeUniform } from "./shading.js";

/** Side of the squares that are examined first, pixels of the field. */
const CELL_SIDE = 8;

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
    this.K = K;
    this.cell = new Cell(K);
    this.logits = new Float64Array(6 * K);
    this.margins = new Float64Array(6 * K);
    this.canvas = new OffscreenCanvas(1, 1);
    this.context = this.canvas.getContext("2d", { willReadFrequently: true, alpha: false });
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
    this.canvas.width = this.width;
    this.canvas.height = this.height;
    this.image = new ImageData(this.width, this.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  /**
   * Computes the picture; afterwards `canvas` holds it.
   *
   * @param {{regions: Float32Array, halfLogDets: Float32Array, alpha: number}} frame
   * @param {import("./camera.js").Camera} camera
   * @param {import("./shading.js").FieldInks} inks
   * @param {boolean} margin whether to show the margin band
   */
  paint(frame, camera, inks, margin) {
    const { logits, cell, width, height, pixels } = this;
    const scale = camera.scale * this.scale;
    const corner = {
      u0: camera.u - camera.left / camera.scale,
      v0: camera.v + camera.top / camera.scale,
      scale,
    };
    toPixels(frame.regions, corner, logits);
    let margins = null;
    if (margin) {
      margins = this.margins;
      withMargin(logits, frame.halfLogDets, frame.alpha, margins);
    }
    // The hatch is fixed to the plane, not to the panel: it moves with what it covers.
    const phase = Math.round((corner.v0 - corner.u0) * scale);
    const half = CELL_SIDE / 2;
    for (let y = 0; y < height; y += CELL_SIDE) {
      const bottom = Math.min(y + CELL_SIDE, height);
      for (let x = 0; x < width; x += CELL_SIDE) {
        const right = Math.min(x + CELL_SIDE, width);
        // One pixel wider than the square, for edges that are blended across its border.
        cell.examine(logits, margins, x + half, y + half, half + 1);
        if (cell.uniform && cell.margin >= 0) {
          shadeUniform(pixels, width, x, y, right, bottom, inks, cell.best, cell.margin, phase);
        } else {
          shade(pixels, width, x, y, right, bottom, inks, cell, logits, margins, phase);
        }
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }
}
