import { decodeFaceFrame } from "./face_frame.js";

/** Frames beyond this are thinned out: every second of the older half goes. */
const MOST_FRAMES = 8000;

/** The frames of an alignment run, by step. */
export class FaceHistory {
  constructor() {
    /** @type {import("./face_frame.js").FaceFrame[]} */
    this.frames = [];
    this.received = 0;
    this.faces = null;
    this.closing = null;
  }

  /** Keeps an encoded frame and returns it. @param {ArrayBuffer} buffer */
  add(buffer) {
    this.received += 1;
    const frame = decodeFaceFrame(buffer);
    if (frame.faces) this.faces = frame.faces;
    if (frame.closing) this.closing = frame.closing;
    // A frame at a knob's turn in a pause takes the place of the one of the same step.
    if (this.frames.at(-1)?.step === frame.step) this.frames.pop();
    this.frames.push(frame);
    if (this.frames.length > MOST_FRAMES) {
      const half = MOST_FRAMES / 2;
      this.frames = this.frames.filter((_, i) => i >= half || i % 2 === 0);
    }
    return frame;
  }

  get newest() {
    return this.frames.at(-1)?.step ?? -1;
  }

  /** The newest frame at or before a step, or the first; undefined where there is none. */
  at(step) {
    let low = 0;
    let high = this.frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.frames[middle].step <= step) low = middle + 1;
      else high = middle;
    }
    return this.frames[Math.max(0, low - 1)];
  }
}
