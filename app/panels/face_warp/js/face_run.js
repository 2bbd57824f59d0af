import { FaceHistory } from "./face_history.js";
import { RunStream } from "./stream.js";

const OVER = new Set(["finished", "stopped", "failed"]);

/** One alignment run: its connection, its frames, its state. */
export class FaceRun {
  /**
   * @param {{id: string, url: string, token: ?string, recording: ?object}} source url: base of the
   *   run's routes; recording: the run itself, where there is no server
   * @param {{onFrame: function(): void, onChange: function(): void}} listener
   */
  constructor(source, listener) {
    this.source = source;
    this.listener = listener;
    this.history = new FaceHistory();
    this.hello = null;
    this.state = null;
    this.message = "";
    this.position = null;
    this.link = "connecting";
    this.wanted = false;
  }

  /** Connects; the listener is told at once. */
  open() {
    const { recording } = this.source;
    if (recording) {
      this.hello = { settings: recording.settings, total_steps: recording.total_steps, owner: false };
      this.link = "open";
      for (const frame of recording.frames) this.take(frame);
      this.set({ state: "finished" });
      return;
    }
    this.stream = new RunStream(this.source, () => this.history.received, {
      onHello: (hello) => this.set({ hello }),
      onFrame: (buffer) => this.take(buffer),
      onStatus: ({ state, message, position }) => {
        this.set({ state, message: message ?? "", position: position ?? null });
        if (this.wanted && !this.over) this.stream.act("play");
        this.wanted = false;
      },
      onError: (message) => this.set({ refusal: message }),
      onLink: (link) => this.set({ link }),
    });
  }

  set(values) {
    Object.assign(this, values);
    this.listener.onChange();
  }

  /** Keeps a frame; one that cannot be read is left out. */
  take(buffer) {
    try {
      this.history.add(buffer);
    } catch (error) {
      this.set({ refusal: error.message });
      return;
    }
    this.listener.onFrame();
  }

  get over() {
    return OVER.has(this.state);
  }

  get going() {
    return this.state === "running" || this.state === "queued";
  }

  get total() {
    return Math.max(this.hello?.total_steps ?? 0, this.history.newest, 1);
  }

  get owner() {
    return this.hello?.owner === true;
  }

  /** Steps a second of the training itself, or null. */
  get rate() {
    const last = this.history.frames.at(-1);
    return last?.seconds ? last.step / last.seconds : null;
  }

  /** @param {"play"|"pause"|"step"} action */
  act(action) {
    if (this.over) return;
    if (this.state === null) this.wanted = action === "play";
    else this.stream?.act(action);
  }

  close() {
    this.stream?.close();
  }
}
