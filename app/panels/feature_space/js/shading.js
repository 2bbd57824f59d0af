import { mix } from "./palette.js";

/** Period of the margin band's hatch along x + y, pixels; a power of two. */
const HATCH_PERIOD = 8;

/** Share of ink across one period of the hatch. */
const HATCH = [0.55, 1, 0.55, 0, 0, 0, 0, 0];

/** The alpha byte of an opaque pixel; pixels are kept as int32, which engines do fast. */
const OPAQUE = 0xff << 24;

/**
 * @typedef {object} FieldInks
 * @property {Float32Array} plain [K, 3] colour of each class's region
 * @property {Float32Array} band [K, 3] the same within the margin band
 * @property {Float32Array} line [K, 3] the same under a line of the band's hatch
 * @property {Float32Array} edge [3] colour of the band's outline
 * @property {boolean} same whether all classes have the same colours
 * @property {Int32Array} packedPlain [K] pixels
 * @property {Int32Array} packedBand [K, HATCH_PERIOD] pixels across a period of the hatch
 */

/**
 * The colours of a field.
 *
 * @param {import("./palette.js").Colour[]} colours of the classes
 * @param {{paper: import("./palette.js").Colour, alpha: import("./palette.js").Colour,
 *   dark: boolean}} theme
 * @param {boolean} regions whether each class has its own tint
 * @returns {FieldInks}
 */
export function fieldInks(colours, theme, regions) {
  const K = colours.length;
  const { paper, alpha, dark } = theme;
  const plain = colours.map((colour) => (regions ? mix(paper, colour, dark ? 0.22 : 0.15) : paper));
  const inks = {
    plain: channels(plain),
    band: channels(plain.map((colour) => mix(colour, alpha, dark ? 0.1 : 0.06))),
    line: channels(plain.map((colour) => mix(colour, alpha, dark ? 0.24 : 0.2))),
    same: !regions,
    edge: channels([mix(paper, alpha, 0.5)]),
    packedPlain: new Int32Array(K),
    packedBand: new Int32Array(K * HATCH_PERIOD),
  };
  for (let k = 0; k < K; k++) {
    inks.packedPlain[k] = packBetween(inks.plain, inks.plain, k, 0);
    HATCH.forEach((share, i) => {
      inks.packedBand[k * HATCH_PERIOD + i] = packBetween(inks.band, inks.line, k, share);
    });
  }
  return inks;
}

/** Fills a square in which nothing changes but the hatch. */
export function shadeUniform(pixels, width, x0, y0, x1, y1, inks, best, margin, phase) {
  const plain = inks.packedPlain[best];
  const band = inks.packedBand;
  const first = best * HATCH_PERIOD;
  for (let y = y0; y < y1; y++) {
    const row = y * width;
    if (margin !== 1) pixels.fill(plain, row + x0, row + x1);
    else {
      for (let x = x0, shift = y + phase; x < x1; x++) {
        pixels[row + x] = band[first + ((x + shift) & (HATCH_PERIOD - 1))];
      }
    }
  }
}

/**
 * Fills a square with boundaries, pixel by pixel, from the functions that matter there. The
 * distance to a boundary is the functions' difference over its slope, in pixels.
 */
export function shade(pixels, width, x0, y0, x1, y1, inks, cell, logits, margins, phase) {
  const { candidates, count } = cell;
  for (let y = y0; y < y1; y++) {
    const py = y + 0.5;
    for (let x = x0; x < x1; x++) {
      const px = x + 0.5;
      let best = -1;
      let second = -1;
      let top = -Infinity;
      let next = -Infinity;
      for (let i = 0; i < count; i++) {
        const k = candidates[i];
        const o = 6 * k;
        const value =
          logits[o] +
          px * (logits[o + 1] + px * logits[o + 3] + py * logits[o + 4]) +
          py * (logits[o + 2] + py * logits[o + 5]);
        if (value > top) {
          second = best;
          next = top;
          best = k;
          top = value;
        } else if (value > next) {
          second = k;
          next = value;
        }
      }
      if (best < 0) continue;
      const away = distance(top - next, logits, best, logits, second, px, py);
      let inside = cell.margin === 1 ? -1e9 : 1e9;
      if (margins !== null && cell.margin < 0) {
        const o = 6 * best;
        const strict =
          margins[o] +
          px * (margins[o + 1] + px * margins[o + 3] + py * margins[o + 4]) +
          py * (margins[o + 2] + py * margins[o + 5]);
        inside = distance(strict - next, margins, best, logits, second, px, py);
      }
      const hatch = (x + y + phase) & (HATCH_PERIOD - 1);
      const sharp = away >= 0.5 && (inside >= 1 || inside <= -1);
      if (!sharp) pixels[y * width + x] = blend(inks, best, second, away, inside, HATCH[hatch]);
      else if (inside > 0) pixels[y * width + x] = inks.packedPlain[best];
      else pixels[y * width + x] = inks.packedBand[best * HATCH_PERIOD + hatch];
    }
  }
}

/** The colour of a pixel that a boundary passes through or near. */
function blend(inks, best, second, away, inside, hatch) {
  const { plain, band, line, edge } = inks;
  const own = Math.min(0.5 + away, 1);
  const inBand = Math.min(Math.max(0.5 - inside, 0), 1);
  const ink = inBand * hatch;
  const outline = Math.max(0, 1 - Math.abs(inside)) * 0.8;
  let packed = OPAQUE;
  for (let channel = 0; channel < 3; channel++) {
    const a = 3 * best + channel;
    const b = 3 * second + channel;
    let value = plain[a] + (band[a] - plain[a]) * inBand + (line[a] - band[a]) * ink;
    if (own < 1) {
      const other = plain[b] + (band[b] - plain[b]) * inBand + (line[b] - band[b]) * ink;
      value += (other - value) * (1 - own);
    }
    value += (edge[channel] - value) * outline;
    packed |= (value + 0.5) << (8 * channel);
  }
  return packed;
}

/** First-order distance to where p_i = q_k, in pixels, given the difference of the two. */
function distance(difference, p, i, q, k, x, y) {
  if (k < 0) return 1e9;
  const a = 6 * i;
  const b = 6 * k;
  const xy = p[a + 4] - q[b + 4];
  const gx = p[a + 1] - q[b + 1] + 2 * (p[a + 3] - q[b + 3]) * x + xy * y;
  const gy = p[a + 2] - q[b + 2] + 2 * (p[a + 5] - q[b + 5]) * y + xy * x;
  const slope = Math.sqrt(gx * gx + gy * gy);
  return slope > 0 ? difference / slope : difference * 1e9;
}

function channels(colours) {
  return Float32Array.from(colours.flatMap(({ r, g, b }) => [r, g, b]));
}

function packBetween(from, to, k, share) {
  let packed = OPAQUE;
  for (let channel = 0; channel < 3; channel++) {
    const a = 3 * k + channel;
    packed |= (from[a] + (to[a] - from[a]) * share + 0.5) << (8 * channel);
  }
  return packed;
}
