import { Detector } from "./detector.js";
import { Evidence } from "./evidence.js";
import { lessonsOf } from "./findings.js";
import { Histogram } from "./histogram.js";

/**
 * A model with what it makes of the inputs.
 *
 * @typedef {object} Judged
 * @property {string} name of the model
 * @property {import("./study.js").Study} study the answer to the page's question
 * @property {import("./study.js").Study} shown whose figures are on screen: the study's, or those
 *   of another size of the attack
 * @property {string[]} scores that it has
 * @property {Detector} detector the chosen score with its threshold
 */

/** The histograms with their thresholds, the ROC and the table: all that judges by scores. */
export class Board {
  /**
   * @param {{histograms: HTMLElement, evidence: HTMLElement}} places
   * @param {number} count of models
   * @param {{onMoved: function(): void, onScore: function(): void}} listener
   */
  constructor({ histograms, evidence }, count, { onMoved, onScore }) {
    this.onScore = onScore;
    /** @type {Judged[]} */
    this.models = [];
    this.frames = [];
    this.index = null;
    /** The scores that a person has chosen, by side. */
    this.chosen = [];
    this.histograms = Array.from({ length: count }, (_, side) => new Histogram(histograms, {
      onScore: (name) => this.setScore(side, name),
      onThreshold: () => {
        onMoved();
        this.evidence.draw();
      },
    }));
    this.evidence = new Evidence(evidence);
  }

  get charts() {
    return [...this.histograms, this.evidence];
  }

  setPlotly(plotly) {
    for (const chart of this.charts) chart.setPlotly(plotly);
  }

  setTheme(theme) {
    for (const chart of this.charts) chart.setTheme(theme);
  }

  /**
   * @param {{name: string, study: import("./study.js").Study}[]} answers of the models
   * @param {string} strange what the inputs are called
   * @param {{scores: string[], thresholds: ?number[]}} wanted to begin with; what a person has
   *   chosen since stands
   */
  setAnswers(answers, strange, wanted) {
    this.strange = strange;
    this.frames = [];
    this.index = null;
    this.models = answers.map(({ name, study }, side) => {
      const scores = Object.keys(study.figures.scores);
      const score = [this.chosen[side], wanted.scores[side]].find((one) => scores.includes(one)) ?? scores[0];
      const detector = new Detector(score, study);
      const threshold = this.begun ? null : wanted.thresholds[side] ?? null;
      // A threshold is one on the score that it came with.
      if (threshold !== null && score === wanted.scores[side]) detector.threshold = threshold;
      return { name, study, shown: study, scores, detector };
    });
    this.begun = true;
    this.show();
  }

  setScore(side, name) {
    const model = this.models[side];
    this.chosen[side] = name;
    model.detector = new Detector(name, model.study);
    if (this.index === null) this.show();
    else this.look(this.frames, this.index);
    this.onScore();
  }

  /**
   * Shows the attack at another size; the thresholds stay.
   *
   * @param {import("./study.js").Study[][]} frames the models' studies by size
   * @param {number} index of the size
   */
  look(frames, index) {
    Object.assign(this, { frames, index });
    this.models.forEach((model, side) => {
      const { detector } = model;
      model.shown = frames[index][side];
      detector.look(model.shown);
      detector.others = frames.map((frame) => frame[side].tensors[`abnormal.${detector.name}`].data);
    });
    this.show();
  }

  /** Shows the page's own question again. */
  lookBack() {
    if (this.index !== null) {
      for (const model of this.models) {
        model.shown = model.study;
        model.detector.look(model.study);
        model.detector.others = [];
      }
    }
    this.frames = [];
    this.index = null;
    this.show();
  }

  show() {
    this.models.forEach(({ name, scores, detector }, side) => {
      this.histograms[side].setDetector(name, scores, detector, this.strange);
    });
    if (this.models.length) this.evidence.setModels(this.models, lessonsOf(this.models));
  }

  destroy() {
    for (const chart of this.charts) chart.destroy();
  }
}
