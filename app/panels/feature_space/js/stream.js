/** Waits between attempts to connect again, in milliseconds; the last one repeats. */
const BACK_OFF = [300, 800, 1600, 3000, 5000, 8000];

/** Close codes by which the server says that trying again is of no use. */
const FINAL_CODES = new Set([1008]);

/**
 * The connection to one run. It connects again by itself, going on after the frames that are
 * held, and tells its listener what comes.
 *
 * @typedef {object} StreamListener
 * @property {(hello: object) => void} onHello
 * @property {(buffer: ArrayBuffer) => void} onFrame
 * @property {(status: object) => void} onStatus
 * @property {(message: string) => void} onError
 * @property {(link: "connecting"|"open"|"lost"|"refused") => void} onLink
 */
export class RunStream {
  /**
   * @param {{url: string, id: string, token: ?string}} run url: base of the run's routes
   * @param {() => number} held how many frames of the run are held already
   * @param {StreamListener} listener
   */
  constructor(run, held, listener) {
    this.run = run;
    this.held = held;
    this.listener = listener;
    this.attempts = 0;
    this.closed = false;
    this.knobs = null;
    this.knobsRequest = 0;
    this.retry = 0;
    this.onOnline = () => this.reconnectNow();
    window.addEventListener("online", this.onOnline);
    this.connect();
  }

  connect() {
    const url = new URL(`${this.run.url}/stream`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("since", String(this.held()));
    if (this.run.token) url.searchParams.set("token", this.run.token);
    this.listener.onLink("connecting");
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    let received = 0;
    socket.onmessage = ({ data }) => {
      if (this.socket !== socket) return;
      if (typeof data === "string") {
        this.take(data);
        return;
      }
      this.listener.onFrame(data);
      received += 1;
      // The server sends on only so far ahead of this: a slow browser loses frames, not memory.
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ ack: received }));
    };
    socket.onopen = () => {
      if (this.socket !== socket) return;
      this.opened = true;
      this.listener.onLink("open");
    };
    socket.onclose = (event) => {
      if (this.socket === socket) this.lost(event.code);
    };
    this.opened = false;
    this.socket = socket;
  }

  take(text) {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (message.type === "hello") {
      this.attempts = 0;
      this.listener.onHello(message);
    } else if (message.type === "status") this.listener.onStatus(message);
    else if (message.type === "error") this.listener.onError(String(message.message ?? ""));
  }

  lost(code) {
    this.socket = null;
    if (this.closed) return;
    if (FINAL_CODES.has(code)) {
      this.listener.onLink("refused");
      return;
    }
    const wait = BACK_OFF[Math.min(this.attempts, BACK_OFF.length - 1)];
    this.attempts += 1;
    this.listener.onLink("lost");
    this.retry = window.setTimeout(() => this.connect(), wait);
    if (!this.opened) this.askWhy();
  }

  /** A refused handshake says nothing of its reason; an ordinary request for the run does. */
  async askWhy() {
    const options = { method: "HEAD", cache: "no-store" };
    const answer = await fetch(`${this.run.url}/digits.png`, options).catch(() => null);
    if (answer?.status !== 404 || this.closed || this.opened) return;
    this.close();
    this.listener.onLink("refused");
  }

  reconnectNow() {
    if (this.closed || this.socket) return;
    window.clearTimeout(this.retry);
    this.connect();
  }

  /** Sends new knob values, at most once a display frame; the newest values win. */
  turn(values) {
    this.knobs = { ...this.knobs, ...values };
    if (this.knobsRequest) return;
    this.knobsRequest = requestAnimationFrame(() => {
      this.knobsRequest = 0;
      const { knobs } = this;
      this.knobs = null;
      this.send({ knobs });
    });
  }

  /** @param {"play"|"pause"|"step"|"stop"} action */
  act(action) {
    this.send({ action });
  }

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  close() {
    this.closed = true;
    window.removeEventListener("online", this.onOnline);
    window.clearTimeout(this.retry);
    cancelAnimationFrame(this.knobsRequest);
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }
}
