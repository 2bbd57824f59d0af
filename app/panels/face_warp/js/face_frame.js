import { readFrameHeader, readScalars, readTensor } from "./safetensors.js";

const NUMBERS = [
  "alpha", "lambda", "learning_rate", "total", "classification", "likelihood", "train_accuracy",
  "misalignment", "seconds",
];

/**
 * One moment of an alignment run. Numbers that the run does not know are null.
 *
 * @typedef {object} FaceFrame
 * @property {number} step
 * @property {?number} misalignment in pixels
 * @property {?number} train_accuracy
 * @property {number} stages how many warps stand one after another; 0 without a transformer
 * @property {number} probes how many faces are shown
 * @property {number} size numbers of one theta
 * @property {Float32Array} theta [stages, probes, size]
 * @property {?{side: number, pixels: Uint8Array, people: Uint8Array, straight: Uint8Array,
 *   straightSide: number}} faces the disturbed probe faces [probes, side, side], who they are,
 *   and the faces before they were disturbed, in a run's first frame
 * @property {?{side: number, pixels: Uint8Array, people: Uint16Array, scores: Float32Array}} closing
 *   the pictures of unseen people [N, side, side], who they are, and the scores of all their
 *   pairs, [rounds, N (N - 1) / 2], in the last frame of a run that has ended
 */

/**
 * Reads an encoded frame of an alignment run.
 *
 * @param {ArrayBuffer} buffer
 * @returns {FaceFrame}
 * @throws {Error} with a plain sentence where the bytes are not a whole, consistent frame
 */
export function decodeFaceFrame(buffer) {
  const { header, bodyStart } = readFrameHeader(buffer);
  const scalars = readScalars(header);
  if (!Number.isFinite(scalars.step)) throw new Error("not a frame: step is no number");
  const frame = { step: scalars.step, faces: null, closing: null };
  for (const name of NUMBERS) frame[name] = Number.isFinite(scalars[name]) ? scalars[name] : null;
  const tensor = (name) => readTensor(buffer, bodyStart, name, header[name]);
  const theta = tensor("theta");
  if (theta.shape.length !== 3) throw new Error(`not a frame: theta has shape [${theta.shape}]`);
  const [stages, probes, size] = theta.shape;
  const pictures = (name) => {
    const { shape, data } = tensor(name);
    if (shape.length !== 3 || shape[1] !== shape[2] || !(shape[1] >= 2)) {
      throw new Error(`not a frame: ${name} has shape [${shape}]`);
    }
    return { count: shape[0], side: shape[1], pixels: data };
  };
  if (header.pictures) {
    const { count, side, pixels } = pictures("pictures");
    const straight = pictures("straight");
    if (count !== probes || straight.count !== probes) {
      throw new Error(`not a frame: ${count} pictures of ${probes} faces`);
    }
    const people = tensor("people").data;
    frame.faces = { side, pixels, people, straight: straight.pixels, straightSide: straight.side };
  }
  if (header.scores) {
    const { count, side, pixels } = pictures("examined");
    const people = tensor("examined_people").data;
    const scores = tensor("scores").data;
    if (people.length !== count || scores.length % ((count * (count - 1)) / 2)) {
      throw new Error(`not a frame: ${scores.length} scores of ${count} pictures`);
    }
    frame.closing = { side, pixels, people, scores };
  }
  return { ...frame, stages, probes, size, theta: theta.data };
}
