import { readFrameHeader, readTensor } from "./safetensors.js";
import { controlPoints } from "./spline.js";

/** Layers of lgm_core.alignment.transformer.Localiser that have weights, by their place in it. */
const CONVOLUTIONS = [1, 3, 6];
const LINEAR = [9, 11];

/** Bounds of lgm_core/alignment/families.py. */
const MAX_SCALE = 2.5;
const MAX_SHIFT = 1;
const MAX_TILT = 0.5;
const MAX_BEND = 0.2;

/** The trained localisers of a run, run in the browser: a face in, theta of every stage out. */
export class Localisers {
  /**
   * @param {ArrayBuffer} buffer safetensors with the run's transformer
   * @param {string} family
   * @throws {Error} with a plain sentence where the weights are not those of localisers
   */
  constructor(buffer, family) {
    const { header, bodyStart } = readFrameHeader(buffer);
    const tensor = (name) => readTensor(buffer, bodyStart, name, header[name]);
    this.family = family;
    this.stages = [];
    while (header[`transformer.localisers.${this.stages.length}.1.weight`]) {
      const prefix = `transformer.localisers.${this.stages.length}`;
      const layer = (place) => {
        const weight = tensor(`${prefix}.${place}.weight`);
        return { weight: weight.data, shape: weight.shape, bias: tensor(`${prefix}.${place}.bias`).data };
      };
      this.stages.push({ convolutions: CONVOLUTIONS.map(layer), linear: LINEAR.map(layer) });
    }
    if (!this.stages.length) throw new Error("this run has no transformer");
  }

  /**
   * theta of one stage.
   *
   * @param {Float32Array} face grey values, [side, side]
   * @param {number} side a multiple of 8
   * @param {number} stage
   * @returns {Float32Array}
   */
  theta(face, side, stage) {
    const { convolutions, linear } = this.stages[stage];
    let size = side / 4;
    let maps = unshuffled(contrasted(halved(face, side)), side / 2);
    maps = convolved(maps, size, convolutions[0]);
    maps = convolved(maps, size, convolutions[1]);
    maps = pooled(maps, size);
    size /= 2;
    maps = convolved(maps, size, convolutions[2]);
    const hidden = multiplied(maps, linear[0]).map((value) => Math.max(0, value));
    return Float32Array.from(boundedTheta(this.family, multiplied(hidden, linear[1])));
  }
}

/** A picture at half its size: means of 2 x 2 pixels. */
function halved(face, side) {
  const half = side / 2;
  const small = new Float32Array(half * half);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const at = 2 * y * side + 2 * x;
      small[y * half + x] = (face[at] + face[at + 1] + face[at + side] + face[at + side + 1]) / 4;
    }
  }
  return small;
}

/** Mean 0 and deviation 1, of grey levels from 0 to 255; a flat picture stays 0. */
function contrasted(face) {
  const mean = face.reduce((sum, value) => sum + value, 0) / face.length;
  const variance = face.reduce((sum, value) => sum + (value - mean) ** 2, 0) / face.length;
  const deviation = Math.sqrt(variance / 255 ** 2 + 2.5e-3) * 255;
  return face.map((value) => (value - mean) / deviation);
}

/** Each 2 x 2 block of pixels as four channels. */
function unshuffled(face, side) {
  const half = side / 2;
  const maps = new Float32Array(side * side);
  for (let channel = 0; channel < 4; channel++) {
    for (let y = 0; y < half; y++) {
      for (let x = 0; x < half; x++) {
        maps[(channel * half + y) * half + x] = face[(2 * y + (channel >> 1)) * side + 2 * x + (channel & 1)];
      }
    }
  }
  return maps;
}

/** A 3 x 3 convolution with zeros around the picture, then ReLU. */
function convolved(maps, side, { weight, shape, bias }) {
  const [width, channels] = shape;
  const area = side * side;
  const out = new Float32Array(width * area);
  for (let to = 0; to < width; to++) {
    const begin = to * area;
    out.fill(bias[to], begin, begin + area);
    for (let from = 0; from < channels; from++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const factor = weight[(to * channels + from) * 9 + (dy + 1) * 3 + dx + 1];
          for (let y = Math.max(0, -dy); y < Math.min(side, side - dy); y++) {
            const source = from * area + (y + dy) * side + dx;
            const row = begin + y * side;
            for (let x = Math.max(0, -dx); x < Math.min(side, side - dx); x++) {
              out[row + x] += factor * maps[source + x];
            }
          }
        }
      }
    }
    for (let i = begin; i < begin + area; i++) if (out[i] < 0) out[i] = 0;
  }
  return out;
}

/** The largest of each 2 x 2 values. */
function pooled(maps, side) {
  const half = side / 2;
  const out = new Float32Array(maps.length / 4);
  for (let i = 0; i < out.length; i++) {
    const channel = Math.floor(i / (half * half));
    const y = Math.floor(i / half) % half;
    const at = channel * side * side + 2 * y * side + 2 * (i % half);
    out[i] = Math.max(maps[at], maps[at + 1], maps[at + side], maps[at + side + 1]);
  }
  return out;
}

function multiplied(values, { weight, bias }) {
  return Array.from(bias, (start, row) => {
    let sum = start;
    for (let i = 0; i < values.length; i++) sum += weight[row * values.length + i] * values[i];
    return sum;
  });
}

const limited = (value, limit) => limit * Math.tanh(value / limit);

/** theta of raw numbers, as Family.bounded makes it. @returns {number[]} */
export function boundedTheta(family, raw) {
  if (family === "translation") return raw.slice(0, 2).map((value) => limited(value, MAX_SHIFT));
  const scale = Math.exp(limited(raw[0], Math.log(MAX_SCALE)));
  const [x, y] = [limited(raw[2], MAX_SHIFT), limited(raw[3], MAX_SHIFT)];
  const [a, b] = [scale * Math.cos(raw[1]), scale * Math.sin(raw[1])];
  if (family === "similarity") return [a, b, x, y];
  const p = limited(raw[4], Math.log(MAX_SCALE) / 2);
  const q = limited(raw[5], Math.log(MAX_SCALE) / 2);
  const r = Math.hypot(p, q);
  const slope = r > 0 ? Math.sinh(r) / r : 1;
  const [s11, s12, s22] = [Math.cosh(r) + slope * p, slope * q, Math.cosh(r) - slope * p];
  const affine = [a * s11 - b * s12, a * s12 - b * s22, x, b * s11 + a * s12, b * s12 + a * s22, y];
  if (family === "affine") return affine;
  if (family === "projective") {
    const [g, h] = [limited(raw[6], MAX_TILT / 2), limited(raw[7], MAX_TILT / 2)];
    const [a11, a12, , a21, a22] = affine;
    return [a11 + x * g, a12 + x * h, x, a21 + y * g, a22 + y * h, y, g, h];
  }
  return splineTheta(affine, raw.slice(6));
}

/** How far an affine warp and its own bend move each control point. */
function splineTheta([a, b, x, c, d, y], bends) {
  return controlPoints().flatMap(([u, v], i) => [
    (a - 1) * u + b * v + x + limited(bends[2 * i], MAX_BEND),
    c * u + (d - 1) * v + y + limited(bends[2 * i + 1], MAX_BEND),
  ]);
}
