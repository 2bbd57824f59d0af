import { make } from "./dom.js";
import { LABELS, SIGNS } from "./labels.js";
import { EVERYTHING } from "./link.js";

const SECTIONS = ["abstract", "introduction", "methods", "results", "discussion", "other"];

/** @returns {boolean} whether a statement passes the filter */
export function passesFilter(statement, { labels, section, year, confidence, text }) {
  if (!labels.includes(statement.label)) return false;
  if (section && statement.section !== section) return false;
  if (year !== null && statement.year !== year) return false;
  if (!statement.relabelled && 100 * statement.probability < confidence) return false;
  const held = `${statement.before} ${statement.sentence} ${statement.after} ${statement.source.title}`.toLowerCase();
  return wantedWords(text).every((word) => held.includes(word));
}

/** @returns {string[]} the words looked for, and each phrase in quotes as one */
function wantedWords(text) {
  const found = text.toLowerCase().replace(/[\u201c\u201d]/g, '"').matchAll(/"([^"]*)"?|[^\s"]+/g);
  return [...found].map(([word, phrase]) => (phrase ?? word).trim()).filter(Boolean);
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
      title: 'Statements with all of these words; a phrase stands in "quotes"', on: { input: () => this.read() },
    });
    this.clear = make("button.chip", { type: "button", on: { click: () => this.set(EVERYTHING) } }, "Show all");
    container.replaceChildren(make("div.chips", { role: "group", aria: { label: "Labels" } }, ...this.chips),
      this.section, this.confidence, this.text, this.clear);
    this.draw();
  }

  /** While all are on, the one that is pressed is meant alone; without the last one, all are. */
  toggle(label) {
    const { labels } = this.chosen;
    if (labels.length === LABELS.length) {
      this.set({ labels: [label] });
      return;
    }
    const on = labels.includes(label);
    const left = LABELS.filter((name) => (name === label ? !on : labels.includes(name)));
    this.set({ labels: left.length ? left : [...LABELS] });
  }

  read() {
    this.set({
      section: this.section.value, confidence: Number(this.confidence.value), text: this.text.value,
    });
  }

  /** @param {object} change of the chosen values */
  set(change) {
    this.chosen = { ...this.chosen, ...change };
    this.draw();
    this.onChange(this.chosen);
  }

  draw() {
    const { labels, section, year, confidence, text } = this.chosen;
    this.section.value = section;
    this.confidence.value = String(confidence);
    // Spaces are in the field before they are in what was looked for.
    if (this.text.value !== text) this.text.value = text;
    const all = labels.length === LABELS.length;
    this.chips.forEach((chip, index) => {
      const label = LABELS[index];
      const on = labels.includes(label);
      chip.setAttribute("aria-pressed", String(on));
      chip.title = all ? `Only ${label}` : on && labels.length === 1 ? "All three again" : "";
    });
    this.clear.hidden = all && !section && year === null && !confidence && !text;
  }
}
