import { fixed } from "./numbers.js";
import { SCORES } from "./study.js";

/** A probability of 1 and a likelihood at its top have no place on a logarithm's axis. */
const MOST_NINES = 16;
const LEAST_GAP = 1e-4;

const PROBABILITIES = [0.2, 0.5, 0.9, 0.99, 0.999];
const GAPS = [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10000];

/**
 * Where scores lie on their axis. Of a trained network most clean digits lie within a hair of a
 * score's upper end, and on a plain axis all of them would fall into the last bar. A probability
 * is therefore shown by its nines, 0.9, 0.99, 0.999, and a likelihood by the logarithm of how far
 * it lies below the highest one.
 */
export class Axis {
  /**
   * @param {string} name of the score
   * @param {ArrayLike<number>[]} groups of scores that have a place on the axis
   */
  constructor(name, groups) {
    this.kind = SCORES[name].scale ?? "plain";
    let top = -Infinity;
    if (this.kind === "gap") {
      for (const scores of groups) for (const score of scores) top = Math.max(top, score);
    }
    this.top = top;
  }

  /** @param {number} score of a probability its logarithm @returns {number} its place */
  place(score) {
    if (this.kind === "plain") return score;
    if (this.kind === "gap") return -Math.log10(Math.max(this.top - score, LEAST_GAP));
    const rest = -Math.expm1(score);
    return rest > 0 ? Math.min(-Math.log10(rest), MOST_NINES) : MOST_NINES;
  }

  /** The score at a place of the axis; the inverse of {@link place}. */
  score(place) {
    if (this.kind === "plain") return place;
    return this.kind === "gap" ? this.top - 10 ** -place : Math.log1p(-(10 ** -place));
  }

  /** @returns {object} Plotly's ticks between two places; none: its own */
  ticks(low, high) {
    if (this.kind === "plain") return {};
    const marks = this.kind === "gap" ? this.gapMarks() : nineMarks(high);
    const shown = marks.filter(([at]) => at >= low && at <= high);
    return { tickvals: shown.map(([at]) => at), ticktext: shown.map(([, text]) => text) };
  }

  gapMarks() {
    return GAPS.map((gap) =>
      [-Math.log10(gap), fixed(this.top - gap, Math.max(0, Math.ceil(-Math.log10(gap)) + 1))]);
  }
}

function nineMarks(high) {
  const marks = PROBABILITIES.map((share) => [-Math.log10(1 - share), String(share)]);
  for (let nines = 5; nines <= Math.min(high, MOST_NINES); nines += high > 9 ? 4 : 2) {
    marks.push([nines, `1 − 10<sup>−${nines}</sup>`]);
  }
  return marks;
}
