import { Axis } from "./axis.js";
import { CHART_OPTIONS, Chart } from "./chart.js";
import { make, setText } from "./dom.js";
import { fixed, percent } from "./numbers.js";
import { SCORES } from "./study.js";

const BINS = 48;
const PLOT_MARGIN = { l: 34, r: 12, t: 26, b: 22 };
/** Share of the inputs below the axis's left end: they are counted in the first bar. */
const LEFT_OUT = 0.01;

/** Clean digits beside strange inputs on one score's axis, with the threshold to be dragged. */
export class Histogram extends Chart {
  /**
   * @param {HTMLElement} container
   * @param {{onScore: function(string): void, onThreshold: function(): void}} listener
   */
  constructor(container, { onScore, onThreshold }) {
    const slider = make("input.threshold", {
      type: "range", min: 0, max: 1000, step: 1,
      aria: { label: "Threshold: what lies left of it is called strange" },
      on: { input: () => this.drag() },
    });
    super(slider);
    this.slider = slider;
    this.onThreshold = onThreshold;
    this.name = make("h2");
    this.choice = make("select.score", { aria: { label: "Score" }, on: {
      change: () => onScore(this.choice.value),
    } });
    this.auroc = make("span.figures");
    this.reading = make("p.help.reading");
    container.append(make("section.card.histogram", {},
      make("header", {}, this.name, this.choice, this.auroc), this.slot, this.reading));
  }

  /**
   * @param {string} model its name
   * @param {string[]} scores that it has
   * @param {import("./detector.js").Detector} detector
   * @param {string} strange what the strange inputs are called
   */
  setDetector(model, scores, detector, strange) {
    Object.assign(this, { detector, strange });
    setText(this.name, model);
    const options = scores.map((name) => make("option", {
      value: name, textContent: SCORES[name].title, selected: name === detector.name,
    }));
    this.choice.replaceChildren(...options);
    this.measure();
    this.draw();
    this.told();
  }

  /** Counts both kinds of inputs in bins of the axis, which has room for all of a sweep. */
  measure() {
    const { name, clean, abnormal, others } = this.detector;
    this.axis = new Axis(name, [clean, abnormal, ...others]);
    const placesOf = (scores) => Float64Array.from(scores, (score) => this.axis.place(score));
    const places = [clean, abnormal].map(placesOf);
    const all = Float64Array.from([...places[0], ...places[1], ...others.flatMap((s) => [...placesOf(s)])]);
    all.sort();
    const low = all[Math.floor(LEFT_OUT * (all.length - 1))];
    const high = all.at(-1);
    const width = (high - low || 1) / BINS;
    this.range = { low, high: low + width * BINS, width };
    this.shares = places.map((side) => {
      const counts = new Float64Array(BINS);
      for (const place of side) {
        const bin = Math.floor((place - low) / width);
        counts[Math.min(Math.max(bin, 0), BINS - 1)] += 1 / side.length;
      }
      return Array.from(counts);
    });
  }

  draw() {
    if (!this.ready || !this.detector) return;
    const { low, width } = this.range;
    const { accent, alpha } = this.theme;
    const x = Array.from({ length: BINS }, (_, i) => low + (i + 0.5) * width);
    const cut = this.axis.place(this.detector.threshold);
    const opacities = (caught, passed) => x.map((place) => (place < cut ? caught : passed));
    const bars = (y, color, opacity, name) => ({
      type: "bar", x, y, width, name, marker: { color, opacity, line: { width: 0 } },
      hovertemplate: `%{y:.1%} of the ${name}<extra></extra>`,
    });
    this.plotly.react(this.plot, [
      bars(this.shares[0], accent, opacities(0.85, 0.5), "clean digits"),
      bars(this.shares[1], alpha, opacities(0.85, 0.4), this.strange),
    ], this.layout(cut), CHART_OPTIONS);
    const { high } = this.range;
    const share = Math.min(Math.max((cut - low) / (high - low), 0), 1);
    this.slider.value = String(Math.round(1000 * share));
    this.slider.setAttribute("aria-valuetext", this.reading.textContent);
  }

  layout(cut) {
    const { ink, muted, hairline, font, accent, alpha } = this.theme;
    const { low, high } = this.range;
    const ticks = this.axis.ticks(low, high);
    const at = Math.min(Math.max(cut, low), high);
    const leftOf = at > (low + high) / 2;
    return {
      width: this.slot.clientWidth, height: this.slot.clientHeight, margin: PLOT_MARGIN,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: font, size: 11, color: muted }, barmode: "overlay", bargap: 0,
      showlegend: false, dragmode: false, hovermode: "closest",
      xaxis: { range: [low, high], fixedrange: true, showgrid: false, zeroline: false, nticks: 6, ...ticks },
      yaxis: {
        range: [0, 1.08 * Math.max(...this.shares.flat())], fixedrange: true, nticks: 3, tickformat: ".0%",
        gridcolor: hairline, zerolinecolor: hairline,
      },
      shapes: [{
        type: "line", x0: at, x1: at, y0: 0, y1: 1, yref: "paper", line: { color: ink, width: 2 },
      }],
      annotations: [
        { x: at, y: 1, yref: "paper", yanchor: "bottom", xanchor: leftOf ? "right" : "left",
          text: leftOf ? "◂ strange " : " ◂ strange", showarrow: false, font: { color: muted } },
        // On the side where the threshold is not.
        { x: Number(!leftOf), y: 1, xref: "paper", yref: "paper", xanchor: leftOf ? "left" : "right",
          yanchor: "bottom", showarrow: false,
          text: `<span style="color:${accent}">clean</span>  <span style="color:${alpha}">${this.strange}</span>` },
      ],
    };
  }

  drag() {
    const { low, high } = this.range;
    const place = low + (Number(this.slider.value) / 1000) * (high - low);
    this.detector.threshold = this.axis.score(place);
    this.draw();
    this.told();
    this.onThreshold();
  }

  get caption() {
    const title = `${this.name.textContent}: ${SCORES[this.detector.name].title}, ${this.auroc.textContent}`;
    return { title, note: this.reading.textContent };
  }

  told() {
    const { falseAlarms, caught, figures } = this.detector;
    const { value, low, high } = figures.auroc;
    setText(this.auroc, `AUROC ${fixed(value, 3)} (${fixed(low, 3)} to ${fixed(high, 3)})`);
    setText(this.reading, `Called strange: ${percent(caught)} of the ${this.strange}, `
      + `${percent(falseAlarms)} of the clean digits${this.axis.kind === "plain" ? "" : " · log axis"}`);
  }
}
