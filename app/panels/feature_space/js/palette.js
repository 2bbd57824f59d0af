/**
 * Petroff's ten-colour cycle, made for readers with and without colour vision deficiency.
 * M. A. Petroff, "Accessible Color Sequences for Data Visualization", 2021.
 */
export const PETROFF = [
  "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
  "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
];

/** Beyond ten classes: each further round of ten shifts lightness and turns hue (degrees). */
const ROUNDS = [
  { lightness: 0, turn: 0 },
  { lightness: -0.17, turn: 18 },
  { lightness: 0.11, turn: -18 },
  { lightness: -0.09, turn: 50 },
  { lightness: 0.06, turn: 90 },
];

/** Least OKLab lightness of a class's colour on a dark ground. */
const LEAST_ON_DARK = 0.58;

/**
 * @typedef {{r: number, g: number, b: number}} Colour channels 0 .. 255
 */

/**
 * The colour of each class: Petroff's ten, then four more rounds of the same ten, shifted in
 * OKLab by ROUNDS. Fifty colours cannot all be told apart, which is why the class's name stands
 * on its mean; neighbours in number always can.
 *
 * @param {number} count classes
 * @param {boolean} [dark] whether the ground is dark: the darkest colours are then lifted
 * @returns {Colour[]}
 */
export function classColours(count, dark = false) {
  return Array.from({ length: count }, (_, k) => {
    const base = parseHex(PETROFF[k % PETROFF.length]);
    const round = ROUNDS[Math.floor(k / PETROFF.length) % ROUNDS.length];
    const colour = round.lightness === 0 ? base : shift(base, round);
    return dark ? lift(colour) : colour;
  });
}

/**
 * Any CSS colour as channels.
 *
 * @param {string} text
 * @returns {Colour}
 */
export function parseColour(text) {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text.trim());
  if (hex) return parseHex(text.trim());
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  context.fillStyle = text;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return { r, g, b };
}

/**
 * @param {Colour} from
 * @param {Colour} to
 * @param {number} share of `to`, 0 .. 1
 * @returns {Colour}
 */
export function mix(from, to, share) {
  return {
    r: Math.round(from.r + (to.r - from.r) * share),
    g: Math.round(from.g + (to.g - from.g) * share),
    b: Math.round(from.b + (to.b - from.b) * share),
  };
}

/**
 * @param {Colour} colour
 * @param {number} [alpha] 0 .. 1
 * @returns {string} for a canvas
 */
export function cssColour({ r, g, b }, alpha = 1) {
  return alpha === 1 ? `rgb(${r} ${g} ${b})` : `rgb(${r} ${g} ${b} / ${alpha})`;
}

/** The alpha byte of an opaque pixel; pixels are kept as int32, which engines do fast. */
export const OPAQUE = 0xff << 24;

/**
 * @param {Colour} colour
 * @returns {number} as a pixel of ImageData seen as Int32Array, its alpha byte 0
 */
export function packColour({ r, g, b }) {
  return r | (g << 8) | (b << 16);
}

function parseHex(text) {
  let digits = text.slice(1);
  if (digits.length === 3) digits = [...digits].map((digit) => digit + digit).join("");
  const value = parseInt(digits, 16);
  return { r: value >> 16, g: (value >> 8) & 255, b: value & 255 };
}

function shift(colour, { lightness, turn }) {
  const [L, a, b] = toOklab(colour);
  const angle = (turn * Math.PI) / 180;
  // Greys have no hue to turn: a little chroma makes their further rounds tellable.
  const chroma = Math.max(Math.hypot(a, b), 0.06);
  const hue = Math.atan2(b, a) + angle;
  return fromOklab(
    Math.min(Math.max(L + lightness, 0.3), 0.9),
    chroma * Math.cos(hue),
    chroma * Math.sin(hue),
  );
}

function lift(colour) {
  const [L, a, b] = toOklab(colour);
  return L < LEAST_ON_DARK ? fromOklab(LEAST_ON_DARK, a, b) : colour;
}

/**
 * OKLab coordinates of a colour (B. Ottosson, 2020): equal distances look about equally far.
 *
 * @param {Colour} colour
 * @returns {number[]} lightness, green-red, blue-yellow
 */
export function toOklab(colour) {
  const [r, g, b] = [colour.r, colour.g, colour.b].map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab(L, a, b) {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channel = (linear) => {
    const value = Math.min(Math.max(linear, 0), 1);
    const encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(255 * encoded);
  };
  return {
    r: channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    g: channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    b: channel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  };
}
