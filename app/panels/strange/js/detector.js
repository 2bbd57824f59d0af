/**
 * One score of one model and its threshold: what it catches, what it misses, what it costs.
 */
export class Detector {
  /**
   * @param {string} name of the score
   * @param {import("./study.js").Study} study
   */
  constructor(name, study) {
    this.name = name;
    this.clean = study.tensors[`clean.${name}`].data;
    this.abnormal = study.tensors[`abnormal.${name}`].data;
    this.figures = study.figures.scores[name];
    this.own = this.abnormal;
    /** Scores of the same digits at other sizes of the attack, which share the axis. */
    this.others = [];
    this.sorted = Float32Array.from(this.clean).sort();
    this.threshold = this.first = this.atFalseAlarms(0.05);
  }

  /**
   * Looks at the same digits under another size of the attack; the threshold stays.
   *
   * @param {import("./study.js").Study} study of that size
   */
  look(study) {
    this.abnormal = study.tensors[`abnormal.${this.name}`].data;
    this.figures = study.figures.scores[this.name];
  }

  /**
   * @param {number} share of clean digits called strange, at most
   * @returns {number} the highest threshold that keeps to it, as the server's figures have it
   */
  atFalseAlarms(share) {
    return this.sorted[Math.min(Math.floor(share * this.sorted.length), this.sorted.length - 1)];
  }

  /** Whether a person, or a link, has put the threshold somewhere else. */
  get moved() {
    return this.threshold !== this.first;
  }

  get falseAlarms() {
    return shareBelow(this.clean, this.threshold);
  }

  get caught() {
    return shareBelow(this.abnormal, this.threshold);
  }

  /** @param {number} input number of a strange input, as the page's question has it */
  catches(input) {
    return this.own[input] < this.threshold;
  }

  /** The ROC as false alarms and caught shares, from the strictest threshold on. */
  curve() {
    const clean = Float32Array.from(this.clean).sort();
    const abnormal = Float32Array.from(this.abnormal).sort();
    const x = [0];
    const y = [0];
    let i = 0;
    let j = 0;
    while (i < clean.length || j < abnormal.length) {
      const level = Math.min(clean[i] ?? Infinity, abnormal[j] ?? Infinity);
      while (i < clean.length && clean[i] <= level) i += 1;
      while (j < abnormal.length && abnormal[j] <= level) j += 1;
      x.push(i / clean.length);
      y.push(j / abnormal.length);
    }
    return { x, y };
  }
}

function shareBelow(scores, threshold) {
  let below = 0;
  for (const score of scores) if (score < threshold) below += 1;
  return below / scores.length;
}
