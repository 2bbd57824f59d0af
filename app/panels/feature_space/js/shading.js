import { OPAQUE, mix } from "./palette.js";

/** Period of the margin band's hatch along x + y, pixels; a power of two. */
const HATCH_PERIOD = 8;

/** Share of ink across one period of the hatch. */
const HATCH = [0.55, 1, 0.55, 0, 0, 0, 0, 0];

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
  for (let y = y0; y < y1; y++) {
    const row = y * width;
    if (margin === 1) hatchRow(pixels, row + x0, row + x1, inks, best, x0 + y + phase);
    else pixels.fill(inks.packedPlain[best], row + x0, row + x1);
  }
}

/** A period at a time: half of a panel may be hatched, several times a second. */
function hatchRow(pixels, from, to, { packedBand }, best, phase) {
  const first = best * HATCH_PERIOD;
  const at = (i) => packedBand[first + ((phase + i) & (HATCH_PERIOD - 1))];
  const a = at(0), b = at(1), c = at(2), d = at(3);
  const e = at(4), f = at(5), g = at(6), h = at(7);
  let o = from;
  for (; o + HATCH_PERIOD <= to; o += HATCH_PERIOD) {
    pixels[o] = a;
    pixels[o + 1] = b;
    pixels[o + 2] = c;
    pixels[o + 3] = d;
    pixels[o + 4] = e;
    pixels[o + 5] = f;
    pixels[o + 6] = g;
    pixels[o + 7] = h;
  }
  for (; o < to; o++) pixels[o] = at(o - from);
}

/**
 * Fills a square with boundaries, pixel by pixel, from the functions that matter there. The
 * distance to a boundary is the functions' difference over its slope, in pixels.
 */
export function shade(pixels, width, x0, y0, x1, y1, inks, cell, logits, margins, phase) {
  const { candidates, count, rows } = cell;
  const marginKnown = margins === null || cell.margin >= 0;
  const known = cell.margin === 1 ? -1e9 : 1e9;
  for (let y = y0; y < y1; y++) {
    const py = y + 0.5;
    // Along a row each function is c + x (b + x a).
    for (let i = 0; i < count; i++) {
      const o = 6 * candidates[i];
      rows[3 * i] = logits[o] + py * (logits[o + 2] + py * logits[o + 5]);
      rows[3 * i + 1] = logits[o + 1] + py * logits[o + 4];
      rows[3 * i + 2] = logits[o + 3];
    }
    for (let x = x0; x < x1; x++) {
      const px = x + 0.5;
      let best = 0;
      let second = -1;
      let top = rows[0] + px * (rows[1] + px * rows[2]);
      let next = -Infinity;
      for (let i = 1; i < count; i++) {
        const value = rows[3 * i] + px * (rows[3 * i + 1] + px * rows[3 * i + 2]);
        if (value > top) {
          second = best;
          next = top;
          best = i;
          top = value;
        } else if (value > next) {
          second = i;
          next = value;
        }
      }
      best = candidates[best];
      second = second < 0 ? best : candidates[second];
      const away = distance(top - next, logits, best, logits, second, px, py);
      let inside = known;
      if (!marginKnown) {
        const o = 6 * best;
        const strict =
          margins[o] +
          px * (margins[o + 1] + px * margins[o + 3] + py * margins[o + 4]) +
          py * (margins[o + 2] + py * margins[o + 5]);
        inside = distance(strict - next, margins, best, logits, second, px, py);
      }
      const hatch = (x + y + phase) & (HATCH_PERIOD - 1);
      const sharp = (away >= 0.5 || inks.same) && (inside >= 1 || inside <= -1);
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
  const a = 6 * i;
  const b = 6 * k;
  const xy = p[a + 4] - q[b + 4];
  const gx = p[a + 1] - q[b + 1] + 2 * (p[a + 3] - q[b + 3]) * x + xy * y;
  const gy = p[a + 2] - q[b + 2] + 2 * (p[a + 5] - q[b + 5]) * y + xy * x;
  const slope = Math.sqrt(gx * gx + gy * gy);
  // Equal slopes: no boundary near, or, where one function stands alone, none at all.
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
