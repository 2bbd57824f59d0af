import { loadAtlas } from "./digit_picture.js";
import { History } from "./history.js";
import { PATIENCE, overlayOf } from "./overlay.js";
import { RunStream } from "./stream.js";

/** How long the first picture waits for the digits' pictures, in milliseconds. */
const ATLAS_WAIT = 400;

/**
 * A run as one panel shows it: its frames, where they come from, and what state it is in.
 *
 * @typedef {object} RunListener
 * @property {() => void} onChange something that is shown beside the picture has changed
 * @property {(frame: object) => void} onFrame a new frame has been kept
 * @property {() => void} onDigits the digits are known, or known better: draw anew
 */
export class Run {
  /**
   * @param {{id: string, title: string, loss: string, url: ?string, token: ?string}} source
   * @param {import("./panel.js").Panel} panel
   * @param {RunListener} listener
   */
  constructor(source, panel, listener) {
    Object.assign(this, { source, panel, listener });
    this.history = new History(0);
    this.status = { state: null, message: "", position: null };
    this.link = "connecting";
    this.linkSince = performance.now();
    this.hello = null;
    this.error = null;
    this.wanted = null;
    this.closed = false;
    panel.clear();
    panel.setRun(source);
    panel.setLayers(panel.layers);
    this.patience = window.setTimeout(() => this.changed(), PATIENCE + 50);
  }

  /** Opens the connection; without one the frames are given by {@link Run#take}. */
  open() {
    this.stream = new RunStream(this.source, () => this.history.received, {
      onHello: (hello) => this.greet(hello),
      onFrame: (buffer) => this.take(buffer),
      onStatus: (status) => this.setStatus(status),
      onError: (message) => {
        this.error = message;
        this.changed();
      },
      onLink: (link) => this.setLink(link),
    });
  }

  get owner() {
    return this.hello?.owner === true;
  }

  get running() {
    return this.status.state === "running";
  }

  /** Whether it trains, or stands in line to: a pause takes it out of the line. */
  get going() {
    return this.running || (this.status.state === "queued" && !this.status.message);
  }

  get ended() {
    return ["finished", "failed", "stopped"].includes(this.status.state) || this.link === "refused";
  }

  get totalSteps() {
    return this.hello?.total_steps ?? 0;
  }

  get lastStep() {
    return this.history.lastStep;
  }

  /** What is known of the run before its first frame; comes anew with every connection. */
  greet(hello) {
    const first = this.hello === null;
    this.hello = hello;
    if (first) {
      const labels = Uint8Array.from(hello.labels);
      this.history.displayed = labels.length;
      this.showDigits(labels, hello.class_names.map(String));
    }
    this.changed();
  }

  async showDigits(labels, classNames) {
    const loading = loadAtlas(this.source.digits ?? `${this.source.url}/digits.png`);
    const late = new Promise((resolve) => window.setTimeout(resolve, ATLAS_WAIT, undefined));
    const atlas = await Promise.race([loading, late]);
    this.place(labels, classNames, atlas ?? null);
    if (atlas === undefined) {
      const arrived = await loading;
      if (arrived) this.place(labels, classNames, arrived);
    }
  }

  place(labels, classNames, atlas) {
    if (this.closed) return;
    this.panel.setDigits({ labels, classNames, atlas });
    this.listener.onDigits();
  }

  /** Keeps a frame. One that cannot be read is left out; the next keyframe makes up for it. */
  take(buffer) {
    let frame;
    try {
      frame = this.history.add(buffer);
    } catch (error) {
      this.history.received += 1;
      this.error = error.message;
      return;
    }
    this.listener.onFrame(frame);
    if (this.history.frames.length === 1) this.changed();
  }

  setStatus({ state, message, position }) {
    this.status = { state, message: message ?? "", position: position ?? null };
    if (this.wanted && !this.ended) this.stream?.act(this.wanted);
    this.wanted = null;
    this.changed();
  }

  setLink(link) {
    // An attempt to connect again is part of being lost until it succeeds.
    if (link === "connecting" && this.link === "lost") return;
    if (link !== this.link) this.linkSince = performance.now();
    this.link = link;
    window.clearTimeout(this.patience);
    this.patience = window.setTimeout(() => this.changed(), PATIENCE + 50);
    this.changed();
  }

  changed() {
    if (this.closed) return;
    const { state, message, position } = this.status;
    const waited = performance.now() - this.linkSince > PATIENCE;
    this.panel.overlay.show(overlayOf({
      state, message, position, link: this.link, waited, step: this.lastStep,
      own: this.hello === null || this.owner,
    }));
    this.listener.onChange();
  }

  /** @param {"play"|"pause"|"step"} action play is remembered until the run can be spoken to */
  act(action) {
    if (this.ended) return;
    if (this.status.state === null) this.wanted = action === "play" ? "play" : null;
    else this.stream?.act(action);
  }

  turn(values) {
    if (!this.ended) this.stream?.turn(values);
  }

  /** Steps a second of the training itself, or null. */
  get rate() {
    const last = this.history.frames.at(-1)?.scalars;
    return last?.seconds ? last.step / last.seconds : null;
  }

  stats() {
    const { draws, fields, age95, oldestAge, known, milliseconds } = this.panel.view.stats();
    const shown = this.panel.lastShown;
    return {
      state: this.status.state,
      link: this.link,
      framesReceived: this.history.received,
      framesDrawn: this.panel.drawn,
      framesHeld: this.history.frames.length,
      bytesHeld: this.history.bytes,
      draws,
      fields,
      known,
      age95,
      oldestAge,
      milliseconds,
      lastStep: this.lastStep,
      stepOnScreen: shown?.step ?? -1,
      knobsOnScreen: shown && {
        alpha: shown.alpha, lambda: shown.lambda, learning_rate: shown.learning_rate,
      },
    };
  }

  close() {
    this.closed = true;
    window.clearTimeout(this.patience);
    this.stream?.close();
  }
}
