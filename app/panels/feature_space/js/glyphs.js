/** Side of a digit's picture, pixels. */
export const TILE = 28;

/** Pictures in a row of the atlas. */
export const ATLAS_COLUMNS = 50;

/** Zoom at which the digits' pictures begin to appear, and at which they have. */
const GLYPH_ZOOM = { begin: 4.5, full: 6.5 };

/** The digits' own pictures, each in the colour of its class, for views zoomed in far. */
export class Glyphs {
  constructor() {
    this.sheet = null;
  }

  /**
   * Colours the atlas once, so that drawing a digit is one copy.
   *
   * @param {?CanvasImageSource} atlas white on black or white on transparent, 50 tiles a row
   * @param {Uint8Array} labels
   * @param {import("./palette.js").Colour[]} colours
   */
  prepare(atlas, labels, colours) {
    this.sheet = null;
    if (!atlas || !atlas.width || !atlas.height) return;
    const width = ATLAS_COLUMNS * TILE;
    const height = Math.ceil(labels.length / ATLAS_COLUMNS) * TILE;
    const sheet = new OffscreenCanvas(width, height);
    const context = sheet.getContext("2d", { willReadFrequently: true });
    context.drawImage(atlas, 0, 0);
    const image = context.getImageData(0, 0, width, height);
    const bytes = image.data;
    for (let digit = 0; digit < labels.length; digit++) {
      const { r, g, b } = colours[labels[digit]];
      const left = (digit % ATLAS_COLUMNS) * TILE;
      const top = Math.floor(digit / ATLAS_COLUMNS) * TILE;
      for (let y = top; y < top + TILE; y++) {
        for (let o = 4 * (y * width + left), end = o + 4 * TILE; o < end; o += 4) {
          const ink = Math.max(bytes[o], bytes[o + 1], bytes[o + 2]);
          bytes[o + 3] = (ink * bytes[o + 3]) / 255;
          bytes[o] = r;
          bytes[o + 1] = g;
          bytes[o + 2] = b;
        }
      }
    }
    context.putImageData(image, 0, 0);
    this.sheet = sheet;
  }

  /**
   * @param {number} zoom
   * @returns {number} 0 where dots are shown, 1 where pictures are, between them on the way
   */
  share(zoom) {
    if (!this.sheet) return 0;
    const way = (zoom - GLYPH_ZOOM.begin) / (GLYPH_ZOOM.full - GLYPH_ZOOM.begin);
    return Math.min(Math.max(way, 0), 1);
  }

  /**
   * @param {CanvasRenderingContext2D} context in CSS pixels
   * @param {import("./scene.js").Scene} scene
   * @param {import("./camera.js").Camera} camera
   */
  draw(context, scene, camera) {
    const share = this.share(camera.zoom);
    if (share === 0) return;
    const side = Math.min(12 + 1.3 * camera.zoom, 64);
    context.save();
    context.globalAlpha = share;
    for (let i = 0; i < scene.count; i++) {
      if (scene.known[i] === 0) continue;
      const x = scene.x[i] - side / 2;
      const y = scene.y[i] - side / 2;
      if (x < -side || y < -side || x > camera.width || y > camera.height) continue;
      const left = (i % ATLAS_COLUMNS) * TILE;
      const top = Math.floor(i / ATLAS_COLUMNS) * TILE;
      context.drawImage(this.sheet, left, top, TILE, TILE, x, y, side, side);
    }
    context.restore();
  }
}
