import { answerOf } from "./answer.js";
import { Curves } from "./curves.js";
import { make } from "./dom.js";
import { Formula } from "./formula.js";
import { Inspector } from "./inspector.js";
import { KnobRow } from "./knobs.js";
import { Tools } from "./menu.js";
import { Pair, SIDES } from "./pair.js";
import { DENSITY_LOSSES, Panel } from "./panel.js";
import { Playback } from "./playback.js";
import { Readout } from "./readout.js";
import { Run } from "./run.js";
import { Screen } from "./screen.js";
import { followSurroundings } from "./surroundings.js";
import { applyTheme } from "./theme.js";
import { Transport } from "./transport.js";

/** What the lab fills of panel.html, beside the panels. */
const PARTS = ["transport", "tools", "knobs", "curves", "sheet", "announcement"];

/** Curves and marks take in new frames this often, in milliseconds. */
const EVIDENCE_INTERVAL = 500;

/** While it trains, what is written beside the pictures is renewed this often, milliseconds. */
const READING_INTERVAL = 100;

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
    this.pair = new Pair();
    this.runs = this.pair.runs;
    this.screens = {};
    this.evidenceAt = this.readAt = 0;
    this.evidenceStale = true;
    const part = (name) => root.querySelector(`.${name}`);

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
    const { pair, playback, transport, knobs, formula, curves, inspector } = this;
    const parts = { transport, knobs, formula, curves, inspector };
    this.readout = new Readout(root, { pair, playback, ...parts });
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

  follow() {
    this.unfollow = followSurroundings(this.root, {
      keys: {
        toggle: () => this.toggle(),
        step: () => this.step(),
        back: () => this.byFrame(-1),
        forth: () => this.byFrame(1),
        reset: () => this.reset(),
        help: () => this.tools.toggleKeys(),
        leave: () => this.tools.close() || this.inspector.close() || this.leavePresenting(),
      },
      onMotion: (reduced) => this.eachPanel((panel) => panel.setMotion(reduced)),
      onScheme: () => this.setTheme(this.themeHint),
      onTick: (now) => this.tick(now),
    });
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
    this.playback.goLive();
    const run = new Run(source, this.panels[side], {
      onChange: () => this.changed(),
      onFrame: () => (this.evidenceStale = this.unread = true),
      onDigits: () => this.screens[side]?.forget(),
    });
    this.runs[side] = run;
    this.screens[side] = new Screen(run);
    this.evidenceStale = this.stale = true;
    if (this.inspector.open) this.inspector.close();
    this.showFormula();
    this.knobs.setLosses(this.pair.all.map(({ source: { loss } }) => loss));
    return run;
  }

  /** The formula is of a loss with a density before all others, else of the right one. */
  showFormula() {
    const runs = this.pair.all.reverse();
    const run = runs.find(({ source }) => DENSITY_LOSSES.has(source.loss)) ?? runs[0];
    this.formula.setLoss(run?.source.loss, run?.hello?.settings?.covariance ?? "identity");
  }

  /**
   * @param {Object<string, boolean>} layers by "side.layer", each panel for itself; or by layer,
   *   and then what is switched in one panel holds for both
   */
  setLayers(layers) {
    this.layersBySide = Object.keys(layers).some((name) => name.includes("."));
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
    if (!this.layersBySide) {
      this.eachPanel((panel) => panel.setLayers({ [layer]: on }));
      this.outlet?.state("layers", { ...this.panels[side].layers });
      return;
    }
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

  get position() {
    return this.playback.position(this.pair.newest);
  }

  toggle() {
    const { playback } = this;
    if (!playback.live) {
      if (playback.playing) playback.pause();
      else playback.play();
    } else if (this.pair.every((run) => run.ended)) {
      if (this.pair.newest > 0) playback.play(0);
    } else if (this.pair.some((run) => run.going)) this.each((run) => run.act("pause"));
    else this.each((run) => run.act("play"));
    this.stale = true;
  }

  step() {
    if (!this.playback.live) this.byFrame(1);
    else for (const run of this.pair.nextToStep) run.act("step");
  }

  byFrame(direction) {
    const step = this.pair.neighbour(this.position, direction);
    if (step !== null) this.scrub(step);
  }

  scrub(step) {
    if (step >= this.pair.newest && !this.recorded) this.goLive();
    else this.playback.goTo(Math.min(step, Math.max(this.pair.newest, 0)));
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

  leavePresenting() {
    if (!this.presenting) return false;
    this.present(false);
    return true;
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
    const runs = this.pair.all.map((run) => ({
      title: run.source.title,
      ask: (which, step, signal) => answerOf(run, which, step, signal),
    }));
    const step = this.position;
    this.inspector.show({ digit, label: labels[digit], classNames, atlas, side, runs, step });
  }

  /** A run's state has changed: says so, and what may be done now. */
  changed() {
    this.stale = true;
    this.showFormula();
    this.readout.showState(this.recorded);
  }

  tick(now) {
    const { playback } = this;
    const before = this.position;
    playback.tick(now, this.pair.newest, this.pair.rate);
    const position = this.position;
    const glide = playback.live || playback.playing;
    this.each((run, side) => {
      const step = playback.live ? run.lastStep : position;
      if (this.screens[side].show(step, glide)) this.unread = true;
      run.panel.draw(now);
    });
    if (this.unread && now - this.readAt >= READING_INTERVAL) this.stale = true;
    if (this.stale || position !== before) {
      this.stale = this.unread = false;
      this.readAt = now;
      this.readout.showTime(position, this.recorded);
    }
    if (this.evidenceStale && now - this.evidenceAt >= EVIDENCE_INTERVAL) {
      this.evidenceStale = false;
      this.evidenceAt = now;
      this.readout.showEvidence();
    }
    // Charts are the largest script and the last to be looked at: the pictures come before them.
    if (this.pair.every((run) => run.lastStep >= 0 || run.ended)) this.curves.start();
    this.curves.tick(now);
  }

  destroy() {
    this.unfollow();
    this.knobs.destroy();
    this.each((run) => run.close());
    this.eachPanel((panel) => panel.destroy());
    this.inspector.close();
    this.tools.destroy();
    this.curves.destroy();
    for (const name of PARTS) this.root.querySelector(`.${name}`).replaceChildren();
  }
}
