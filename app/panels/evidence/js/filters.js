import { make } from "./dom.js";
import { LABELS, SIGNS } from "./labels.js";

/** What is shown when nothing is chosen. */
export const EVERYTHING = { labels: [...LABELS], section: "", year: null, confidence: 0, text: "" };

const SECTIONS = ["abstract", "introduction", "methods", "results", "discussion", "other"];

/** @returns {boolean} whether a statement passes the filter */
export function passesFilter(statement, { labels, section, year, confidence, text }) {
  if (!labels.includes(statement.label)) return false;
  if (section && statement.section !== section) return false;
  if (year !== null && statement.year !== year) return false;
  if (!statement.relabelled && 100 * statement.probability < confidence) return false;
  const wanted = text.trim().toLowerCase();
  if (!wanted) return true;
  return `${statement.before} ${statement.sentence} ${statement.after} ${statement.source.title}`
    .toLowerCase().includes(wanted);
}

/** The row of filters: by label, section, confidence and text; the year is chosen in its column. */
export class Filters {
  /** @param {HTMLElement} container @param {function(object): void} onChange of what is chosen */
  constructor(container, onChange) {
    this.onChange = onChange;
    this.chosen = { ...EVERYTHING };
    this.chips = LABELS.map((label) => make(`button.chip.${label}`, {
      type: "button", on: { click: () => this.toggle(label) },
    }, `${SIGNS[label]} ${label}`));
    this.section = make("select", { aria: { label: "Section" }, on: { change: () => this.read() } },
      make("option", { value: "" }, "all sections"),
      ...SECTIONS.map((name) => make("option", { value: name }, name)));
    this.confidence = make("select", { aria: { label: "Confidence" }, on: { change: () => this.read() } },
      ...[0, 60, 75, 90].map((value) =>
        make("option", { value: String(value) }, value ? `at least ${value} % sure` : "however sure")));
    this.text = make("input", {
      type: "search", placeholder: "Search the text", aria: { label: "Search the text" }, maxLength: 200,
      on: { input: () => this.read() },
    });
    this.clear = make("button.chip", { type: "button", on: { click: () => this.reset() } }, "Show all");
    container.replaceChildren(make("div.chips", { role: "group", aria: { label: "Labels" } }, ...this.chips),
      this.section, this.confidence, this.text, this.clear);
    this.draw();
  }

  toggle(label) {
    const on = this.chosen.labels.includes(label);
    const labels = LABELS.filter((name) => (name === label ? !on : this.chosen.labels.includes(name)));
    this.set({ labels: labels.length ? labels : [...LABELS] });
  }

  read() {
    this.set({
      section: this.section.value, confidence: Number(this.confidence.value), text: this.text.value,
    });
  }

  reset() {
    this.section.value = "";
    this.confidence.value = "0";
    this.text.value = "";
    this.set({ ...EVERYTHING });
  }

  /** @param {object} change of the chosen values */
  set(change) {
    this.chosen = { ...this.chosen, ...change };
    this.draw();
    this.onChange(this.chosen);
  }

  draw() {
    this.chips.forEach((chip, index) =>
      chip.setAttribute("aria-pressed", String(this.chosen.labels.includes(LABELS[index]))));
    const { labels, section, year, confidence, text } = this.chosen;
    this.clear.hidden = labels.length === LABELS.length && !section && year === null && !confidence && !text;
  }
}
