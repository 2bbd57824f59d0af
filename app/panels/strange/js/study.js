/** An answer larger than this is refused: 1,000 digits take about 3 MB. */
const MAX_STUDY_BYTES = 32 << 20;

const STUDY_TYPES = { F32: Float32Array, U8: Uint8Array };

/**
 * What one model makes of clean digits and strange inputs; see encode_study in Python.
 *
 * @typedef {object} Study
 * @property {object} figures counts, accuracies, settings, and AUROC and FPR95 by score
 * @property {Object<string, {shape: number[], data: Float32Array|Uint8Array}>} tensors by name
 */

/**
 * @param {ArrayBuffer} buffer safetensors
 * @returns {Study}
 * @throws {Error} with a plain sentence where the bytes are no whole study
 */
export function decodeStudy(buffer) {
  const broken = () => new Error("The answer of the server cannot be read.");
  if (buffer.byteLength < 8 || buffer.byteLength > MAX_STUDY_BYTES) throw broken();
  const length = new DataView(buffer).getUint32(0, true);
  if (length > buffer.byteLength - 8) throw broken();
  let header;
  let figures;
  try {
    header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
    figures = JSON.parse(header.__metadata__.study);
  } catch {
    throw broken();
  }
  const tensors = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const Type = STUDY_TYPES[entry.dtype];
    const [begin, end] = entry.data_offsets;
    const count = entry.shape.reduce((product, size) => product * size, 1);
    if (!Type || end - begin !== count * Type.BYTES_PER_ELEMENT) throw broken();
    if (8 + length + end > buffer.byteLength) throw broken();
    // A copy: tensors begin where they fall, which may be no multiple of four.
    tensors[name] = {
      shape: entry.shape, data: new Type(buffer.slice(8 + length + begin, 8 + length + end)),
    };
  }
  return { figures, tensors };
}

/**
 * Scores by name: what they are called, and how their axis runs where it is not a plain one:
 * by the nines of a probability, or by how far below the top.
 */
export const SCORES = {
  log_likelihood: { title: "log-likelihood", scale: "gap" },
  mixture: { title: "log-likelihood of the mixture", scale: "gap" },
  max_probability: { title: "maximum probability", scale: "nines" },
  energy: { title: "energy" },
  mahalanobis: { title: "Mahalanobis", scale: "gap" },
  kde: { title: "kernel density" },
};

/** Whether a score lets an input pass: it is called strange below the threshold. */
export function passes(score, threshold) {
  return score >= threshold;
}
