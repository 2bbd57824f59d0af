import { ATLAS_COLUMNS, TILE } from "./glyphs.js";

/**
 * Draws one digit of an atlas, as large as the canvas, its pixels kept square and sharp.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {?HTMLImageElement} atlas
 * @param {number} digit
 */
export function drawDigitPicture(canvas, atlas, digit) {
  canvas.width = TILE;
  canvas.height = TILE;
  const left = (digit % ATLAS_COLUMNS) * TILE;
  const top = Math.floor(digit / ATLAS_COLUMNS) * TILE;
  const context = canvas.getContext("2d");
  if (!atlas || atlas.naturalHeight < top + TILE) return;
  context.drawImage(atlas, left, top, TILE, TILE, 0, 0, TILE, TILE);
}

/**
 * @param {string} url
 * @returns {Promise<?HTMLImageElement>} null where there is no picture to be had
 */
export async function loadAtlas(url) {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return image;
  } catch {
    return null;
  }
}
