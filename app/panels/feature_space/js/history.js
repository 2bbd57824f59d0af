import { decodeFrame } from "./decode.js";

/** Beyond this many bytes the older half of the frames is thinned out. */
const HISTORY_BYTES = 64 << 20;

/**
 * All frames of a run that this browser holds, as bytes, with the scalars of each kept decoded
 * for the curves and the timeline.
 */
export class History {
  /**
   * @param {number} displayed how many digits are displayed
   * @param {number} [limit] bytes
   */
  constructor(displayed, limit = HISTORY_BYTES) {
    this.displayed = displayed;
    this.limit = limit;
    this.frames = [];
    this.bytes = 0;
    /** Frames received since the first, thinned ones too: where a new connection goes on. */
    this.received = 0;
    /** Raised whenever kept frames were dropped or put in between: cached positions are void. */
    this.generation = 0;
    this.cached = null;
  }

  /** @returns {number} step of the newest frame, -1 without one */
  get lastStep() {
    return this.frames.length ? this.frames[this.frames.length - 1].step : -1;
  }

  /**
   * Takes a frame in at its step. After a lost connection the server sends again from a count,
   * which leaves out frames it had dropped: some come twice, some fill a gap.
   *
   * @param {ArrayBuffer} buffer
   * @returns {import("./decode.js").DecodedFrame}
   * @throws {Error} if the bytes are no frame
   */
  add(buffer) {
    const frame = decodeFrame(buffer);
    this.received += 1;
    const kept = {
      buffer, step: frame.step, keyframe: frame.keyframe, scalars: scalarsOf(frame),
    };
    if (frame.step >= this.lastStep) this.frames.push(kept);
    else {
      const before = this.indexAt(frame.step);
      if (before >= 0 && this.frames[before].step === frame.step) return frame;
      this.frames.splice(before + 1, 0, kept);
      this.generation += 1;
    }
    this.bytes += buffer.byteLength;
    if (this.bytes > this.limit) this.thin();
    return frame;
  }

  /** Index of the newest frame at or before a step; -1 if there is none. */
  indexAt(step) {
    let low = 0;
    let high = this.frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.frames[middle].step <= step) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The numbers of the newest frame at or before a step, or null. */
  scalarsAt(step) {
    const index = this.indexAt(step);
    return index < 0 ? null : this.frames[index].scalars;
  }

  /** The frame of an index, decoded anew. */
  frame(index) {
    return decodeFrame(this.frames[index].buffer);
  }

  /**
   * Where every digit was at a step: the newest keyframe at or before it and every later frame
   * up to it. Going on from the last answer decodes only what came since.
   *
   * @param {number} step
   * @returns {?{index: number, frame: object, points: Float32Array, predicted: Uint8Array,
   *   known: Uint8Array}} null before the first frame
   */
  stateAt(step) {
    const index = this.indexAt(step);
    if (index < 0) return null;
    let start = index;
    while (start > 0 && !this.frames[start].keyframe) start -= 1;

    const { cached } = this;
    const goesOn =
      cached && cached.generation === this.generation && cached.index >= start && cached.index <= index;
    let state = goesOn ? cached : null;
    for (let i = goesOn ? cached.index + 1 : start; i <= index; i++) {
      state = this.laid(state, this.frame(i), i);
    }
    this.cached = state;
    return state;
  }

  laid(state, frame, index) {
    const { V } = frame;
    const next = state ?? {
      points: new Float32Array(this.displayed * V),
      predicted: new Uint8Array(this.displayed),
      known: new Uint8Array(this.displayed),
    };
    for (let i = 0; i < frame.ids.length; i++) {
      const digit = frame.ids[i];
      if (digit >= this.displayed) continue;
      for (let axis = 0; axis < V; axis++) {
        next.points[digit * V + axis] = frame.points[i * V + axis];
      }
      next.predicted[digit] = frame.predicted[i];
      next.known[digit] = 1;
    }
    return Object.assign(next, { frame, index, generation: this.generation });
  }

  /**
   * Drops every second frame of the older half that is no keyframe; where none is left to drop,
   * every second keyframe but the first. Places come from the next keyframe a little later then.
   */
  thin() {
    const half = this.frames.length >> 1;
    const droppable = this.frames.slice(1, half).some((frame) => !frame.keyframe);
    let turn = 0;
    this.frames = this.frames.filter((frame, index) => {
      if (index === 0 || index >= half || frame.keyframe === droppable) return true;
      turn += 1;
      return turn % 2 === 0;
    });
    this.bytes = this.frames.reduce((sum, frame) => sum + frame.buffer.byteLength, 0);
    this.generation += 1;
  }
}

function scalarsOf(frame) {
  const {
    step, epoch, alpha, lambda, learning_rate, classification, likelihood, train_accuracy,
    test_accuracy, log_likelihood, spread, separation, explained_variance, gaussians, seconds, D, V,
  } = frame;
  return {
    step, epoch, alpha, lambda, learning_rate, classification, likelihood, train_accuracy,
    test_accuracy, log_likelihood, spread, separation, explained_variance, gaussians, seconds, D, V,
  };
}
