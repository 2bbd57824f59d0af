/** Side of a picture and the gap between two, pixels of the canvas. */
const PICTURE = 28;
const GAP = 2;
export const TILE_SIDE = 2 * PICTURE + GAP;

/**
 * Clean picture, change and strange picture in one: two above, one below in the middle.
 *
 * @param {HTMLCanvasElement} canvas of TILE_SIDE squared
 * @param {?Uint8Array} clean [784], null for an input that was no digit
 * @param {Uint8Array} strange [784]
 */
export function drawTile(canvas, clean, strange) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, TILE_SIDE, TILE_SIDE);
  if (!clean) {
    put(context, (TILE_SIDE - PICTURE) / 2, (TILE_SIDE - PICTURE) / 2, (i) => grey(strange[i]));
    return;
  }
  let largest = 1;
  for (let i = 0; i < clean.length; i++) {
    largest = Math.max(largest, Math.abs(strange[i] - clean[i]));
  }
  put(context, 0, 0, (i) => grey(clean[i]));
  put(context, PICTURE + GAP, 0, (i) => change((strange[i] - clean[i]) / largest));
  put(context, (TILE_SIDE - PICTURE) / 2, PICTURE + GAP, (i) => grey(strange[i]));
}

function put(context, left, top, colourOf) {
  const image = context.createImageData(PICTURE, PICTURE);
  for (let i = 0; i < PICTURE * PICTURE; i++) image.data.set(colourOf(i), 4 * i);
  context.putImageData(image, left, top);
}

function grey(value) {
  return [value, value, value, 255];
}

/** Brighter is red, darker is blue, as much as the largest change allows; none is white. */
function change(share) {
  const rest = Math.round(255 * (1 - Math.abs(share)));
  if (share >= 0) return [255 - Math.round(18 * share), Math.max(rest, 58), Math.max(rest, 40), 255];
  return [Math.max(rest, 48), Math.max(rest, 95), 255 - Math.round(48 * -share), 255];
}
