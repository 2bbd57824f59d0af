import { Board } from "./board.js";
import { loadPlotlyFrom } from "./curves.js";
import { Desk } from "./desk.js";
import { Dimensions } from "./dimensions.js";
import { make, setText } from "./dom.js";
import { findingOf } from "./findings.js";
import { Gallery } from "./gallery.js";
import { briefly, canGrow, unitOf } from "./question.js";
import { Sketch } from "./sketch.js";
import { followSurroundings } from "./surroundings.js";
import { Sweep } from "./sweep.js";
import { Takeaway } from "./takeaway.js";
import { applyTheme } from "./theme.js";
import { Waiting } from "./waiting.js";
import { Way } from "./way.js";

/** The pages of mounted components; a re-run of the script finds its own here again. */
const pages = new WeakMap();

/** Two models under the same strange inputs. */
class StrangePage {
  constructor(root, data, outlet) {
    this.root = root;
    this.outlet = outlet;
    this.active = 0;
    this.selected = 0;
    const part = (name) => root.querySelector(`.${name}`);
    this.finding = part("finding");
    this.waiting = new Waiting(part("work"), {
      onCancel: () => this.cancel(),
      // What is on the page meanwhile answers an earlier question, and steps back.
      onShown: (shown) => root.toggleAttribute("data-working", shown),
    });
    this.gallery = new Gallery(part("gallery"), {
      onSelect: (index) => this.select(index), onWalk: () => this.way.walk(),
    });
    this.way = new Way(part("way"), {
      onSelect: (index) => this.select(index), onModel: (active) => this.choose(active),
    });
    this.board = new Board({ histograms: part("histograms"), evidence: part("evidence") }, data.models.length, {
      onMoved: () => {
        this.gallery.mark();
        this.takeaway.update(this.data);
      },
      onScore: () => {
        this.gallery.setDetector(this.models[this.active].detector);
        this.takeaway.update(this.data);
      },
    });
    this.growButton = make("button.tool", { type: "button", textContent: "Grow ε",
      title: "Let the attack grow and watch the histograms", on: { click: () => this.grow() } });
    this.sweep = new Sweep(part("sweep"), {
      onShow: (index) => this.board.look(this.sweep.frames, index), onClose: () => this.endSweep(),
    });
    this.again = make("button.tool", { type: "button", textContent: "Ask again", hidden: true,
      on: { click: () => this.ask() } });
    part("tools").append(this.again, this.growButton);
    this.sketch = new Sketch({ pad: part("pad"), tools: part("tools") }, {
      url: `${data.base}/lab/picture`, onPlace: (place) => this.way.mark(place),
      onPicture: (picture) => this.desk.draw(this.data.models.map(({ id }) => id), picture),
    });
    this.takeaway = new Takeaway(part("tools"), {
      board: this.board, way: this.way, onPresent: () => this.outlet.trigger("present", !this.data.present),
    });
    const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
    const server = `${scheme}//${window.location.host}${data.base}`;
    this.dimensions = new Dimensions(part("dimensions-slot"), `${server}/lab/dimensions`);
    this.desk = new Desk(`${server}/lab/bench`, {
      onProgress: (side, done, total) => this.waiting.progress(
        side, this.data.models.length, this.data.models[side].name, unitOf(this.data.settings), done, total,
      ),
      onDrawing: (side, drawing) => this.sketch.take(side, drawing, this.judges(), this.active),
      onNoDrawing: (message) => this.sketch.fail(message),
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

  /** Who judges a drawing: the models with their chosen scores, also before the first answer. */
  judges() {
    return this.data.models.map(({ name }, side) => ({ name, score: this.models[side]?.detector.name }));
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
    this.growButton.hidden = !canGrow(data.settings);
    this.takeaway.update(data);
    this.dimensions.setSettings(data.settings);
    const question = JSON.stringify([data.models.map(({ id }) => id), data.settings]);
    if (question === this.question) return;
    this.question = question;
    this.ask();
  }

  /** Asks the page's question, in the place of whatever is being worked on. */
  ask() {
    const ids = this.data.models.map(({ id }) => id);
    this.incoming = [];
    this.askedAt = performance.now();
    this.root.removeAttribute("data-failed");
    this.again.hidden = true;
    this.leaveSweep();
    setText(this.finding, this.models.length ? findingOf(this.models) : "");
    this.desk.ask(ids, this.data.settings);
    this.waiting.begin(briefly(this.data.settings, this.data.strange));
    if (this.sketch.open && this.ids !== ids.join()) this.sketch.judgeAgain();
    this.ids = ids.join();
  }

  setTheme(hint) {
    this.hint = hint ?? null;
    const theme = applyTheme(this.root, this.hint);
    const key = JSON.stringify(theme);
    if (key === this.themeKey) return;
    this.themeKey = key;
    for (const part of [this.way, this.board, this.takeaway]) part.setTheme(theme);
  }

  /** All answers are there: they are shown together, so that nothing on screen contradicts. */
  finish() {
    this.waiting.end();
    if (this.sweep.open) return;
    const answers = this.data.models.map(({ name }, side) => ({ name, study: this.incoming[side] }));
    this.root.setAttribute("data-answered", "");
    this.board.setAnswers(answers, this.data.strange, this.data);
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
    this.sketch.show(false);
    this.incoming = [];
    const { settings, models } = this.data;
    const sizes = this.sweep.begin(settings);
    this.finding.hidden = true;
    this.desk.ask(models.map(({ id }) => id), settings, sizes);
  }

  endSweep() {
    if (this.desk.open) this.desk.cancel();
    this.leaveSweep();
    this.growButton.focus();
  }

  leaveSweep() {
    if (!this.sweep.open) return;
    this.sweep.reset();
    this.finding.hidden = false;
    this.board.lookBack();
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
    if (this.sketch.open) this.sketch.show(false);
    else if (this.sweep.open) this.endSweep();
    else return false;
    return true;
  }

  choose(active) {
    this.active = active;
    this.showAll();
    this.sketch.place(active);
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
    this.waiting.end();
    this.again.hidden = false;
    setText(this.finding, this.models.length
      ? "Cancelled: what is shown is the answer before." : "Cancelled: there is no answer yet.");
  }

  fail(message) {
    this.waiting.end();
    this.leaveSweep();
    this.again.hidden = false;
    this.root.setAttribute("data-failed", "");
    setText(this.finding, message);
  }

  setLink(open) {
    if (!open) this.waiting.begin("Connecting to the server");
    else if (!this.desk.open) this.waiting.end();
    else if (this.sweep.open) {
      // It is asked again from its beginning.
      this.waiting.end();
      this.sweep.restart();
    } else this.waiting.begin(briefly(this.data.settings, this.data.strange));
  }

  stats() {
    return {
      answeredIn: this.answeredIn ?? null, busy: this.desk.open !== null, step: this.way.step,
      drawnIn: this.sketch.pad.answeredIn ?? null, verdicts: this.sketch.pad.verdicts,
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
    this.waiting.end();
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
 * @param {{data: object[], parentElement: ShadowRoot|HTMLElement, setTriggerValue: function}} component
 * @returns {function(): void} ends it, when the component is taken from the page
 */
export default function mount({ data: [data], parentElement, setTriggerValue }) {
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
