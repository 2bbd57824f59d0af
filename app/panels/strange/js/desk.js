import { Line } from "./line.js";
import { decodeStudy } from "./study.js";

/**
 * The line to the server's bench: one question at a time, a newer one takes the older one's
 * place.
 *
 * @typedef {object} DeskListener
 * @property {(side: number, done: number, total: number) => void} onProgress
 * @property {(side: number, study: import("./study.js").Study) => void} onStudy
 * @property {(side: number, drawing: object) => void} onDrawing
 * @property {(message: string) => void} onNoDrawing why a drawing was not judged
 * @property {() => void} onSwept both answers of a size of the sweep are there
 * @property {() => void} onDone
 * @property {(message: string) => void} onError
 * @property {(open: boolean) => void} onLink
 */
export class Desk {
  /** @param {string} url of the WebSocket @param {DeskListener} listener */
  constructor(url, listener) {
    Object.assign(this, { url, listener });
    this.number = 0;
    /** @type {?string} the question that waits for its answer, as it is sent */
    this.open = null;
    this.expects = null;
    this.line = new Line(url, {
      onLink: (open) => this.link(open), onMessage: (data) => this.hear(data),
    });
  }

  link(open) {
    this.listener.onLink(open);
    if (open && this.open) this.line.send(this.open);
  }

  /**
   * @param {string[]} runs ids, at most two
   * @param {object} settings of the study
   * @param {number[]} [sweep] sizes of the attack to go through, in place of the settings' own
   */
  ask(runs, settings, sweep = []) {
    this.number += 1;
    this.open = JSON.stringify({ ask: this.number, runs, settings, sweep });
    this.expects = null;
    this.line.send(this.open);
  }

  /** @param {string[]} runs ids @param {Uint8Array} picture [784] somebody drew */
  draw(runs, picture) {
    this.drawingNumber = (this.drawingNumber ?? 0) + 1;
    const text = btoa(String.fromCharCode(...picture));
    this.line.send(JSON.stringify({ ask: this.drawingNumber, runs, picture: text }));
  }

  /** Lets go of the question that is being worked on. */
  cancel() {
    if (!this.open) return;
    this.number += 1;
    this.open = null;
    this.line.send(JSON.stringify({ ask: this.number }));
  }

  hear(data) {
    if (data instanceof ArrayBuffer) {
      this.take(data);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "drawing") {
      if (message.ask === this.drawingNumber) this.listener.onDrawing(message.side, message.drawing);
      return;
    }
    if (message.type === "no_drawing") {
      if (message.ask === this.drawingNumber) this.listener.onNoDrawing(message.message);
      return;
    }
    if (message.ask !== this.number && message.ask !== null) {
      this.expects = null;
      return;
    }
    if (message.type === "progress") {
      this.listener.onProgress(message.side, message.done, message.total);
    } else if (message.type === "answer") this.expects = message.side;
    else if (message.type === "swept") this.listener.onSwept();
    else if (message.type === "done") {
      this.open = null;
      this.listener.onDone();
    } else if (message.type === "error") {
      this.open = null;
      this.listener.onError(message.message);
    }
  }

  take(buffer) {
    if (this.expects === null) return;
    const side = this.expects;
    this.expects = null;
    let study;
    try {
      study = decodeStudy(buffer);
    } catch (error) {
      this.listener.onError(error.message);
      return;
    }
    this.listener.onStudy(side, study);
  }

  close() {
    this.line.close();
  }
}
