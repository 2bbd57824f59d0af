import { readFrameHeader, readScalars, readTensor } from "./safetensors.js";

const SCALARS = [
  "total", "classification", "likelihood", "train_accuracy", "test_accuracy", "log_likelihood",
  "spread", "separation", "explained_variance", "seconds",
];

/**
 * One moment of a training run. K classes, D features, V view axes (2, or 3 where D = 3),
 * n digits. Numbers that the run does not know are null.
 *
 * @typedef {object} DecodedFrame
 * @property {number} step
 * @property {number} epoch
 * @property {boolean} keyframe whether the points hold every displayed digit
 * @property {number} alpha
 * @property {number} lambda
 * @property {number} learning_rate
 * @property {?number} total
 * @property {?number} classification
 * @property {?number} likelihood
 * @property {?number} train_accuracy
 * @property {?number} test_accuracy
 * @property {number} test_count
 * @property {?number} log_likelihood
 * @property {?number} spread
 * @property {?number} separation
 * @property {?number} explained_variance
 * @property {"model"|"empirical"} gaussians
 * @property {?number} seconds of training when the frame was made
 * @property {number} V
 * @property {number} K
 * @property {number} D
 * @property {Uint16Array} ids [n]
 * @property {Float32Array} points [n, V]
 * @property {Uint8Array} predicted [n]
 * @property {Float32Array} viewMeans [K, V]
 * @property {Float32Array} viewCovariances [K, V, V]
 * @property {Float32Array} regions [K, 6] of 1, u, v, u^2, u v, v^2
 * @property {Float32Array} halfLogDets [K]
 * @property {Float32Array} basis [D, 2]
 * @property {Float32Array} centre [D]
 * @property {Object<string, {shape: number[], data: Float32Array}>} parameters of the loss
 * @property {Float32Array} features [displayed, D] in a keyframe with D > 3, else empty
 */

/**
 * Reads an encoded frame (safetensors).
 *
 * @param {ArrayBuffer} buffer
 * @returns {DecodedFrame}
 * @throws {Error} with a plain sentence where the bytes are not a whole, consistent frame
 */
export function decodeFrame(buffer) {
  const { header, bodyStart } = readFrameHeader(buffer);
  const scalars = parseScalars(header);
  const tensor = (name) => readTensor(buffer, bodyStart, name, header[name]);

  const ids = tensor("ids").data;
  const points = tensor("points");
  const means = tensor("view_means");
  const basis = tensor("basis");
  const [K, V] = means.shape;
  const D = basis.shape[0];
  if (means.shape.length !== 2 || !(V === 2 || V === 3) || K < 1 || K > 256) {
    throw new Error(`not a frame: view_means has shape ${means.shape}`);
  }
  const expect = (name, found, ...shape) => {
    if (found.shape.length !== shape.length || found.shape.some((size, i) => size !== shape[i])) {
      throw new Error(`not a frame: ${name} has shape [${found.shape}], not [${shape}]`);
    }
    return found.data;
  };
  const parameters = {};
  for (const name of Object.keys(header)) {
    if (name.startsWith("parameter.")) parameters[name.slice("parameter.".length)] = tensor(name);
  }
  return {
    ...scalars,
    V,
    K,
    D,
    ids,
    points: expect("points", points, ids.length, V),
    predicted: expect("predicted", tensor("predicted"), ids.length),
    viewMeans: means.data,
    viewCovariances: expect("view_covariances", tensor("view_covariances"), K, V, V),
    regions: expect("regions", tensor("regions"), K, 6),
    halfLogDets: expect("half_log_dets", tensor("half_log_dets"), K),
    basis: expect("basis", basis, D, 2),
    centre: expect("centre", tensor("centre"), D),
    parameters,
    features: tensor("features").data,
  };
}

function parseScalars(header) {
  const scalars = readScalars(header);
  for (const name of ["step", "epoch", "alpha", "lambda", "learning_rate"]) {
    if (!Number.isFinite(scalars[name])) throw new Error(`not a frame: ${name} is no number`);
  }
  for (const name of SCALARS) scalars[name] = Number.isFinite(scalars[name]) ? scalars[name] : null;
  scalars.test_count = Number.isFinite(scalars.test_count) ? scalars.test_count : 0;
  scalars.keyframe = scalars.keyframe === true;
  scalars.gaussians = scalars.gaussians === "model" ? "model" : "empirical";
  return scalars;
}
