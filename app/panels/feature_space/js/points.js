import { packColour } from "./palette.js";
import { Stamp } from "./raster.js";

/** Sizes that depth is shown by when the cloud is turned. */
const DEPTH_SIZES = 5;

/**
 * The digits as dots in their class's colour; the misclassified ones ringed in the colour of the
 * class they were taken for.
 */
export class Points {
  constructor() {
    this.colours = new Int32Array(0);
    this.key = "";
    this.discs = [];
    this.ring = null;
  }

  /** @param {import("./palette.js").Colour[]} colours of the classes */
  setColours(colours) {
    this.colours = Int32Array.from(colours, packColour);
  }

  /**
   * Prepares the stamps.
   *
   * @param {number} radius of a dot, CSS pixels
   * @param {number} ratio device pixels a CSS pixel
   */
  prepare(radius, ratio) {
    const rounded = Math.round(radius * ratio * 8) / 8;
    const key = `${rounded} ${ratio}`;
    if (key === this.key) return;
    this.key = key;
    this.discs = Array.from({ length: DEPTH_SIZES }, (_, i) => {
      return new Stamp(rounded * (0.7 + (0.6 * i) / (DEPTH_SIZES - 1)));
    });
    const outer = rounded + 3.4 * ratio;
    this.ring = new Stamp(outer, outer - 1.3 * ratio);
  }

  /**
   * @param {import("./raster.js").Raster} raster
   * @param {import("./scene.js").Scene} scene
   * @param {{ratio: number, errors: boolean, opacity: number, depth: boolean}} how
   */
  draw(raster, scene, { ratio, errors, opacity, depth }) {
    const { count, x, y, known, labels, predicted, depths } = scene;
    const middle = (DEPTH_SIZES - 1) / 2;
    // While errors are asked for, what is right steps back.
    const right = Math.round((errors ? 0.4 : 0.86) * opacity * 256);
    const nearest = depth ? depthReach(depths, known, count) : 1;
    for (let i = 0; i < count; i++) {
      if (known[i] === 0 || (errors && predicted[i] !== labels[i])) continue;
      const near = depth ? Math.min(Math.max(depths[i] / nearest, -1), 1) : 0;
      const disc = this.discs[Math.round(middle + near * middle)];
      const shown = depth ? (right * (0.72 + 0.28 * near)) | 0 : right;
      raster.stamp(disc, x[i] * ratio, y[i] * ratio, this.colours[labels[i]], shown);
    }
    if (!errors) return;
    const full = Math.round(256 * opacity);
    for (let i = 0; i < count; i++) {
      if (known[i] === 0 || predicted[i] === labels[i]) continue;
      const px = x[i] * ratio;
      const py = y[i] * ratio;
      raster.stamp(this.ring, px, py, this.colours[predicted[i]], 256);
      raster.stamp(this.discs[middle], px, py, this.colours[labels[i]], full);
    }
  }
}

/** Twice the root mean square depth: almost all points lie within. */
function depthReach(depths, known, count) {
  let sum = 0;
  let seen = 0;
  for (let i = 0; i < count; i++) {
    if (known[i] === 0) continue;
    sum += depths[i] * depths[i];
    seen++;
  }
  return 2 * Math.sqrt(sum / Math.max(seen, 1)) || 1;
}
