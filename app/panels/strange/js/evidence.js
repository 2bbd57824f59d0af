import { CHART_OPTIONS, Chart } from "./chart.js";
import { make } from "./dom.js";
import { fixed, percent } from "./numbers.js";
import { SCORES } from "./study.js";

/** The curves' colours in words, in the order of the models. */
const TONES = ["grey", "blue"];

/** ROC curves of both models' chosen scores, and the figures of all scores. */
export class Evidence extends Chart {
  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.body = make("tbody");
    this.words = make("div.help.words");
    root.append(
      make("figure.roc", {}, make("figcaption", {}, "caught, over false alarms"), this.slot),
      this.table(),
      this.words,
    );
    this.models = [];
  }

  table() {
    const heads = ["score", "AUROC", "caught at 5 %"].map((text) => make("th", { scope: "col" }, text));
    return make("div.scores",
      { tabIndex: 0, role: "region", aria: { label: "Figures of all scores" } },
      make("table", {}, make("thead", {}, make("tr", {}, ...heads)), this.body));
  }

  /**
   * @param {{name: string, shown: import("./study.js").Study, detector:
   *   import("./detector.js").Detector}[]} models shown: whose figures the table has
   * @param {string[]} lessons what to take from it
   */
  setModels(models, lessons) {
    this.models = models;
    this.curves = models.map(({ detector }) => detector.curve());
    this.words.replaceChildren(...lessons.map((lesson) => make("p", {}, lesson)));
    this.body.replaceChildren(...models.flatMap((model) => this.rows(model)));
    this.draw();
  }

  rows({ name, shown, detector }) {
    return Object.entries(shown.figures.scores).map(([score, { auroc, fpr95 }]) => make(
      "tr", { className: score === detector.name ? "taken" : "" },
      make("th", { scope: "row" }, `${name}: ${SCORES[score].title}`),
      make("td", {}, interval(auroc, (value) => fixed(value, 3))),
      make("td", {}, interval(
        { value: 1 - fpr95.value, low: 1 - fpr95.high, high: 1 - fpr95.low }, (value) => percent(value),
      )),
    ));
  }

  get caption() {
    const scores = this.models.map(({ name, detector }, side) =>
      `${TONES[side]}: ${name}, ${SCORES[detector.name].title}`);
    return { title: "Caught, over false alarms", note: scores.join("; ") };
  }

  draw() {
    if (!this.ready || !this.models.length) return;
    const { muted, accent, hairline, font } = this.theme;
    const tones = [muted, accent];
    const traces = this.models.flatMap(({ name, detector }, side) => [
      { type: "scatter", mode: "lines", ...this.curves[side], name, hoverinfo: "name",
        line: { color: tones[side], width: 1.6 } },
      { type: "scatter", mode: "markers", x: [detector.falseAlarms], y: [detector.caught],
        hoverinfo: "skip", marker: { color: tones[side], size: 9 } },
    ]);
    traces.unshift({ type: "scatter", mode: "lines", x: [0, 1], y: [0, 1], hoverinfo: "skip",
      line: { color: hairline, width: 1, dash: "dot" } });
    const axis = { range: [-0.03, 1.03], fixedrange: true, showgrid: false, zeroline: false,
      tickvals: [0, 0.5, 1], linecolor: hairline, mirror: true, showline: true };
    this.plotly.react(this.plot, traces, {
      width: this.slot.clientWidth, height: this.slot.clientHeight,
      margin: { l: 28, r: 6, t: 4, b: 20 }, paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)", font: { family: font, size: 11, color: muted },
      showlegend: false, dragmode: false, xaxis: axis, yaxis: axis,
    }, CHART_OPTIONS);
  }
}

function interval({ value, low, high }, write) {
  return `${write(value)}  (${write(low)} to ${write(high)})`;
}
