import { Board } from "./board.js";
import { loadPlotlyFrom } from "./curves.js";
import { Desk } from "./desk.js";
import { Dimensions } from "./dimensions.js";
import { make, setText } from "./dom.js";
import { findingOf } from "./findings.js";
import { Gallery } from "./gallery.js";
import { Pad } from "./pad.js";
import { followSurroundings } from "./surroundings.js";
import { Sweep } from "./sweep.js";
import { Takeaway } from "./takeaway.js";
import { applyTheme } from "./theme.js";
import { Way } from "./way.js";

/** Progress shows after so long: before, the answer is there. */
const PATIENCE_BEFORE_PROGRESS = 400;

/** The pages of mounted components; a re-run of the script finds its own here again. */
const pages = new WeakMap();

/** Attacks that have no size to grow. */
const WITHOUT_SIZE = new Set(["none", "deepfool", "cw"]);

/** Two models under the same strange inputs. */
class StrangePage {
  constructor(root, data, outlet) {
    this.root = root;
    this.outlet = outlet;
    this.active = 0;
    this.selected = 0;
    const part = (name) => root.querySelector(`.${name}`);
    this.finding = part("finding");
    this.work = part("work");
    this.bar = make("progress", { max: 1 });
    this.work.append(this.bar, make("span.doing"), make("button.tool", {
      type: "button", textContent: "Cancel", on: { click: () => this.cancel() },
    }));
    this.gallery = new Gallery(part("gallery"), {
      onSelect: (index) => this.select(index), onWalk: () => this.way.walk(),
    });
    this.way = new Way(part("way"), {
      onSelect: (index) => this.select(index), onModel: (active) => this.choose(active),
    });
    this.board = new Board({ histograms: part("histograms"), evidence: part("evidence") }, data.models.length, {
      onMoved: () => this.gallery.mark(),
      onScore: () => {
        this.gallery.setDetector(this.models[this.active].detector);
        this.takeaway.update(this.data);
      },
    });
    this.pad = new Pad(part("pad"), {
      url: `${data.base}/lab/picture`, onPicture: (picture) => this.judge(picture), onClose: () => this.openPad(false),
    });
    this.drawButton = make("button.tool", { type: "button", textContent: "Draw",
      aria: { expanded: "false" }, on: { click: () => this.openPad(this.pad.root.hidden) } });
    this.growButton = make("button.tool", { type: "button", textContent: "Grow ε",
      title: "Let the attack grow and watch the histograms", on: { click: () => this.grow() } });
    this.sweep = new Sweep(part("sweep"), {
      onShow: (index) => this.board.look(this.sweep.frames, index), onClose: () => this.endSweep(),
    });
    part("tools").append(this.growButton, this.drawButton);
    this.takeaway = new Takeaway(part("tools"), {
      board: this.board, way: this.way, onPresent: () => this.outlet.trigger("present", !this.data.present),
    });
    const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
    const server = `${scheme}//${window.location.host}${data.base}`;
    this.dimensions = new Dimensions(part("dimensions-slot"), `${server}/lab/dimensions`);
    this.desk = new Desk(`${server}/lab/bench`, {
      onProgress: (side, done, total) => this.progress(side, done, total),
      onDrawing: (side, drawing) => this.showDrawing(side, drawing),
      onStudy: (side, study) => (this.incoming[side] = study),
      onSwept: () => this.sweep.take(this.incoming.slice()),
      onDone: () => this.finish(),
      onError: (message) => this.fail(message),
      onLink: (open) => this.setLink(open),
    });
    this.unfollow = followSurroundings(root, {
      keys: {
        toggle: () => this.way.walk(),
        step: () => this.byStep(1), back: () => this.byStep(-1), forth: () => this.byStep(1),
        reset: () => false, help: () => this.takeaway.toggleKeys(), leave: () => this.leave(),
      },
      onMotion: (reduced) => this.way.setMotion(reduced),
      onScheme: () => this.setTheme(this.hint),
      onTick: (now) => this.tick(now),
    });
    this.loadPlotly(`${data.base}/lab/plotly.min.js`);
  }

  get models() {
    return this.board.models;
  }

  async loadPlotly(url) {
    this.board.setPlotly(await loadPlotlyFrom(url).catch(() => null));
  }

  tick(now) {
    this.way.tick(now);
    this.sweep.tick(now);
  }

  update(data) {
    this.data = data;
    this.setTheme(data.theme);
    this.root.toggleAttribute("data-present", data.present);
    const { inputs, attack } = data.settings;
    this.growButton.hidden = inputs !== "adversarial" || WITHOUT_SIZE.has(attack);
    this.takeaway.update(data);
    this.dimensions.setSettings(data.settings);
    const question = JSON.stringify([data.models.map(({ id }) => id), data.settings]);
    if (question === this.question) return;
    this.question = question;
    this.incoming = [];
    this.done = data.models.map(() => 0);
    this.askedAt = performance.now();
    this.root.removeAttribute("data-failed");
    this.sweep.reset();
    this.finding.hidden = false;
    this.desk.ask(data.models.map(({ id }) => id), data.settings);
    this.setBusy(true);
  }

  setTheme(hint) {
    this.hint = hint ?? null;
    const theme = applyTheme(this.root, this.hint);
    const key = JSON.stringify(theme);
    if (key === this.themeKey) return;
    this.themeKey = key;
    for (const part of [this.way, this.board, this.takeaway]) part.setTheme(theme);
  }

  setBusy(busy, words = "") {
    window.clearTimeout(this.waiting);
    if (!busy) {
      this.work.hidden = true;
      return;
    }
    this.bar.removeAttribute("value");
    setText(this.work.querySelector(".doing"), words || "Working");
    this.waiting = window.setTimeout(() => (this.work.hidden = false), PATIENCE_BEFORE_PROGRESS);
  }

  progress(side, done, total) {
    this.done[side] = done / total;
    this.bar.value = this.done.reduce((sum, share) => sum + share, 0) / this.done.length;
    setText(this.work.querySelector(".doing"),
      `${this.data.models[side].name}: step ${done} of ${total}`);
  }

  /** All answers are there: they are shown together, so that nothing on screen contradicts. */
  finish() {
    this.setBusy(false);
    if (this.sweep.open) return;
    const answers = this.data.models.map(({ name }, side) => ({ name, study: this.incoming[side] }));
    this.board.setAnswers(answers, this.data.strange, this.data.scores);
    if (!this.shownBefore) this.active = this.models.findIndex(({ study }) => study.figures.has_density);
    this.active = Math.max(this.active, 0);
    this.shownBefore = true;
    this.answeredIn = performance.now() - this.askedAt;
    this.showAll();
    this.takeaway.update(this.data);
  }

  /** Asks for the attack in growing sizes; the histograms follow as the answers come. */
  grow() {
    if (!this.models.length || this.desk.open) return;
    this.openPad(false);
    this.incoming = [];
    const { settings, models } = this.data;
    const sizes = this.sweep.begin(settings);
    this.finding.hidden = true;
    this.desk.ask(models.map(({ id }) => id), settings, sizes);
  }

  endSweep() {
    if (this.desk.open) this.desk.cancel();
    this.sweep.reset();
    this.finding.hidden = false;
    this.board.lookBack();
    this.growButton.focus();
  }

  showAll() {
    this.gallery.setStudies(this.models, this.active);
    this.way.setStudies(this.models, this.active);
    this.select(Math.min(this.selected, this.models[0].study.figures.abnormal_count - 1));
    this.gallery.setDetector(this.models[this.active].detector);
    setText(this.finding, findingOf(this.models));
  }

  leave() {
    if (this.takeaway.close()) return true;
    if (!this.pad.root.hidden) this.openPad(false);
    else if (this.sweep.open) this.endSweep();
    else return false;
    return true;
  }

  openPad(open) {
    if (open !== this.pad.root.hidden) return;
    this.pad.open(open);
    this.drawButton.setAttribute("aria-expanded", String(open));
    if (open) this.judge(new Uint8Array(784));
    else {
      this.way.mark(null);
      this.drawButton.focus();
    }
  }

  judge(picture) {
    this.drawings = [];
    this.desk.draw(this.data.models.map(({ id }) => id), picture);
  }

  /** Shows the verdicts on a drawing once both are there. */
  showDrawing(side, drawing) {
    this.drawings[side] = drawing;
    if (this.drawings.filter(Boolean).length < this.data.models.length || !this.models.length) return;
    const answers = this.models.map(({ name, detector }, i) =>
      ({ name, score: detector.name, drawing: this.drawings[i] }));
    this.pad.show(answers, this.models[0].study.figures.class_names);
    this.way.mark(this.drawings[this.active].place ?? null);
  }

  choose(active) {
    this.active = active;
    this.showAll();
    if (!this.pad.root.hidden) this.way.mark(this.drawings?.[active]?.place ?? null);
  }

  select(index) {
    this.selected = index;
    this.gallery.select(index);
    this.way.select(index);
  }

  byStep(direction) {
    if (!this.models.length) return;
    const step = Math.min(Math.max(this.way.step + direction, 0), this.way.steps - 1);
    this.way.show(step);
  }

  cancel() {
    this.desk.cancel();
    this.question = null;
    this.setBusy(false);
    setText(this.finding, "Cancelled: what is shown is the answer before. Change a setting to ask again.");
  }

  fail(message) {
    this.setBusy(false);
    if (this.sweep.open) this.endSweep();
    this.root.setAttribute("data-failed", "");
    setText(this.finding, message);
  }

  setLink(open) {
    if (!open) this.setBusy(true, "Connecting to the server");
    else if (!this.desk.open) this.setBusy(false);
  }

  stats() {
    return {
      answeredIn: this.answeredIn ?? null, busy: this.desk.open !== null, step: this.way.step,
      drawnIn: this.pad.answeredIn ?? null, verdicts: this.pad.verdicts,
      steps: this.way.steps, selected: this.selected, active: this.active,
      settings: this.models[0]?.study.figures.settings ?? null,
      caught: this.models.map(({ detector }) => detector.caught),
      falseAlarms: this.models.map(({ detector }) => detector.falseAlarms),
      sweep: { shown: this.sweep.index, there: this.sweep.frames.length, asked: this.sweep.epsilons.length },
      aurocs: this.models.map(({ detector }) => detector.figures.auroc.value),
      way: this.way.view.stats(),
    };
  }

  destroy() {
    window.clearTimeout(this.waiting);
    this.unfollow();
    this.takeaway.destroy();
    this.desk.close();
    this.way.destroy();
    this.board.destroy();
    this.dimensions.destroy();
    this.root.querySelectorAll(".work, .sweep, .tools, .gallery, .way, .pad, .histograms, .evidence")
      .forEach((part) => part.replaceChildren());
  }
}

/**
 * Called by Streamlit when the component is mounted and at every re-run that brings new data.
 *
 * @param {{data: object, parentElement: ShadowRoot|HTMLElement, setTriggerValue: function}} component
 * @returns {function(): void} ends it, when the component is taken from the page
 */
export default function mount({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".lab");
  let held = pages.get(parentElement);
  if (held?.root !== root) {
    held?.destroy();
    held = new StrangePage(root, data, { trigger: setTriggerValue });
    root.labStats = () => held.stats();
    pages.set(parentElement, held);
  }
  held.update(data);
  return () => {
    held.destroy();
    pages.delete(parentElement);
  };
}
