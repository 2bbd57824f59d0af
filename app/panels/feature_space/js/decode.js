/** An encoded frame larger than this is refused, as on the server. */
export const MAX_FRAME_BYTES = 8 << 20;

/** A header larger than this is refused before it is parsed. */
const MAX_HEADER_BYTES = 1 << 16;

const DTYPES = { F32: Float32Array, U16: Uint16Array, U8: Uint8Array };

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

function readFrameHeader(buffer) {
  if (!(buffer instanceof ArrayBuffer)) throw new Error("not a frame: no binary data");
  if (buffer.byteLength > MAX_FRAME_BYTES) {
    throw new Error(`a frame of ${buffer.byteLength} bytes; allowed: ${MAX_FRAME_BYTES}`);
  }
  if (buffer.byteLength < 8) throw new Error("a frame that ends within its header");
  const view = new DataView(buffer);
  const length = view.getUint32(0, true);
  if (view.getUint32(4, true) !== 0 || length > buffer.byteLength - 8) {
    throw new Error("a frame that ends within its header");
  }
  if (length > MAX_HEADER_BYTES) throw new Error(`not a frame: a header of ${length} bytes`);
  let header;
  try {
    const bytes = new Uint8Array(buffer, 8, length);
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Error("not a frame: its header is no JSON");
  }
  if (!isRecord(header)) throw new Error("not a frame: its header is no object");
  return { header, bodyStart: 8 + length };
}

function parseScalars(header) {
  let scalars;
  try {
    scalars = JSON.parse(header.__metadata__.frame);
  } catch {
    throw new Error("not a frame: it has no scalars");
  }
  if (!isRecord(scalars)) throw new Error("not a frame: its scalars are no object");
  for (const name of ["step", "epoch", "alpha", "lambda", "learning_rate"]) {
    if (!Number.isFinite(scalars[name])) throw new Error(`not a frame: ${name} is no number`);
  }
  for (const name of SCALARS) scalars[name] = Number.isFinite(scalars[name]) ? scalars[name] : null;
  scalars.test_count = Number.isFinite(scalars.test_count) ? scalars.test_count : 0;
  scalars.keyframe = scalars.keyframe === true;
  scalars.gaussians = scalars.gaussians === "model" ? "model" : "empirical";
  return scalars;
}

function readTensor(buffer, bodyStart, name, entry) {
  const Type = isRecord(entry) && Object.hasOwn(DTYPES, entry.dtype) ? DTYPES[entry.dtype] : null;
  if (!Type || !Array.isArray(entry.shape) || !Array.isArray(entry.data_offsets)) {
    throw new Error(`not a frame: ${name} is missing or of an unknown type`);
  }
  const shape = entry.shape;
  const [begin, end] = entry.data_offsets;
  if (![...shape, begin, end].every((value) => Number.isSafeInteger(value) && value >= 0)) {
    throw new Error(`not a frame: ${name} has a bad shape or place`);
  }
  const bytes = shape.reduce((product, size) => product * size, Type.BYTES_PER_ELEMENT);
  if (end - begin !== bytes || bodyStart + end > buffer.byteLength) {
    throw new Error(`not a frame: ${name} does not fit its place`);
  }
  const start = bodyStart + begin;
  const count = bytes / Type.BYTES_PER_ELEMENT;
  // A typed array needs an aligned start; safetensors only aligns where it happens to.
  const data =
    start % Type.BYTES_PER_ELEMENT === 0
      ? new Type(buffer, start, count)
      : new Type(buffer.slice(start, start + bytes));
  return { shape, data };
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
