import { setText } from "./dom.js";
import { FaceKnobs } from "./face_knobs.js";
import { FaceSide } from "./face_side.js";
import { curveLines, scoreLines } from "./face_csv.js";
import { Lens } from "./lens.js";
import { LineChart } from "./line_chart.js";
import { MeanFace } from "./mean_face.js";
import { Tools } from "./menu.js";
import { fixed } from "./numbers.js";
import { Playback } from "./playback.js";
import { followSurroundings } from "./surroundings.js";
import { applyTheme } from "./theme.js";
import { Transport } from "./transport.js";
import { Turn } from "./turn.js";
import { Verification } from "./verification.js";

/** What stands beside the pictures is renewed this often, in milliseconds. */
const READING_EVERY = 120;

const KEY_HELP_FACES = [
  ["Space", "play or pause"], ["→", "one training step"], [", and .", "one frame back, one on"],
  ["R", "start afresh"], ["?", "this list"], ["Esc", "close what is open"],
];

const WATCHED = "Watching: only the browser that started these runs can steer them.";

/** One alignment run or two side by side, and everything that steers them. */
export class FaceLab {
  /**
   * @param {HTMLElement} root holds the markup of faces.html
   * @param {?{trigger: function(string, unknown): void}} outlet null for a replay from a file
   * @param {object[]} [ranges] of the knobs
   */
  constructor(root, outlet, ranges = []) {
    this.root = root;
    this.outlet = outlet;
    this.playback = new Playback();
    /** @type {FaceSide[]} */
    this.sides = [];
    this.readAt = 0;
    const part = (name) => root.querySelector(`.${name}`);
    this.part = part;
    this.transport = new Transport(part("transport"), {
      onReset: () => this.reset(),
      onToggle: () => this.toggle(),
      onStep: () => this.step(),
      onLive: () => this.playback.goLive(),
      onSpeed: (speed) => (this.playback.speed = speed),
      onScrub: (step) => this.scrub(step),
    });
    this.tools = new Tools(part("tools"), {
      onPresent: () => this.present(), keyHelp: KEY_HELP_FACES,
    });
    this.knobs = new FaceKnobs(part("tools"), ranges, (values) => {
      for (const run of this.runs) if (!run.over) run.stream?.turn(values);
    });
    this.meanBefore = new MeanFace(part("mean-before"));
    this.chart = new LineChart(part("misalignment"), (step) => this.scrub(step));
    this.verification = new Verification(part("verify"), part("details"));
    this.turn = new Turn(part("turn"), () => (this.stale = true));
    this.lens = new Lens(part("lens"));
    this.unfollow = followSurroundings(root, {
      keys: {
        toggle: () => this.toggle(),
        step: () => this.step(),
        back: () => this.byFrame(-1),
        forth: () => this.byFrame(1),
        reset: () => this.reset(),
        help: () => this.tools.toggleKeys(),
        leave: () => this.knobs.close() || this.tools.close() || (this.presenting && this.present()),
      },
      onMotion: (reduced) => (this.reduced = reduced),
      onScheme: () => this.setTheme(this.hint),
      onTick: (now) => this.tick(now),
    });
    this.resized = new ResizeObserver(() => this.redraw());
    this.resized.observe(root);
  }

  setTheme(hint) {
    this.hint = hint ?? null;
    this.theme = applyTheme(this.root, this.hint);
    for (const side of this.sides) side.setTheme(this.theme);
    this.chart.setTheme(this.theme);
    this.verification.setTheme(this.theme);
    this.turn.setTheme(this.theme);
    this.lens.setTheme(this.theme);
    this.stale = true;
  }

  redraw() {
    for (const side of this.sides) side.dirty = true;
    this.verification.draw();
    this.stale = true;
  }

  setPresent(on) {
    this.presenting = on;
    this.root.toggleAttribute("data-present", on);
  }

  /** @param {{id: string, url: string, token: ?string, title: string}[]} sources one or two */
  setRuns(sources) {
    while (this.sides.length > sources.length) this.sides.pop().close();
    sources.forEach((source, i) => {
      if (!this.sides[i]) this.addSide();
      const side = this.sides[i];
      if (side.run?.source.id === source.id) side.rename(source.title);
      else {
        side.setRun(source);
        this.playback.goLive();
        this.meanDrawn = false;
      }
    });
    const walls = sources.filter(({ wall }) => wall !== false).length;
    this.root.toggleAttribute("data-pair", walls > 1);
    this.sides.forEach((side, i) => {
      const first = sources.length > 1 && i === 0;
      side.tone = first ? "muted" : "accent";
      side.card.dataset.tone = side.tone;
      side.card.hidden = side.meanCard.hidden = sources[i].wall === false;
      setText(side.meanTitle, walls > 1 ? `After, ${first ? "left" : "right"}` : "Mean after");
    });
    this.stale = true;
  }

  addSide() {
    const side = new FaceSide({
      onFrame: () => (this.stale = true),
      onChange: () => this.changed(),
    });
    this.sides.push(side);
    this.part("walls").append(side.card);
    this.part("means").append(side.meanCard);
    if (this.theme) side.setTheme(this.theme);
  }

  /** The runs with a wall: they tell the time. Another may lend its curves for comparison. */
  get runs() {
    return this.sides.filter(({ card }) => !card.hidden).map((side) => side.run).filter(Boolean);
  }

  changed() {
    this.stale = true;
    const states = [...new Set(this.runs.map((run) => run.state).filter(Boolean))].join(", ");
    if (states) setText(this.part("announcement"), `Training: ${states}`);
  }

  get newest() {
    return Math.max(-1, ...this.runs.map((run) => run.history.newest));
  }

  get position() {
    return this.playback.position(this.newest);
  }

  get over() {
    return this.runs.every((run) => run.over);
  }

  get going() {
    return this.runs.some((run) => run.going);
  }

  reset() {
    if (this.outlet) this.outlet.trigger("reset", true);
    else this.scrub(0);
  }

  present() {
    this.setPresent(!this.presenting);
    this.outlet?.trigger("present", this.presenting);
    return true;
  }

  toggle() {
    const { playback } = this;
    if (!playback.live) {
      if (playback.playing) playback.pause();
      else playback.play();
    } else if (this.over) {
      if (this.newest > 0) playback.play(0);
    } else {
      const action = this.going ? "pause" : "play";
      for (const run of this.runs) run.act(action);
    }
    this.stale = true;
  }

  step() {
    if (!this.playback.live) this.byFrame(1);
    else for (const run of this.runs) run.act("step");
  }

  byFrame(direction) {
    const { position } = this;
    const steps = this.runs.flatMap(({ history }) => history.frames.map(({ step }) => step))
      .filter((step) => (direction > 0 ? step > position : step < position));
    if (steps.length) this.scrub(direction > 0 ? Math.min(...steps) : Math.max(...steps));
  }

  scrub(step) {
    if (step >= this.newest) this.playback.goLive();
    else this.playback.goTo(step);
    this.stale = true;
  }

  tick(now) {
    const { playback } = this;
    const before = this.position;
    playback.tick(now, this.newest, this.runs[0]?.rate);
    const { position } = this;
    for (const side of this.sides) {
      const step = playback.live ? side.run.history.newest : position;
      if (side.tick(now, step, this.reduced)) this.stale = true;
    }
    if (!this.meanDrawn && this.sides[0]?.warper) {
      const { faces } = this.sides[0].run.history;
      this.meanBefore.draw(faces.pixels, faces.side);
      this.meanDrawn = true;
    }
    if (position !== before) this.stale = true;
    if (this.stale && now - this.readAt > READING_EVERY) this.read(now);
  }

  /** What can be taken away: the curves and the scores of what is shown. */
  get exports() {
    const blob = (lines) => Promise.resolve(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
    return [
      { label: "Curves (CSV)", filename: "faces-curves.csv", make: () => blob(curveLines(this.runs)) },
      { label: "Scores of the pairs (CSV)", filename: "faces-scores.csv", make: () => blob(scoreLines(this.runs)) },
    ];
  }

  /** Renews what stands beside the pictures. */
  read(now) {
    this.readAt = now;
    this.stale = false;
    const { runs, playback, position, newest, over, going } = this;
    const total = Math.max(1, ...runs.map((run) => run.total));
    const curves = this.sides.map(({ run, tone }) => ({
      tone,
      points: run.history.frames.filter(({ misalignment }) => misalignment !== null)
        .map(({ step, misalignment }) => ({ step, value: misalignment })),
    }));
    this.chart.draw({ curves, total, position });
    const last = curves.at(-1)?.points ?? [];
    const here = runs.at(-1)?.history.at(position);
    setText(this.part("figures"), last.length
      ? `${fixed(last[0].value, 2)} → ${fixed(here?.misalignment, 2)} px` : "");
    this.transport.show({
      position, newest, total, live: playback.live, training: going, ended: over, epoch: null,
      playing: playback.live ? going : playback.playing,
      replaying: !playback.live || over,
      canAct: !playback.live || over ? newest > 0 : runs.some((run) => run.owner),
      reason: runs.some((run) => run.hello) ? WATCHED : "Connecting",
    });
    this.knobs.follow(runs.at(-1)?.history.frames.at(-1),
      runs.map((run) => run.hello?.settings.loss).filter(Boolean),
      !over && runs.some((run) => run.owner));
    this.turn.setRun(runs.at(-1));
    const { warper, glide } = this.sides.at(-1) ?? {};
    if (warper) this.lens.show(warper, glide.current, this.turn.index);
    this.verification.setPast(position < newest);
    const judged = runs.at(-1)?.history.closing ? this.sides : [];
    this.verification.setRuns(judged.filter(({ run }) => run.history.closing)
      .map(({ run, tone }) => ({ title: run.source.title, tone, closing: run.history.closing })));
  }

  stats() {
    return { ...(this.sides.at(-1)?.stats() ?? {}), sides: this.sides.map((side) => side.stats()) };
  }

  destroy() {
    this.unfollow();
    this.resized.disconnect();
    for (const side of this.sides) side.close();
    this.knobs.destroy();
    this.tools.destroy();
    this.turn.destroy();
    for (const name of ["transport", "tools", "verify", "details", "lens"]) this.part(name).replaceChildren();
  }
}
