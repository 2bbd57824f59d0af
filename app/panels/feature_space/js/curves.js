import { make, setText } from "./dom.js";
import { fixed, grouped, percent } from "./numbers.js";
import { calmCeiling, seriesOf, valuesAt } from "./series.js";

/** Every chart is redrawn at most this often, in milliseconds, and they take turns. */
const REDRAW_INTERVAL = 2000;

const CHART_MARGIN = { l: 34, r: 6, t: 6, b: 4 };

/** What the charts show: their lines, and how a value is written in the title line. */
const CHARTS = [
  {
    title: ["loss: classification, ", { text: "likelihood", tone: "lambda" }],
    help: "Loss terms over the steps; the likelihood before it is weighted with λ",
    lines: [{ of: "classification" }, { of: "likelihood", tone: "lambda" }],
    shown: "classification", format: (value) => fixed(value, 2),
  },
  {
    title: ["accuracy: test, ", { text: "train", tone: "dotted" }],
    help: "Share of right answers: on test digits, and on the digits just trained on",
    lines: [{ of: "train", dash: "dot" }, { of: "test" }],
    shown: "test", format: (value) => percent(value), ceiling: 1.02, ticks: ".0%",
  },
  {
    title: ["spread ÷ distance of classes"],
    help: "Distance of digits to their class mean, divided by the distance between class means",
    lines: [{ of: "compactness" }],
    shown: "compactness", format: (value) => fixed(value, 2),
  },
  {
    title: ["digits a second"],
    help: "Training digits that went through each network in a second of training",
    lines: [{ of: "rate" }],
    shown: "rate", format: (value) => grouped(value ?? NaN), ticks: "~s", least: 100,
  },
];

/** The evidence: four small charts of both runs over the steps. */
export class Curves {
  /**
   * @param {HTMLElement} container
   * @param {{loadPlotly: function(): Promise<?object>, onPick: function(number): void}} source
   *   loadPlotly: null where it is not to be had; the charts are left out then
   */
  constructor(container, { loadPlotly, onPick }) {
    this.loadPlotly = loadPlotly;
    this.onPick = onPick;
    this.theme = null;
    this.lines = [];
    this.dirty = new Set();
    this.time = { position: 0, total: 1, live: true };
    this.hoverStep = null;
    this.charts = CHARTS.map((chart) => this.build(chart));
    container.append(...this.charts.map(({ root }) => root));
    this.observer = new ResizeObserver(() => this.touch());
    this.observer.observe(container);
  }

  build(chart) {
    const values = [make("b.left-run"), make("b.right-run")];
    const plot = make("div.plot");
    const cursor = make("div.cursor", { hidden: true });
    const title = chart.title.map((part) =>
      typeof part === "string" ? part : make(`span.${part.tone}`, {}, part.text));
    const root = make("figure.curve", { title: chart.help },
      make("figcaption", {}, make("span", {}, ...title), make("span.values", {}, ...values)),
      make("div.plot-slot", {}, plot, cursor));
    return { ...chart, root, plot, values, cursor, drawnAt: 0 };
  }

  /** Loads Plotly, the first time that it is called. */
  async start() {
    if (this.started) return;
    this.started = true;
    this.plotly = await this.loadPlotly().catch(() => null);
    this.touch();
  }

  setTheme(theme) {
    this.theme = theme;
    this.touch();
  }

  touch() {
    for (const chart of this.charts) this.dirty.add(chart);
  }

  /**
   * @param {{scalars: object[], batchSize: number, scalarsAt: function(number): ?object}[]} runs
   *   left and right
   */
  setRuns(runs) {
    this.runs = runs;
    this.linesStale = true;
    this.touch();
  }

  /** @param {{position: number, total: number, live: boolean}} time */
  setTime(time) {
    if (time.total !== this.time.total) this.touch();
    this.time = time;
    this.showCursor();
  }

  showCursor() {
    const { position, total, live } = this.time;
    const step = this.hoverStep ?? position;
    const hidden = live && this.hoverStep === null;
    for (const { cursor } of this.charts) {
      if (cursor.hidden !== hidden) cursor.hidden = hidden;
      cursor.style.setProperty("--at", (step / Math.max(total, 1)).toFixed(4));
    }
    this.showValues(step);
  }

  showValues(step) {
    const values = this.lines.map((lines, side) => ({
      ...valuesAt(lines, step),
      // As the panel has it: the line shows means over several frames.
      test: this.runs[side].scalarsAt(step)?.test_accuracy ?? null,
    }));
    for (const chart of this.charts) {
      values.forEach((at, i) => setText(chart.values[i], at ? chart.format(at[chart.shown]) : ""));
    }
  }

  /** Redraws at most one chart: never more work in a display frame than that. */
  tick(now) {
    if (!this.plotly || !this.theme || !this.dirty.size) return;
    const chart = this.charts
      .filter((one) => this.dirty.has(one) && now - one.drawnAt >= REDRAW_INTERVAL)
      .sort((a, b) => a.drawnAt - b.drawnAt)[0];
    if (!chart || now - (this.anyDrawnAt ?? 0) < REDRAW_INTERVAL / CHARTS.length) return;
    this.anyDrawnAt = chart.drawnAt = now;
    this.dirty.delete(chart);
    this.redraw(chart);
  }

  redraw(chart) {
    if (this.linesStale) {
      this.lines = (this.runs ?? []).map(({ scalars, batchSize }) => seriesOf(scalars, batchSize));
      this.linesStale = false;
      this.showCursor();
    }
    const tones = [this.theme.muted, this.theme.accent];
    const traces = this.lines.flatMap((lines, side) => chart.lines
      .filter(({ of }) => lines[of].some((value) => value !== null))
      .map(({ of, tone, dash }) => ({
        type: "scatter", mode: "lines", x: lines.steps, y: lines[of], hoverinfo: "none",
        connectgaps: false,
        line: {
          color: tone ? this.theme[tone] : tones[side], width: 1.4,
          dash: dash ?? (tone && side === 0 ? "dash" : "solid"),
        },
      })));
    const first = chart.plot.data === undefined;
    this.plotly.react(chart.plot, traces, this.layout(chart, traces), {
      displayModeBar: false, responsive: false, doubleClick: false,
    });
    if (first) this.listen(chart);
  }

  layout(chart, traces) {
    const { ink, muted, hairline, font } = this.theme;
    const values = traces.map(({ y }) => y);
    const low = Math.min(0, ...values.flat().filter((value) => value !== null));
    return {
      width: chart.plot.clientWidth, height: chart.plot.clientHeight, margin: CHART_MARGIN,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: font, size: 11, color: muted },
      showlegend: false, hovermode: "x", dragmode: false, hoverdistance: -1,
      xaxis: {
        range: [0, Math.max(this.time.total, 1)], fixedrange: true, showgrid: false,
        zeroline: false, showticklabels: false, showspikes: false, color: ink,
      },
      yaxis: {
        range: [low, chart.ceiling ?? Math.max(calmCeiling(values), chart.least ?? 0)], fixedrange: true, nticks: 3,
        gridcolor: hairline, zerolinecolor: hairline, ticks: "",
        tickformat: chart.ticks ?? "~g",
      },
    };
  }

  listen(chart) {
    chart.plot.on("plotly_hover", ({ points }) => {
      this.hoverStep = points[0]?.x ?? null;
      this.showCursor();
    });
    chart.plot.on("plotly_unhover", () => {
      this.hoverStep = null;
      this.showCursor();
    });
    chart.plot.on("plotly_click", ({ points }) => {
      if (points.length) this.onPick(points[0].x);
    });
  }

  destroy() {
    this.observer.disconnect();
    for (const { plot } of this.charts) if (plot.data) this.plotly?.purge(plot);
  }
}

/**
 * Plotly from a script of ours; loaded once a page.
 *
 * @param {string} url
 * @returns {Promise<object>}
 */
export function loadPlotlyFrom(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  return new Promise((resolve, reject) => {
    const script = make("script", { src: url, async: true });
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => reject(new Error("The charts cannot be loaded.")));
    document.head.append(script);
  });
}
