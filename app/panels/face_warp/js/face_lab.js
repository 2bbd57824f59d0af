import { setText } from "./dom.js";
import { FaceRun } from "./face_run.js";
import { Glide } from "./glide.js";
import { LineChart } from "./line_chart.js";
import { MeanFace } from "./mean_face.js";
import { Tools } from "./menu.js";
import { fixed } from "./numbers.js";
import { Playback } from "./playback.js";
import { followSurroundings } from "./surroundings.js";
import { applyTheme } from "./theme.js";
import { Transport } from "./transport.js";
import { ViewClock } from "./view_clock.js";
import { Wall } from "./wall.js";
import { Warper } from "./warper.js";

/** A theta that has come this close has arrived; the frame is 2 wide. */
const TOLERANCE = 1e-4;

/** What stands beside the pictures is renewed this often, in milliseconds. */
const READING_EVERY = 120;

const KEY_HELP_FACES = [
  ["Space", "play, pause"], ["→", "one step, one frame on"], ["←", "one frame back"],
  ["R", "start afresh"], ["?", "these keys"], ["Esc", "close"],
];

const STATES = {
  prepared: "Press Play: the network sees who each training face is, and nothing else.",
  queued: "Waiting for a free core.",
  paused: "Paused.",
};

/** The faces of one alignment run, and everything that steers it. */
export class FaceLab {
  /**
   * @param {HTMLElement} root holds the markup of faces.html
   * @param {{trigger: function(string, unknown): void}} outlet
   */
  constructor(root, outlet) {
    this.root = root;
    this.outlet = outlet;
    this.playback = new Playback();
    this.clock = new ViewClock();
    this.run = null;
    this.reduced = false;
    this.readAt = 0;
    const part = (name) => root.querySelector(`.${name}`);
    this.transport = new Transport(part("transport"), {
      onReset: () => this.outlet.trigger("reset", true),
      onToggle: () => this.toggle(),
      onStep: () => this.step(),
      onLive: () => this.playback.goLive(),
      onSpeed: (speed) => (this.playback.speed = speed),
      onScrub: (step) => this.scrub(step),
    });
    this.tools = new Tools(part("tools"), {
      onPresent: () => this.outlet.trigger("present", !this.presenting), keyHelp: KEY_HELP_FACES,
    });
    this.wall = new Wall(part("wall"));
    this.means = { before: new MeanFace(part("mean-before")), after: new MeanFace(part("mean-after")) };
    this.chart = new LineChart(part("misalignment"), (step) => this.scrub(step));
    this.parts = { state: part("state"), figures: part("figures"), note: part("wall-note"), announcement: part("announcement") };
    this.unfollow = followSurroundings(root, {
      keys: {
        toggle: () => this.toggle(),
        step: () => this.step(),
        back: () => this.byFrame(-1),
        forth: () => this.byFrame(1),
        reset: () => this.outlet.trigger("reset", true),
        help: () => this.tools.toggleKeys(),
        leave: () => this.tools.close(),
      },
      onMotion: (reduced) => (this.reduced = reduced),
      onScheme: () => this.setTheme(this.hint),
      onTick: (now) => this.tick(now),
    });
  }

  setTheme(hint) {
    this.hint = hint ?? null;
    const theme = applyTheme(this.root, this.hint);
    this.wall.setTheme(theme);
    this.chart.setTheme(theme);
    this.dirty = true;
  }

  setPresent(on) {
    this.presenting = on;
    this.root.toggleAttribute("data-present", on);
  }

  /** @param {{id: string, url: string, token: ?string}} source */
  setRun(source) {
    this.run?.close();
    this.warper = this.glide = this.shown = null;
    this.playback.goLive();
    this.run = new FaceRun(source, {
      onFrame: () => (this.stale = true), onChange: () => this.changed(),
    });
    this.run.open();
  }

  changed() {
    this.stale = true;
    const { run } = this;
    const { state, message, link } = run;
    const text = link === "lost" ? "The connection is lost; it is tried again."
      : link === "refused" ? "This run is no longer there. Start afresh."
      : message || STATES[state] || "";
    setText(this.parts.state, text);
    if (state) setText(this.parts.announcement, `Training: ${state}`);
  }

  get newest() {
    return this.run?.history.newest ?? -1;
  }

  get position() {
    return this.playback.position(this.newest);
  }

  toggle() {
    const { playback, run } = this;
    if (!playback.live) {
      if (playback.playing) playback.pause();
      else playback.play();
    } else if (run.over) {
      if (this.newest > 0) playback.play(0);
    } else run.act(run.going ? "pause" : "play");
    this.stale = true;
  }

  step() {
    if (!this.playback.live) this.byFrame(1);
    else this.run.act("step");
  }

  byFrame(direction) {
    const { frames } = this.run.history;
    const at = frames.indexOf(this.run.history.at(this.position));
    const next = frames[at + direction];
    if (next) this.scrub(next.step);
  }

  scrub(step) {
    if (step >= this.newest) this.playback.goLive();
    else this.playback.goTo(step);
    this.stale = true;
  }

  tick(now) {
    const { run, playback } = this;
    if (!run) return;
    playback.tick(now, this.newest, run.rate);
    if (!this.prepare()) return;
    const frame = run.history.at(this.position);
    if (frame && frame !== this.shown) {
      this.shown = frame;
      this.clock.frame(now);
      for (let row = 0; row < this.glide.count; row++) {
        this.glide.send(row, frame.theta, row * frame.size, this.reduced);
      }
      this.dirty = this.stale = true;
    }
    const seconds = this.clock.tick(now);
    if (this.glide.step(seconds, this.clock.glideRate(), TOLERANCE) || this.dirty) this.draw();
    if (this.stale && now - this.readAt > READING_EVERY) this.read(now);
  }

  /** Whether there are faces to draw; they come with the first frame. */
  prepare() {
    const { history, hello } = this.run;
    if (this.warper) return true;
    if (!history.faces || !hello) return false;
    const { transform, border } = hello.settings;
    this.warper = new Warper(history.faces, transform, border);
    const { stages, probes, size } = history.frames[0];
    this.glide = new Glide(stages * probes, size);
    this.wall.setFaces(this.warper, history.faces.people);
    this.means.before.draw(history.faces.pixels, history.faces.side);
    this.dirty = true;
    return true;
  }

  draw() {
    const begun = performance.now();
    this.dirty = false;
    this.warper.warp(this.glide.current);
    this.wall.draw();
    this.means.after.draw(this.warper.warped, this.warper.side);
    this.clock.drawn(begun, begun, performance.now(), false);
  }

  read(now) {
    this.readAt = now;
    this.stale = false;
    const { run, playback, position } = this;
    const points = run.history.frames
      .filter(({ misalignment }) => misalignment !== null)
      .map(({ step, misalignment }) => ({ step, value: misalignment }));
    this.chart.draw({ points, total: run.total, position });
    const first = points[0]?.value;
    const here = run.history.at(position);
    setText(this.parts.figures, first === undefined ? ""
      : `${fixed(first, 2)} → ${fixed(here?.misalignment, 2)} px`);
    this.transport.show({
      position, newest: this.newest, total: run.total, live: playback.live, training: run.going,
      ended: run.over, epoch: 0, playing: playback.live ? run.going : playback.playing,
      replaying: !playback.live || run.over,
      canAct: !playback.live || run.over ? this.newest > 0 : run.owner,
      reason: run.hello ? "Watching: only the browser that started this run can steer it." : "Connecting",
    });
  }

  stats() {
    const { run, clock, warper } = this;
    return {
      state: run?.state ?? null,
      framesReceived: run?.history.received ?? 0,
      framesHeld: run?.history.frames.length ?? 0,
      lastStep: this.newest,
      stepOnScreen: this.shown?.step ?? -1,
      framesDrawn: clock.frames,
      draws: clock.draws,
      milliseconds: clock.milliseconds.picture,
      warped: warper ? Array.from(warper.warped) : [],
      theta: this.glide ? Array.from(this.glide.current) : [],
      moving: this.glide?.moving ?? false,
    };
  }

  destroy() {
    this.unfollow();
    this.run?.close();
    this.tools.destroy();
    for (const name of ["transport", "tools"]) this.root.querySelector(`.${name}`).replaceChildren();
  }
}
