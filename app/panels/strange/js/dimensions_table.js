import { DIMENSIONS } from "./dimensions_words.js";
import { make, setText } from "./dom.js";
import { fixed, percent } from "./numbers.js";
import { SCORES } from "./study.js";

/** The two losses, as the table's halves name them, and the score that each begins with. */
export const HALVES = [
  { loss: "softmax", name: "Softmax", first: "max_probability" },
  { loss: "lgm", name: "L-GM", first: "log_likelihood" },
];
const COLUMNS = [
  { title: "AUROC", of: (figures, score) => intervalOf(figures.scores[score].auroc, (x) => fixed(x, 3)) },
  { title: "caught at 5 %", of: (figures, score) => intervalOf(caughtOf(figures.scores[score].fpr95), percent) },
  { title: "accuracy", of: (figures) => [percent(figures.accuracy_clean), ""] },
  { title: "when attacked", of: (figures) => [percent(figures.accuracy_attacked), ""] },
];

/** A row for each dimension, a half for each loss, and a choice of the score above each half. */
export class DimensionsTable {
  /** @param {function(): void} onScore another score was chosen */
  constructor(onScore) {
    this.chosen = {};
    this.choices = {};
    const heads = HALVES.map(({ loss, name, first }) => {
      this.chosen[loss] = first;
      const choice = make("select.score", { aria: { label: `Score of ${name}` }, on: {
        change: () => {
          this.chosen[loss] = choice.value;
          onScore();
        },
      } });
      this.choices[loss] = choice;
      this.offer(loss, [first]);
      return make("th.half", { scope: "colgroup", colSpan: COLUMNS.length },
        make("span.half-head", {}, make("b", {}, name), choice));
    });
    const titles = HALVES.flatMap(() => COLUMNS.map(({ title }, i) =>
      make(i ? "th" : "th.half", { scope: "col" }, title)));
    this.rows = DIMENSIONS.map((dim) => HALVES.map(() => COLUMNS.map((_, i) => {
      const [value, range] = [make("span.value"), make("span.range")];
      return { value, range, cell: make(i ? "td" : "td.half", {}, value, range) };
    })));
    this.root = make("div.dimensions-table",
      { tabIndex: 0, role: "region", aria: { label: "Figures by feature dimension" } },
      make("table", {},
        make("thead", {},
          make("tr", {}, make("td"), ...heads),
          make("tr", {}, make("th", { scope: "col" }, "D"), ...titles)),
        make("tbody", {}, ...DIMENSIONS.map((dim, i) => make("tr", {},
          make("th", { scope: "row" }, String(dim)),
          ...this.rows[i].flat().map(({ cell }) => cell))))));
  }

  /** @param {string} loss @param {string[]} scores that its models have */
  offer(loss, scores) {
    const choice = this.choices[loss];
    if (scores.join() === Array.from(choice.options, ({ value }) => value).join()) return;
    choice.replaceChildren(...scores.map((value) => make("option", {
      value, textContent: SCORES[value].title, selected: value === this.chosen[loss],
    })));
  }

  /** @param {function(string, number): ?object} figuresOf a loss and a dimension */
  show(figuresOf) {
    for (const { loss } of HALVES) {
      const known = DIMENSIONS.map((dim) => figuresOf(loss, dim)).find(Boolean);
      if (known) this.offer(loss, Object.keys(known.scores).filter((name) => name in SCORES));
    }
    DIMENSIONS.forEach((dim, row) => HALVES.forEach(({ loss }, half) => {
      const figures = figuresOf(loss, dim);
      COLUMNS.forEach(({ of }, column) => {
        const [value, range] = figures ? of(figures, this.chosen[loss]) : ["–", ""];
        setText(this.rows[row][half][column].value, value);
        setText(this.rows[row][half][column].range, range);
      });
    }));
  }
}

/** A false-positive rate as the share that is caught, its interval turned round with it. */
function caughtOf({ value, low, high }) {
  return { value: 1 - value, low: 1 - high, high: 1 - low };
}

function intervalOf({ value, low, high }, write) {
  return [write(value), `${write(low).replace(" %", "")} to ${write(high)}`];
}
