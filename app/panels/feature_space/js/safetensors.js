/** An encoded frame larger than this is refused, as on the server. */
export const MAX_FRAME_BYTES = 8 << 20;

/** A header larger than this is refused before it is parsed. */
const MAX_HEADER_BYTES = 1 << 16;

const DTYPES = { F32: Float32Array, U16: Uint16Array, U8: Uint8Array };

/**
 * The header of safetensors bytes, and where their arrays begin.
 *
 * @param {ArrayBuffer} buffer
 * @returns {{header: object, bodyStart: number}}
 * @throws {Error} with a plain sentence where the bytes are no frame
 */
export function readFrameHeader(buffer) {
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

/** The numbers of a frame: JSON in the header's metadata. */
export function readScalars(header) {
  let scalars;
  try {
    scalars = JSON.parse(header.__metadata__.frame);
  } catch {
    throw new Error("not a frame: it has no scalars");
  }
  if (!isRecord(scalars)) throw new Error("not a frame: its scalars are no object");
  return scalars;
}

/**
 * One array by its entry in the header.
 *
 * @returns {{shape: number[], data: Float32Array|Uint16Array|Uint8Array}}
 */
export function readTensor(buffer, bodyStart, name, entry) {
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

export function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
