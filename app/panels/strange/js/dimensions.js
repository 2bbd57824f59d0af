import { DimensionsTable, HALVES } from "./dimensions_table.js";
import { DIMENSIONS, comparisonOf, reasonOf } from "./dimensions_words.js";
import { make, setText } from "./dom.js";
import { Line } from "./line.js";
import { grouped } from "./numbers.js";
import { questionOf } from "./question.js";

/** Questions whose figures are kept in the page. */
const KEPT = 24;

/** The same question to models of 2, 8, 32 and 64 features: asked for, then shown in a table. */
export class Dimensions {
  /** @param {HTMLElement} root @param {string} url of the WebSocket */
  constructor(root, url) {
    Object.assign(this, { root, url });
    this.number = 0;
    /** @type {?{key: string, text: string, known: boolean}} the question that is being answered */
    this.open = null;
    /** Figures by question and model; a Map keeps the order in which they came. */
    this.answers = new Map();
    this.untrained = null;
    this.table = new DimensionsTable(() => this.draw());
    this.caption = make("p.caption");
    this.say = make("p.help.cost");
    this.button = make("button.tool", { type: "button", on: { click: () => this.compute() } });
    this.progress = make("progress", { max: 1, aria: { label: "Models done" } });
    this.doing = make("span.doing");
    this.work = make("div.work", { hidden: true }, this.progress, this.doing, make("button.tool", {
      type: "button", textContent: "Cancel", on: { click: () => this.cancel() },
    }));
    this.offerLine = make("div.offer", {}, this.button, this.say);
    this.finding = make("p.dimensions-finding", { role: "status", aria: { live: "polite" } });
    this.reason = make("p.help.reason");
    this.box = make("details.card.dimensions", { on: { toggle: () => this.opened() } },
      make("summary", {}, make("b", {}, "Dimension matters"),
        make("span.help", {}, "the same question to models of 2, 8, 32 and 64 features")),
      this.caption, this.table.root, this.finding, this.reason, this.offerLine, this.work);
    root.append(this.box);
  }

  /** @param {object} settings of the page's study */
  setSettings(settings) {
    const key = JSON.stringify(settings);
    if (key === this.key) return;
    Object.assign(this, { settings, key });
    this.shown ??= key;
    this.words ??= questionOf(settings);
    this.look();
  }

  opened() {
    if (!this.box.open) return;
    this.line ??= new Line(this.url, {
      onLink: (open) => this.link(open), onMessage: (data) => this.hear(JSON.parse(data)),
    });
    this.look();
  }

  /** Asks for what is known already, unless something is being computed. */
  look() {
    this.draw();
    if (this.line && !this.busy) this.ask(true);
  }

  compute() {
    this.failure = "";
    this.show(this.key, this.settings);
    this.step = null;
    this.ask(false);
    this.draw();
  }

  ask(known) {
    this.number += 1;
    const question = { ask: this.number, settings: this.settings, ...(known ? { known } : {}) };
    this.open = { key: this.key, settings: this.settings, known, text: JSON.stringify(question) };
    this.line.send(this.open.text);
  }

  cancel() {
    this.number += 1;
    this.open = null;
    this.line.send(JSON.stringify({ ask: this.number }));
    this.look();
    this.button.focus();
  }

  get busy() {
    return this.open !== null && !this.open.known;
  }

  link(open) {
    if (open && this.open) this.line.send(this.open.text);
    else if (!open && this.busy) this.step = { doing: "connecting" };
    this.draw();
  }

  hear(message) {
    if (message.ask !== null && message.ask !== this.number) return;
    if (message.type === "state") this.step = message;
    else if (message.type === "figures") this.keep(message);
    else if (message.type === "known") this.untrained = message.untrained;
    else if (message.type === "done") this.finish();
    else if (message.type === "error") this.finish(message.message);
    this.draw();
  }

  keep(message) {
    const { key, settings } = this.open;
    const answer = this.answers.get(key) ?? new Map();
    answer.set(`${message.loss} ${message.dim}`, message);
    this.answers.delete(key);
    this.answers.set(key, answer);
    for (const old of this.answers.keys()) {
      if (this.answers.size <= KEPT) break;
      if (old !== this.shown) this.answers.delete(old);
    }
    this.show(key, settings);
  }

  finish(failure = "") {
    const { busy } = this;
    this.open = null;
    this.failure = failure;
    // What the page asks now may have changed meanwhile.
    if (busy && !failure && this.shown !== this.key) this.ask(true);
  }

  show(key, settings) {
    this.shown = key;
    this.words = questionOf(settings);
  }

  figuresOf(loss, dim) {
    return this.answers.get(this.shown)?.get(`${loss} ${dim}`) ?? null;
  }

  draw() {
    if (!this.settings || !this.box.open) return;
    const rows = DIMENSIONS.map((dim) => ({
      dim, ...Object.fromEntries(HALVES.map(({ loss }) => [loss, this.figuresOf(loss, dim)])),
    })).filter(({ softmax, lgm }) => softmax && lgm);
    const { chosen } = this.table;
    this.table.show((loss, dim) => this.figuresOf(loss, dim));
    const empty = !this.answers.get(this.shown)?.size;
    this.table.root.hidden = empty && !this.busy;
    const other = this.shown !== this.key && !empty;
    this.caption.classList.toggle("other", other);
    const asked = empty ? questionOf((this.open ?? this).settings) : this.words;
    setText(this.caption, other ? `These figures are for other settings than the page's: ${asked}.`
      : `For ${asked}. One training of each model; the intervals speak of the digits alone.`);
    setText(this.finding, this.failure || (this.busy ? "" : comparisonOf(rows, chosen)));
    this.finding.classList.toggle("failed", Boolean(this.failure));
    setText(this.reason, this.busy ? "" : reasonOf(rows, chosen));
    this.drawWork(rows.length === DIMENSIONS.length && !other);
  }

  /** The button with what it costs, or how far the work is. */
  drawWork(whole) {
    this.work.hidden = !this.busy;
    this.offerLine.hidden = this.busy || whole;
    setText(this.button, this.shown !== this.key && this.answers.get(this.shown)?.size
      ? `Compute for ${questionOf(this.settings)}` : "Compute");
    setText(this.say, costOf(this.untrained));
    if (!this.busy) return;
    const done = this.answers.get(this.open.key)?.size ?? 0;
    const share = this.step?.total ? this.step.done / this.step.total : 0;
    this.progress.value = (done + 0.98 * Math.min(share, 1)) / (DIMENSIONS.length * HALVES.length);
    setText(this.doing, stepWords(this.step));
  }

  destroy() {
    this.line?.close();
    this.root.replaceChildren();
  }
}

/** @param {?number} untrained models that have to be trained first; null while that is unknown */
function costOf(untrained) {
  if (untrained === 0) return "Attacks eight models that are trained already, in the background.";
  const count = untrained === null ? "up to six" : ["", "one", "two", "three", "four", "five", "six"][untrained];
  return `Trains ${count} small model${untrained === 1 ? "" : "s"} once, some minutes, in the background. `
    + "The pair of 64 features comes with the lab.";
}

function stepWords(step) {
  if (!step?.loss) return step ? "Connecting to the server" : "Beginning";
  const model = `D = ${step.dim}, ${HALVES.find(({ loss }) => loss === step.loss).name}`;
  if (step.doing === "waiting") return `${model}: waiting for its turn`;
  const far = step.total > 1 ? `, step ${grouped(step.done)} of ${grouped(step.total)}` : "";
  return `${model}: ${step.doing === "training" ? "training" : "judging inputs"}${far}`;
}
