/** Seconds before a lost connection is tried again, at first and at most. */
const RETRY = { first: 0.5, most: 8 };

/**
 * A WebSocket that is begun again whenever it is lost.
 *
 * @typedef {object} LineListener
 * @property {(open: boolean) => void} onLink the connection is there, or lost
 * @property {(data: string|ArrayBuffer) => void} onMessage
 */
export class Line {
  /** @param {string} url of the WebSocket @param {LineListener} listener */
  constructor(url, listener) {
    Object.assign(this, { url, listener });
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
    });
    this.socket.addEventListener("message", ({ data }) => this.listener.onMessage(data));
    this.socket.addEventListener("close", () => {
      if (this.closed) return;
      this.listener.onLink(false);
      this.timer = window.setTimeout(() => this.connect(), 1000 * this.retry);
      this.retry = Math.min(2 * this.retry, RETRY.most);
    });
  }

  /** Says something, or nothing while there is no connection. */
  send(text) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(text);
  }

  close() {
    this.closed = true;
    window.clearTimeout(this.timer);
    this.socket.close();
  }
}
