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
 * @property {?{side: number, pixels: Uint8Array, people: Uint8Array}} faces the disturbed probe
 *   faces [probes, side, side] and who they are, in a run's first frame
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
  const frame = { step: scalars.step, faces: null };
  for (const name of NUMBERS) frame[name] = Number.isFinite(scalars[name]) ? scalars[name] : null;
  const tensor = (name) => readTensor(buffer, bodyStart, name, header[name]);
  const theta = tensor("theta");
  if (theta.shape.length !== 3) throw new Error(`not a frame: theta has shape [${theta.shape}]`);
  const [stages, probes, size] = theta.shape;
  if (header.pictures) {
    const pictures = tensor("pictures");
    const side = pictures.shape[1];
    if (pictures.shape.length !== 3 || pictures.shape[0] !== probes || pictures.shape[2] !== side) {
      throw new Error(`not a frame: pictures has shape [${pictures.shape}]`);
    }
    frame.faces = { side, pixels: pictures.data, people: tensor("people").data };
  }
  return { ...frame, stages, probes, size, theta: theta.data };
}
