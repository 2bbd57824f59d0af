import { answerFromFrames, answerFromServer } from "./answer.js";
import { Curves } from "./curves.js";
import { make, setText } from "./dom.js";
import { Formula } from "./formula.js";
import { Inspector } from "./inspector.js";
import { listenToKeys } from "./keyboard.js";
import { KnobRow } from "./knobs.js";
import { Tools } from "./menu.js";
import { DENSITY_LOSSES, Panel } from "./panel.js";
import { Playback } from "./playback.js";
import { followRoom } from "./room.js";
import { Run } from "./run.js";
import { Screen } from "./screen.js";
import { applyTheme } from "./theme.js";
import { knobChanges } from "./timeline.js";
import { Transport } from "./transport.js";

const SIDES = ["left", "right"];

/** Curves and marks take in new frames this often, in milliseconds. */
const EVIDENCE_INTERVAL = 500;

const WATCHING = "Watching: only the browser that started these runs can steer them.";
const ENDED = "Training has ended; counts from the next start on.";
const RECORDED = "As recorded.";

/**
 * The whole lab: two panels, and everything around them that they share.
 *
 * @typedef {object} LabOutlet where the lab's words go
 * @property {(name: string, value: unknown) => void} state a value that lasts
 * @property {(name: string, value: unknown) => void} trigger something that happened once
 */
export class Lab {
  /**
   * @param {HTMLElement} root holds the markup of panel.html
   * @param {{ranges: object[], outlet: ?LabOutlet, loadPlotly: function(): Promise<object>}} options
   *   outlet: null for a replay from a file
   */
  constructor(root, { ranges, outlet, loadPlotly }) {
    this.root = root;
    this.outlet = outlet;
    this.playback = new Playback();
    this.runs = {};
    this.screens = {};
    this.fresh = true;
    this.evidenceAt = 0;
    this.evidenceStale = true;
    const part = (name) => root.querySelector(`.${name}`);
    this.announcement = part("announcement");

    this.transport = new Transport(part("transport"), {
      onReset: () => this.reset(),
      onToggle: () => this.toggle(),
      onStep: () => this.step(),
      onLive: () => this.goLive(),
      onSpeed: (speed) => (this.playback.speed = speed),
      onScrub: (step) => this.scrub(step),
    });
    this.tools = new Tools(part("tools"), { onPresent: () => this.present(!this.presenting) });
    this.panels = Object.fromEntries(SIDES.map((side) => [side, this.makePanel(side)]));
    this.inspector = new Inspector(part("sheet"), { onClose: () => this.mark(null) });
    this.buildKnobs(part("knobs"), ranges);
    this.curves = new Curves(part("curves"), { loadPlotly, onPick: (step) => this.scrub(step) });
    this.follow();
  }

  makePanel(side) {
    return new Panel(this.root.querySelector(`.panel[data-side="${side}"]`), {
      onSelect: (digit) => this.inspect(side, digit),
      onLayer: (layer, on) => this.setLayer(side, layer, on),
      onAgain: () => this.outlet?.trigger("play_again", side),
    });
  }

  buildKnobs(container, ranges) {
    const card = make("div.formula.card", { role: "group", aria: { label: "The loss" } });
    container.append(card);
    this.formula = new Formula(card, (name) => this.knobs.point(name));
    this.knobs = new KnobRow(container, ranges, {
      onInput: (name, value) => this.each((run) => run.turn({ [name]: value })),
      onChange: (values) => this.outlet?.state("knobs", values),
      onPoint: (name) => this.formula.light(name),
    });
  }

  /** Listens to everything outside of the lab that it depends on. */
  follow() {
    const motion = window.matchMedia("(prefers-reduced-motion: reduce)");
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    const onMotion = () => this.eachPanel((panel) => panel.setMotion(motion.matches));
    const onScheme = () => this.setTheme(this.themeHint);
    motion.addEventListener("change", onMotion);
    scheme.addEventListener("change", onScheme);
    onMotion();
    const ends = [
      followRoom(this.root),
      listenToKeys({
        toggle: () => this.toggle(),
        step: () => this.step(),
        back: () => this.byFrame(-1),
        forth: () => this.byFrame(1),
        reset: () => this.reset(),
        leave: () => this.tools.close() || this.inspector.close(),
      }),
      () => motion.removeEventListener("change", onMotion),
      () => scheme.removeEventListener("change", onScheme),
    ];
    this.unfollow = () => ends.forEach((end) => end());
    const tick = (now) => {
      this.request = requestAnimationFrame(tick);
      this.tick(now);
    };
    this.request = requestAnimationFrame(tick);
  }

  /** @param {?string} hint "light" or "dark", where the page's colours do not tell */
  setTheme(hint) {
    this.themeHint = hint ?? null;
    const theme = applyTheme(this.root, this.themeHint);
    const key = JSON.stringify(theme);
    if (key === this.themeKey) return;
    this.themeKey = key;
    this.eachPanel((panel) => panel.setTheme(theme));
    this.curves.setTheme(theme);
  }

  /** @param {"left"|"right"} side @param {object} source of {@link Run} */
  setRun(side, source) {
    this.runs[side]?.close();
    if (this.fresh === false && this.playback.live === false) this.playback.goLive();
    const run = new Run(source, this.panels[side], {
      onChange: () => this.changed(),
      onFrame: () => (this.evidenceStale = this.stale = true),
      onDigits: () => this.screens[side]?.forget(),
    });
    this.runs[side] = run;
    this.screens[side] = new Screen(run);
    this.evidenceStale = this.stale = true;
    if (this.inspector.open) this.inspector.close();
    this.formula.setLoss(this.formulaLoss());
    return run;
  }

  /** The loss that the formula is of: one with a density before all others, else the right. */
  formulaLoss() {
    const losses = SIDES.map((side) => this.runs[side]?.source.loss).filter(Boolean).reverse();
    return losses.find((loss) => DENSITY_LOSSES.has(loss)) ?? losses[0];
  }

  /** @param {Object<string, boolean>} layers by "side.layer", or by layer for both sides */
  setLayers(layers) {
    for (const side of SIDES) {
      const own = {};
      for (const [name, on] of Object.entries(layers)) {
        if (!name.includes(".")) own[name] ??= on;
        else if (name.startsWith(`${side}.`)) own[name.slice(side.length + 1)] = on;
      }
      this.panels[side].setLayers(own);
    }
  }

  setLayer(side, layer, on) {
    this.panels[side].setLayers({ [layer]: on });
    const all = SIDES.flatMap((one) => Object.entries(this.panels[one].layers)
      .map(([name, shown]) => [`${one}.${name}`, shown]));
    this.outlet?.state("layers", Object.fromEntries(all));
  }

  each(action) {
    for (const side of SIDES) if (this.runs[side]) action(this.runs[side], side);
  }

  eachPanel(action) {
    for (const side of SIDES) action(this.panels[side], side);
  }

  some(test) {
    return SIDES.some((side) => this.runs[side] && test(this.runs[side]));
  }

  every(test) {
    return SIDES.every((side) => this.runs[side] && test(this.runs[side]));
  }

  most(valueOf) {
    return Math.max(...SIDES.map((side) => (this.runs[side] ? valueOf(this.runs[side]) : -1)));
  }

  get newest() {
    return this.most((run) => run.lastStep);
  }

  get total() {
    return Math.max(this.most((run) => run.totalSteps), this.newest, 1);
  }

  get position() {
    return this.playback.position(this.newest);
  }

  toggle() {
    const { playback } = this;
    if (!playback.live) {
      if (playback.playing) playback.pause();
      else playback.play();
    } else if (this.every((run) => run.ended)) {
      if (this.newest > 0) playback.play(0);
    } else if (this.some((run) => run.running)) this.each((run) => run.act("pause"));
    else this.each((run) => run.act("play"));
    this.stale = true;
  }

  step() {
    if (!this.playback.live) this.byFrame(1);
    else this.each((run) => run.act("step"));
  }

  /** Goes one frame back or on: to the nearest step at which either run has a frame. */
  byFrame(direction) {
    const at = this.position;
    let best = null;
    this.each(({ history }) => {
      let index = history.indexAt(at);
      // Several frames may share a step: a knob was turned in a pause.
      if (direction < 0) while (index >= 0 && history.frames[index].step >= at) index -= 1;
      else index += 1;
      const step = history.frames[index]?.step;
      if (step === undefined) return;
      best = best === null ? step : direction < 0 ? Math.max(best, step) : Math.min(best, step);
    });
    if (best !== null) this.scrub(best);
  }

  scrub(step) {
    if (step >= this.newest && !this.recorded) this.goLive();
    else this.playback.goTo(Math.min(step, Math.max(this.newest, 0)));
    this.stale = true;
  }

  goLive() {
    this.playback.goLive();
    this.stale = true;
  }

  reset() {
    if (this.outlet) this.outlet.trigger("reset", true);
    else this.scrub(0);
  }

  present(on) {
    this.setPresent(on);
    this.outlet?.trigger("present", on);
  }

  setPresent(on) {
    this.presenting = on;
    this.root.toggleAttribute("data-present", on);
    this.tools.present.setAttribute("aria-pressed", String(on));
  }

  mark(digit) {
    this.eachPanel((panel) => panel.view.select(digit));
  }

  inspect(side, digit) {
    if (digit === null) {
      this.inspector.close();
      return;
    }
    this.mark(digit);
    const { labels, classNames, atlas } = this.panels[side].digits;
    const runs = SIDES.map((one) => this.runs[one]).filter(Boolean).map((run) => ({
      title: run.source.title,
      ask: (which, step, signal) => ask(run, which, step, signal),
    }));
    const step = this.position;
    this.inspector.show({ digit, label: labels[digit], classNames, atlas, side, runs, step });
  }

  /** A run's state has changed: says so, and what may be done now. */
  changed() {
    this.stale = true;
    const states = SIDES.map((side) => this.runs[side]?.status.state ?? null);
    const owner = this.some((run) => run.owner) || !this.some((run) => run.hello);
    const ended = this.every((run) => run.ended);
    if (this.recorded) this.knobs.setEnabled(false, RECORDED);
    else this.knobs.setEnabled(owner, owner ? (ended ? ENDED : null) : WATCHING);
    this.root.classList.toggle("watching", !owner);
    const spoken = [...new Set(states.filter(Boolean))].join(", ");
    if (spoken !== this.spoken) {
      this.spoken = spoken;
      setText(this.announcement, spoken ? `Training: ${spoken}` : "");
    }
  }

  tick(now) {
    const { playback } = this;
    const before = this.position;
    playback.tick(now, this.newest, this.most((run) => run.rate ?? 0));
    const position = this.position;
    const glide = playback.live || playback.playing;
    this.each((run, side) => {
      const step = playback.live ? run.lastStep : position;
      if (this.screens[side].show(step, glide)) this.stale = true;
      run.panel.draw(now);
    });
    if (this.stale || position !== before) this.showTime(position);
    if (this.evidenceStale && now - this.evidenceAt >= EVIDENCE_INTERVAL) this.showEvidence(now);
    this.curves.tick(now);
  }

  showTime(position) {
    this.stale = false;
    const { live, playing } = this.playback;
    const training = this.some((run) => run.running);
    const ended = this.every((run) => run.ended);
    const owner = this.some((run) => run.owner);
    const shown = this.runs.right?.history.scalarsAt(position)
      ?? this.runs.left?.history.scalarsAt(position);
    this.transport.show({
      position, newest: this.newest, total: this.total, live, training,
      epoch: Math.floor(shown?.epoch ?? 0),
      playing: live ? training : playing,
      replaying: !live || ended,
      canAct: !live || ended ? this.newest > 0 : owner,
      reason: this.some((run) => run.hello) ? WATCHING : "Connecting",
    });
    this.curves.setTime({ position, total: this.total, live: live && !this.recorded });
    if (this.recorded) this.knobs.setAll(shown ?? {});
    else if (live && shown) this.knobs.follow(shown);
    if (!this.recorded) this.knobs.showPast(live ? null : (shown ?? null));
    this.inspector.follow(position);
  }

  showEvidence(now) {
    this.evidenceAt = now;
    this.evidenceStale = false;
    const runs = SIDES.map((side) => this.runs[side]).filter(Boolean).map((run) => ({
      scalars: run.history.frames.map((frame) => frame.scalars),
      batchSize: run.hello?.settings?.batch_size ?? 1,
    }));
    const changes = knobChanges(runs.map(({ scalars }) => scalars), this.total);
    this.transport.timeline.mark(changes, this.total);
    this.curves.setRuns(runs);
  }

  /** What is measured from outside: frames, draws, ages, and what is on screen. */
  stats() {
    return Object.fromEntries(SIDES.filter((side) => this.runs[side])
      .map((side) => [side, this.runs[side].stats()]));
  }

  destroy() {
    cancelAnimationFrame(this.request);
    this.unfollow();
    this.each((run) => run.close());
    this.eachPanel((panel) => panel.destroy());
    this.inspector.close();
    this.tools.destroy();
    this.curves.destroy();
  }
}

/** The server's numbers of a digit; from the frames where there is no server or no run there. */
async function ask(run, digit, step, signal) {
  const state = run.history.stateAt(Math.max(step, 0));
  const fromFrames = () => state && answerFromFrames(state, digit, run.panel.digits.labels[digit]);
  try {
    if (run.source.url) return await answerFromServer(run.source.url, digit, step, signal);
  } catch (error) {
    const answer = signal.aborted ? null : fromFrames();
    if (!answer) throw error;
    return answer;
  }
  const answer = fromFrames();
  if (!answer) throw new Error("These numbers need the server: a recording holds the view only.");
  return answer;
}
