/** Places that a digit's trail goes back. */
export const TRAIL_LENGTH = 8;

/** Opacity of the newest stretch, 0 .. 255: thousands of them lie upon each other. */
const TRAIL_INK = 60;

/** The last places of each digit, as lines that fade with age. */
export class Trails {
  /**
   * @param {number} count digits
   * @param {number} width coordinates a place
   */
  constructor(count, width) {
    this.count = count;
    this.width = width;
    /** [count, TRAIL_LENGTH, width], a ring for each digit. */
    this.places = new Float32Array(count * TRAIL_LENGTH * width);
    this.next = new Uint8Array(count);
    this.length = new Uint8Array(count);
    this.flat = new Float32Array(count * TRAIL_LENGTH);
    this.up = new Float32Array(count * TRAIL_LENGTH);
    this.depth = new Float32Array(count * TRAIL_LENGTH);
  }

  clear() {
    this.next.fill(0);
    this.length.fill(0);
  }

  /** Notes where a digit was: `values[offset ...]`. */
  push(digit, values, offset) {
    const start = (digit * TRAIL_LENGTH + this.next[digit]) * this.width;
    for (let axis = 0; axis < this.width; axis++) {
      this.places[start + axis] = values[offset + axis];
    }
    this.next[digit] = (this.next[digit] + 1) % TRAIL_LENGTH;
    if (this.length[digit] < TRAIL_LENGTH) this.length[digit]++;
  }

  /**
   * @param {import("./raster.js").Raster} raster
   * @param {import("./scene.js").Scene} scene
   * @param {import("./camera.js").Camera} camera
   * @param {import("./projection.js").Projection} projection
   * @param {Int32Array} colours packed, one a class
   * @param {number} ratio device pixels a CSS pixel
   */
  draw(raster, scene, camera, projection, colours, ratio) {
    const { flat, up } = this;
    projection.points(this.places, this.count * TRAIL_LENGTH, flat, up, this.depth);
    const scale = camera.scale * ratio;
    const left = camera.left * ratio - camera.u * scale;
    const top = camera.top * ratio + camera.v * scale;
    for (let digit = 0; digit < this.count; digit++) {
      if (scene.known[digit] === 0) continue;
      const colour = colours[scene.labels[digit]];
      let x = scene.x[digit] * ratio;
      let y = scene.y[digit] * ratio;
      // The newest place is where the digit is heading; the line ends where it is now.
      for (let age = 1; age <= this.length[digit]; age++) {
        const slot = (this.next[digit] - age + TRAIL_LENGTH) % TRAIL_LENGTH;
        const o = digit * TRAIL_LENGTH + slot;
        const px = left + flat[o] * scale;
        const py = top - up[o] * scale;
        raster.line(x, y, px, py, colour, TRAIL_INK * (1 - (age - 1) / TRAIL_LENGTH));
        x = px;
        y = py;
      }
    }
  }
}
