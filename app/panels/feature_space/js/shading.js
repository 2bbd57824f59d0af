import { mix } from "./palette.js";

/** Period of the margin band's hatch along x + y, pixels; a power of two. */
const HATCH_PERIOD = 8;

/** Share of ink across one period of the hatch. */
const HATCH = [0.55, 1, 0.55, 0, 0, 0, 0, 0];

const OPAQUE = 0xff000000;

/**
 * @typedef {object} FieldInks
 * @property {number} K
 * @property {Float32Array} plain [K, 3] colour of each class's region
 * @property {Float32Array} band [K, 3] the same within the margin band
 * @property {Float32Array} line [K, 3] the same under a line of the band's hatch
 * @property {Float32Array} edge [3] colour of the band's outline
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
  const rows = () => new Float32Array(3 * K);
  const inks = { K, plain: rows(), band: rows(), line: rows(), edge: new Float32Array(3) };
  const put = (array, k, { r, g, b }) => array.set([r, g, b], 3 * k);
  colours.forEach((colour, k) => {
    const plain = regions ? mix(theme.paper, colour, theme.dark ? 0.22 : 0.15) : theme.paper;
    put(inks.plain, k, plain);
    put(inks.band, k, mix(plain, theme.alpha, theme.dark ? 0.1 : 0.06));
    put(inks.line, k, mix(plain, theme.alpha, theme.dark ? 0.26 : 0.2));
  });
  put(inks.edge, 0, mix(theme.paper, theme.alpha, theme.dark ? 0.55 : 0.5));
  return inks;
}

/** Fills a square in which nothing changes but the hatch. */
export function shadeUniform(pixels, width, x0, y0, x1, y1, inks, best, margin, phase) {
  const plain = packAt(margin === 1 ? inks.band : inks.plain, best);
  for (let y = y0; y < y1; y++) {
    const row = y * width;
    pixels.fill(plain, row + x0, row + x1);
    if (margin !== 1) continue;
    for (let x = x0; x < x1; x++) {
      const share = HATCH[(x + y + phase) & (HATCH_PERIOD - 1)];
      if (share === 1) pixels[row + x] = packAt(inks.line, best);
      else if (share > 0) pixels[row + x] = packMix(inks.band, inks.line, best, share);
    }
  }
}

/**
 * Fills a square with boundaries, pixel by pixel, from the functions that matter there. The
 * distance to a boundary is the functions' difference over its slope, in pixels.
 */
export function shade(pixels, width, x0, y0, x1, y1, inks, cell, logits, margins, phase) {
  const { candidates, count } = cell;
  const { plain, band, line, edge } = inks;
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
        const value = logits[o] + px * (logits[o + 1] + px * logits[o + 3] + py * logits[o + 4]) +
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
      const away = distance(top - next, logits, best, logits, second, px, py);
      const own = away < 0.5 ? 0.5 + away : 1;
      let r = 0;
      let inBand = 0;
      let outline = 0;
      if (margins !== null) {
        const o = 6 * best;
        const strict = margins[o] + px * (margins[o + 1] + px * margins[o + 3] +
          py * margins[o + 4]) + py * (margins[o + 2] + py * margins[o + 5]);
        const inside = distance(strict - next, margins, best, logits, second, px, py);
        inBand = Math.min(Math.max(0.5 - inside, 0), 1);
        outline = Math.max(0, 1 - Math.abs(inside)) * 0.8;
      }
      const ink = inBand * HATCH[(x + y + phase) & (HATCH_PERIOD - 1)];
      let packed = OPAQUE;
      for (let channel = 0; channel < 3; channel++) {
        const a = 3 * best + channel;
        const b = 3 * second + channel;
        r = tone(plain[a], band[a], line[a], inBand, ink);
        if (own < 1) r += (tone(plain[b], band[b], line[b], inBand, ink) - r) * (1 - own);
        if (outline > 0) r += (edge[channel] - r) * outline;
        packed |= ((r + 0.5) | 0) << (8 * channel);
      }
      pixels[y * width + x] = packed;
    }
  }
}

/** First-order distance to where p_i = q_k, in pixels, given the difference of the two. */
function distance(difference, p, i, q, k, x, y) {
  const a = 6 * i;
  const b = 6 * k;
  const xy = p[a + 4] - q[b + 4];
  const gx = p[a + 1] - q[b + 1] + 2 * (p[a + 3] - q[b + 3]) * x + xy * y;
  const gy = p[a + 2] - q[b + 2] + 2 * (p[a + 5] - q[b + 5]) * y + xy * x;
  const slope = Math.sqrt(gx * gx + gy * gy);
  return slope > 0 ? difference / slope : Math.sign(difference) * 1e9;
}

function tone(plain, band, line, inBand, ink) {
  return plain + (band - plain) * inBand + (line - band) * ink;
}

function packAt(colours, k) {
  return packMix(colours, colours, k, 0);
}

function packMix(from, to, k, share) {
  const a = 3 * k;
  const r = from[a] + (to[a] - from[a]) * share;
  const g = from[a + 1] + (to[a + 1] - from[a + 1]) * share;
  const b = from[a + 2] + (to[a + 2] - from[a + 2]) * share;
  return (OPAQUE | ((b + 0.5) << 16) | ((g + 0.5) << 8) | (r + 0.5)) >>> 0;
}
