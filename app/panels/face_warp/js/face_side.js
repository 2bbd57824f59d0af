import { make, setText } from "./dom.js";
import { FaceRun } from "./face_run.js";
import { Glide } from "./glide.js";
import { MeanFace } from "./mean_face.js";
import { ViewClock } from "./view_clock.js";
import { Wall } from "./wall.js";
import { Warper } from "./warper.js";

/** A theta that has come this close has arrived; the frame is 2 wide. */
const TOLERANCE = 1e-4;

const STATES = {
  prepared: "Press Play: the network is told who each training face is, and nothing else.",
  queued: "In line: all cores are busy.",
  paused: "Paused.",
  watched: "Trained before you came: Play shows how it went, Start afresh trains anew.",
};

/** One run on the wall: its faces, their mean, and what is to be said of it. */
export class FaceSide {
  /**
   * @param {{onFrame: function(): void, onChange: function(): void}} listener
   */
  constructor(listener) {
    this.listener = listener;
    this.run = null;
    this.clock = new ViewClock();
    this.title = make("h2");
    this.swatch = make("span.swatch", { aria: { hidden: "true" } });
    this.state = make("p.state.help", { role: "status", aria: { live: "polite" } });
    const canvas = make("canvas.wall", { role: "img", aria: {
      label: "Faces of people never seen in training: each as it was disturbed, and as it is straightened",
    } });
    this.card = make("section.card.wall-card", {},
      make("header", {}, this.swatch, this.title, make("p.help", {}, "the blue frame is what the network looks at")),
      canvas, this.state);
    this.meanTitle = make("h2", {}, "Mean after");
    const mean = make("canvas", { role: "img", aria: { label: "Mean of the straightened faces" } });
    this.meanCard = make("section.card.mean", {}, this.meanTitle, mean);
    this.wall = new Wall(canvas);
    this.mean = new MeanFace(mean);
  }

  setTheme(theme) {
    this.wall.setTheme(theme);
    this.dirty = true;
  }

  /** @param {{id: string, url: string, token: ?string, title: string}} source */
  setRun(source) {
    this.run?.close();
    this.warper = this.glide = this.shown = null;
    this.run = new FaceRun(source, { onFrame: this.listener.onFrame, onChange: () => this.changed() });
    this.rename(source.title);
    this.run.open();
  }

  rename(title) {
    setText(this.title, title);
    this.run.source.title = title;
  }

  changed() {
    const { message, link, refusal, owner } = this.run;
    const state = this.run.over && !owner && !this.run.source.recording ? "watched" : this.run.state;
    setText(this.state, link === "lost" ? "The connection is lost; it is tried again."
      : link === "refused" ? "This run is no longer there. Start afresh."
      : message || refusal || STATES[state] || "");
    this.listener.onChange();
  }

  /**
   * Shows a step.
   *
   * @param {number} now milliseconds
   * @param {number} step
   * @param {boolean} atOnce whether motion is unwanted
   * @returns {boolean} whether another frame is shown than before
   */
  tick(now, step, atOnce) {
    if (!this.prepare()) return false;
    const frame = this.run.history.at(step);
    const fresh = frame !== this.shown;
    if (fresh) {
      this.shown = frame;
      this.clock.frame(now);
      for (let row = 0; row < this.glide.count; row++) {
        this.glide.send(row, frame.theta, row * frame.size, atOnce);
      }
      this.dirty = true;
    }
    const seconds = this.clock.tick(now);
    if (this.glide.step(seconds, this.clock.glideRate(), TOLERANCE) || this.dirty) this.draw();
    return fresh;
  }

  /** Whether there are faces to draw; they come with the first frame. */
  prepare() {
    if (this.warper) return true;
    const { history, hello } = this.run ?? {};
    if (!history?.faces || !hello) return false;
    const { transform, border } = hello.settings;
    this.warper = new Warper(history.faces, transform, border);
    const { stages, probes, size } = history.frames[0];
    this.glide = new Glide(stages * probes, size);
    this.wall.setFaces(this.warper, history.faces.people);
    this.dirty = true;
    return true;
  }

  draw() {
    if (this.card.hidden) return;
    const begun = performance.now();
    this.dirty = false;
    this.warper.warp(this.glide.current);
    this.wall.draw();
    this.mean.draw(this.warper.warped, this.warper.side);
    this.clock.drawn(begun, begun, performance.now(), false);
  }

  stats() {
    const { run, clock, warper } = this;
    return {
      state: run?.state ?? null,
      framesReceived: run?.history.received ?? 0,
      framesHeld: run?.history.frames.length ?? 0,
      lastStep: run?.history.newest ?? -1,
      stepOnScreen: this.shown?.step ?? -1,
      framesDrawn: clock.frames,
      draws: clock.draws,
      milliseconds: clock.milliseconds.picture,
      warped: warper ? Array.from(warper.warped) : [],
      theta: this.glide ? Array.from(this.glide.current) : [],
      moving: this.glide?.moving ?? false,
    };
  }

  close() {
    this.run?.close();
    this.run = null;
    this.card.remove();
    this.meanCard.remove();
  }
}
