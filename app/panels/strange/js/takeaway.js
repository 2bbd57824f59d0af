import { figuresCsv, inputsCsv } from "./figures_csv.js";
import { findingOf } from "./findings.js";
import { Tools } from "./menu.js";
import { posterHtml, posterPng } from "./poster.js";

const KEYS = [
  ["Space", "walk the chosen input's way, or pause"],
  [", and .", "one step back, one on"],
  ["Arrows in a panel", "from input to input; Enter chooses"],
  ["+ − 0 in a panel", "zoom in, out, to all"],
  ["?", "this list"],
  ["Esc", "close what is open"],
];

/** What can be taken from the page: its link, its figures, its picture on the projector. */
export class Takeaway {
  /**
   * @param {HTMLElement} container
   * @param {{board: import("./board.js").Board, way: import("./way.js").Way,
   *   onPresent: function(): void}} parts
   */
  constructor(container, { board, way, onPresent }) {
    Object.assign(this, { board, way });
    this.tools = new Tools(container, { keyHelp: KEYS, onPresent });
    this.downloads = [
      { label: "Figures (PNG)", filename: "strange-inputs.png", make: async () => posterPng(await this.poster()) },
      { label: "Figures (HTML, offline)", filename: "strange-inputs.html",
        make: async () => posterHtml(await this.poster()) },
      { label: "Table (CSV)", filename: "strange-inputs.csv", make: async () => figuresCsv(this.shown) },
      { label: "Scores of every input (CSV)", filename: "strange-inputs-scores.csv",
        make: async () => inputsCsv(this.board.models) },
    ];
  }

  /** @param {{share: string, present: boolean}} data of the page script */
  update({ share, present }) {
    const { models } = this.board;
    const scores = models.map(({ detector }) => detector.name).join(".");
    const moved = models.some(({ detector }) => detector.moved);
    // Nine digits tell every score apart: they come as 32-bit numbers.
    const thresholds = moved ? `&thresholds=${models.map(({ detector }) => thresholdOf(detector)).join("_")}` : "";
    const link = share && scores ? `${share}${share === "?" ? "" : "&"}scores=${scores}${thresholds}` : share;
    this.tools.update({ share: link, present, exports: models.length ? this.downloads : [] });
  }

  /** The models with the figures that are on screen: a growing attack has others than the page. */
  get shown() {
    return this.board.models.map((model) => ({ ...model, study: model.shown }));
  }

  setTheme(theme) {
    this.theme = theme;
  }

  async poster() {
    const { strange, charts } = this.board;
    const models = this.shown;
    const { inputs, attack, epsilon } = models[0].study.figures.settings;
    let title = `Strange inputs: ${strange}`;
    if (inputs === "adversarial") title = attack === "none" ? "Clean digits" : `${attack.toUpperCase()}, ε ${epsilon}`;
    return {
      title, finding: findingOf(models, ""), models, theme: this.theme,
      way: this.way.snapshot(), wayNote: wayNoteOf(this.board.models),
      charts: (await Promise.all(charts.map((chart) => chart.picture()))).filter(Boolean),
    };
  }

  toggleKeys() {
    this.tools.toggleKeys();
  }

  close() {
    return this.tools.close();
  }

  destroy() {
    this.tools.destroy();
  }
}

function thresholdOf({ moved, threshold }) {
  return moved ? String(Number(threshold.toPrecision(9))) : "";
}

/** The picture is of the page's own question, whatever size the histograms show. */
function wayNoteOf(models) {
  const { inputs, attack, epsilon } = models[0].study.figures.settings;
  return inputs === "adversarial" && attack !== "none" ? `Feature space, ε ${epsilon}` : "Feature space";
}
