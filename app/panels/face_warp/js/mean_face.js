import { paint } from "./wall.js";

/** The mean of all probe faces: a blur while they are scattered, a face once they stand alike. */
export class MeanFace {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
  }

  /** @param {Uint8Array|Float32Array} grey [count, side, side] @param {number} side */
  draw(grey, side) {
    const size = side * side;
    const count = grey.length / size;
    if (this.canvas.width !== side) this.canvas.width = this.canvas.height = side;
    const context = this.canvas.getContext("2d");
    const mean = new Float32Array(size);
    for (let i = 0; i < grey.length; i++) mean[i % size] += grey[i] / count;
    const image = context.createImageData(side, side);
    paint(image, mean);
    context.putImageData(image, 0, 0);
  }
}
