import { cssColour } from "./palette.js";

/** Longest class name that a badge shows, characters. */
const LONGEST_NAME = 12;

/** The class means: discs with the class's name, ringed in its colour. */
export class Badges {
  constructor() {
    this.sprites = [];
    this.ratio = 1;
  }

  /**
   * Draws each badge once.
   *
   * @param {string[]} names of the classes
   * @param {import("./palette.js").Colour[]} colours
   * @param {{paper: import("./palette.js").Colour, ink: import("./palette.js").Colour,
   *   font: string, dark: boolean}} theme
   * @param {number} ratio device pixels a CSS pixel
   * @param {number} size height of a badge, CSS pixels
   */
  prepare(names, colours, theme, ratio, size) {
    this.ratio = ratio;
    this.sprites = names.map((name, k) => badgeSprite(name, colours[k], theme, ratio, size));
  }

  /**
   * @param {CanvasRenderingContext2D} context in CSS pixels
   * @param {Float32Array} means [K, 2] in the picture's plane
   * @param {import("./camera.js").Camera} camera
   */
  draw(context, means, camera) {
    for (let k = 0; k < this.sprites.length; k++) {
      const sprite = this.sprites[k];
      const width = sprite.width / this.ratio;
      const height = sprite.height / this.ratio;
      const x = camera.x(means[2 * k]) - width / 2;
      const y = camera.y(means[2 * k + 1]) - height / 2;
      if (!(x > -width && y > -height && x < camera.width && y < camera.height)) continue;
      context.drawImage(sprite, x, y, width, height);
    }
  }
}

function badgeSprite(name, colour, theme, ratio, size) {
  const text = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
  const font = `700 ${Math.round(size * 0.56)}px ${theme.font}`;
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.font = font;
  const width = Math.max(size, Math.ceil(context.measureText(text).width + size * 0.6));
  const edge = 3;
  canvas.width = Math.ceil((width + 2 * edge) * ratio);
  canvas.height = Math.ceil((size + 2 * edge) * ratio);
  context.scale(ratio, ratio);
  const shape = (grow) => {
    context.beginPath();
    context.roundRect(edge - grow, edge - grow, width + 2 * grow, size + 2 * grow, size / 2 + grow);
  };
  // A halo of paper keeps the ring apart from the dots of its own colour.
  shape(1.5);
  context.fillStyle = cssColour(theme.paper, 0.75);
  context.fill();
  shape(-1);
  context.fillStyle = cssColour(theme.paper);
  context.fill();
  context.strokeStyle = cssColour(colour);
  context.lineWidth = 2;
  context.stroke();
  context.font = font;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  context.fillStyle = cssColour(theme.ink);
  const box = context.measureText(text);
  const rise = (box.actualBoundingBoxAscent - box.actualBoundingBoxDescent) / 2;
  context.fillText(text, edge + width / 2, edge + size / 2 + rise);
  // A bitmap can be drawn as it is; of a canvas each drawing first takes a copy.
  return canvas.transferToImageBitmap();
}
