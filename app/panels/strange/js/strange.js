import { loadPlotlyFrom } from "./curves.js";
import { Desk } from "./desk.js";
import { Detector } from "./detector.js";
import { make, setText } from "./dom.js";
import { Evidence } from "./evidence.js";
import { Gallery } from "./gallery.js";
import { Histogram } from "./histogram.js";
import { percent } from "./numbers.js";
import { Pad } from "./pad.js";
import { followSurroundings } from "./surroundings.js";
import { applyTheme } from "./theme.js";
import { Way } from "./way.js";

/** Progress shows after so long: before, the answer is there. */
const PATIENCE_BEFORE_PROGRESS = 400;

/** The pages of mounted components; a re-run of the script finds its own here again. */
const pages = new WeakMap();

/** Two models under the same strange inputs. */
class StrangePage {
  constructor(root, data) {
    this.root = root;
    this.models = [];
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
    this.histograms = data.models.map((_, side) => new Histogram(part("histograms"), {
      onScore: (name) => this.setScore(side, name),
      onThreshold: () => this.moved(),
    }));
    this.evidence = new Evidence(part("evidence"));
    this.pad = new Pad(part("pad"), {
      onPicture: (picture) => this.judge(picture), onClose: () => this.openPad(false),
    });
    this.drawButton = make("button.tool", { type: "button", textContent: "Draw",
      aria: { expanded: "false" }, on: { click: () => this.openPad(this.pad.root.hidden) } });
    part("tools").append(this.drawButton);
    const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
    this.desk = new Desk(`${scheme}//${window.location.host}${data.base}/lab/bench`, {
      onProgress: (side, done, total) => this.progress(side, done, total),
      onDrawing: (side, drawing) => this.showDrawing(side, drawing),
      onStudy: (side, study) => this.take(side, study),
      onDone: () => this.finish(),
      onError: (message) => this.fail(message),
      onLink: (open) => this.setLink(open),
    });
    this.unfollow = followSurroundings(root, {
      keys: {
        toggle: () => this.way.walk(),
        step: () => this.byStep(1), back: () => this.byStep(-1), forth: () => this.byStep(1),
        reset: () => false, help: () => false, leave: () => !this.pad.root.hidden && (this.openPad(false), true),
      },
      onMotion: (reduced) => this.way.setMotion(reduced),
      onScheme: () => this.setTheme(this.hint),
      onTick: (now) => this.way.tick(now),
    });
    this.loadPlotly(`${data.base}/lab/plotly.min.js`);
  }

  async loadPlotly(url) {
    const plotly = await loadPlotlyFrom(url).catch(() => null);
    for (const chart of [...this.histograms, this.evidence]) chart.setPlotly(plotly);
  }

  update(data) {
    this.data = data;
    this.setTheme(data.theme);
    const question = JSON.stringify([data.models.map(({ id }) => id), data.settings]);
    if (question === this.question) return;
    this.question = question;
    this.incoming = [];
    this.done = data.models.map(() => 0);
    this.askedAt = performance.now();
    this.root.removeAttribute("data-failed");
    this.desk.ask(data.models.map(({ id }) => id), data.settings);
    this.setBusy(true);
  }

  setTheme(hint) {
    this.hint = hint ?? null;
    const theme = applyTheme(this.root, this.hint);
    const key = JSON.stringify(theme);
    if (key === this.themeKey) return;
    this.themeKey = key;
    for (const part of [this.way, this.evidence, ...this.histograms]) part.setTheme(theme);
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

  take(side, study) {
    this.incoming[side] = study;
  }

  /** All answers are there: they are shown together, so that nothing on screen contradicts. */
  finish() {
    this.setBusy(false);
    const chosen = this.models.map(({ detector }) => detector.name);
    this.models = this.data.models.map(({ name }, side) => {
      const study = this.incoming[side];
      const scores = Object.keys(study.figures.scores);
      const wanted = scores.includes(chosen[side]) ? chosen[side] : scores[0];
      return { name, study, scores, detector: new Detector(wanted, study) };
    });
    if (!this.shownBefore) this.active = this.models.findIndex(({ study }) => study.figures.has_density);
    this.active = Math.max(this.active, 0);
    this.shownBefore = true;
    this.answeredIn = performance.now() - this.askedAt;
    this.showAll();
  }

  showAll() {
    this.gallery.setStudies(this.models, this.active);
    this.way.setStudies(this.models, this.active);
    this.select(Math.min(this.selected, this.models[0].study.figures.abnormal_count - 1));
    this.showDetectors();
    setText(this.finding, this.sentence());
  }

  showDetectors() {
    this.models.forEach(({ name, scores, detector }, side) => {
      this.histograms[side].setDetector(name, scores, detector, this.data.strange);
    });
    this.gallery.setDetector(this.models[this.active].detector);
    this.evidence.setModels(this.models, this.data.words);
  }

  sentence() {
    const parts = this.models.map(({ name, study: { figures } }) => ({ name, figures }));
    if (parts[0].figures.accuracy_attacked === null) {
      return parts.map(({ name, figures }) =>
        `${name} reads ${percent(figures.accuracy_clean)} of the clean digits rightly`).join(", ")
        + "; of these inputs it has never seen one.";
    }
    const [first, ...others] = parts.map(({ name, figures }) =>
      ({ name, share: percent(figures.accuracy_attacked) }));
    return `${first.share} of the attacked digits are still read rightly by ${first.name}`
      + others.map(({ name, share }) => `, ${share} by ${name}`).join("") + ". Choose one to follow its way.";
  }

  setScore(side, name) {
    const model = this.models[side];
    model.detector = new Detector(name, model.study);
    this.showDetectors();
  }

  openPad(open) {
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

  moved() {
    this.gallery.mark();
    this.evidence.draw();
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
    this.root.setAttribute("data-failed", "");
    setText(this.finding, message);
  }

  setLink(open) {
    if (!open) this.setBusy(true, "Connecting to the server");
    else if (!this.desk.open) this.setBusy(false);
  }

  stats() {
    return {
      answeredIn: this.answeredIn ?? null, drawnIn: this.pad.answeredIn ?? null, busy: this.desk.open !== null, step: this.way.step,
      steps: this.way.steps, selected: this.selected, active: this.active,
      settings: this.models[0]?.study.figures.settings ?? null,
      caught: this.models.map(({ detector }) => detector.caught),
      falseAlarms: this.models.map(({ detector }) => detector.falseAlarms),
      way: this.way.view.stats(),
    };
  }

  destroy() {
    window.clearTimeout(this.waiting);
    this.unfollow();
    this.desk.close();
    this.way.destroy();
    this.evidence.destroy();
    for (const histogram of this.histograms) histogram.destroy();
    this.root.querySelectorAll(".work, .tools, .gallery, .way, .pad, .histograms, .evidence")
      .forEach((part) => part.replaceChildren());
  }
}

/**
 * Called by Streamlit when the component is mounted and at every re-run that brings new data.
 *
 * @param {{data: object, parentElement: ShadowRoot|HTMLElement}} component
 * @returns {function(): void} ends it, when the component is taken from the page
 */
export default function mount({ data, parentElement }) {
  const root = parentElement.querySelector(".lab");
  let held = pages.get(parentElement);
  if (held?.root !== root) {
    held?.destroy();
    held = new StrangePage(root, data);
    root.labStats = () => held.stats();
    pages.set(parentElement, held);
  }
  held.update(data);
  return () => {
    held.destroy();
    pages.delete(parentElement);
  };
}
