import { decodeStudy } from "./study.js";

/** Seconds before the connection is tried again, at first and at most. */
const RETRY = { first: 0.5, most: 8 };

/**
 * The line to the server's bench: one question at a time, a newer one takes the older one's
 * place.
 *
 * @typedef {object} DeskListener
 * @property {(side: number, done: number, total: number) => void} onProgress
 * @property {(side: number, study: import("./study.js").Study) => void} onStudy
 * @property {(side: number, drawing: object) => void} onDrawing
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
    this.retry = RETRY.first;
    this.closed = false;
    this.connect();
  }

  connect() {
    this.socket = new WebSocket(this.url);
    this.socket.binaryType = "arraybuffer";
    this.socket.addEventListener("open", () => {
      this.retry = RETRY.first;
      this.listener.onLink(true);
      if (this.open) this.socket.send(this.open);
    });
    this.socket.addEventListener("message", ({ data }) => this.hear(data));
    this.socket.addEventListener("close", () => {
      if (this.closed) return;
      this.listener.onLink(false);
      this.timer = window.setTimeout(() => this.connect(), 1000 * this.retry);
      this.retry = Math.min(2 * this.retry, RETRY.most);
    });
  }

  /** @param {string[]} runs ids, at most two @param {object} settings of the study */
  ask(runs, settings) {
    this.number += 1;
    this.open = JSON.stringify({ ask: this.number, runs, settings });
    this.expects = null;
    this.send(this.open);
  }

  /** @param {string[]} runs ids @param {Uint8Array} picture [784] somebody drew */
  draw(runs, picture) {
    this.drawingNumber = (this.drawingNumber ?? 0) + 1;
    const text = btoa(String.fromCharCode(...picture));
    this.send(JSON.stringify({ ask: this.drawingNumber, runs, picture: text }));
  }

  /** Lets go of the question that is being worked on. */
  cancel() {
    if (!this.open) return;
    this.number += 1;
    this.open = null;
    this.send(JSON.stringify({ ask: this.number }));
  }

  send(text) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(text);
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
    if (message.ask !== this.number && message.ask !== null) {
      this.expects = null;
      return;
    }
    if (message.type === "progress") {
      this.listener.onProgress(message.side, message.done, message.total);
    } else if (message.type === "answer") this.expects = message.side;
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
    this.closed = true;
    window.clearTimeout(this.timer);
    this.socket.close();
  }
}
