import { make } from "./dom.js";

/** Never a tool bar over a small chart, and nothing that a stray click could change. */
export const CHART_OPTIONS = { displayModeBar: false, responsive: false, doubleClick: false };

/** A Plotly chart that follows its room, the theme, and the moment when Plotly is there. */
export class Chart {
  /** @param {...Node} above what lies over the plot */
  constructor(...above) {
    this.plot = make("div.plot");
    this.slot = make("div.plot-slot", {}, this.plot, ...above);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.slot);
  }

  setTheme(theme) {
    this.theme = theme;
    this.draw();
  }

  /** @param {?object} plotly null where it is not to be had: the chart stays empty then */
  setPlotly(plotly) {
    this.plotly = plotly;
    this.draw();
  }

  /** Whether all is there that a drawing needs. */
  get ready() {
    return Boolean(this.plotly && this.theme && this.slot.clientWidth);
  }

  /** @returns {{title: string, note: string}} what a picture of it says beside itself */
  get caption() {
    return { title: "", note: "" };
  }

  /**
   * @returns {Promise<?{title: string, note: string, svg: string, width: number, height: number}>}
   *   the chart as it stands, an SVG in a data URL; null before it was drawn
   */
  async picture() {
    if (!this.ready || !this.plot.data) return null;
    const { clientWidth: width, clientHeight: height } = this.slot;
    const svg = await this.plotly.toImage(this.plot, { format: "svg", width, height });
    return { ...this.caption, svg, width, height };
  }

  destroy() {
    this.observer.disconnect();
    if (this.plot.data) this.plotly?.purge(this.plot);
  }
}
