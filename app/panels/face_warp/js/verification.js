import { prepared } from "./canvas.js";
import { make, setText } from "./dom.js";
import { fixed, percent } from "./numbers.js";
import { acceptedAt, allPairs, rocOf, scoreHistogram, worstMistakes } from "./pair_scores.js";
import { paint } from "./wall.js";

const BINS = 48;
const MISTAKES = 5;
const PLOT = { left: 8, right: 8, top: 8, bottom: 20 };

/** Same person or not: the scores of pairs, a threshold over them, the ROC, the worst mistakes. */
export class Verification {
  /** @param {HTMLElement} card @param {HTMLElement} details where the worst mistakes go */
  constructor(card, details) {
    this.card = card;
    this.figures = make("p.help");
    this.histogram = make("canvas", { role: "img", aria: { label: "Scores of genuine pairs and of impostors" } });
    this.roc = make("canvas", { role: "img", aria: { label: "ROC: genuine pairs accepted over impostors accepted" } });
    this.slider = make("input", { type: "range", min: "-1", max: "1", step: "0.005", aria: { label: "Threshold" },
      on: { input: () => this.setThreshold(Number(this.slider.value)) } });
    this.said = make("p.help.said", { role: "status", aria: { live: "polite" } });
    this.empty = make("p.help.empty", {}, "Known once the training has ended: every pair of pictures of people whom it never saw.");
    this.body = make("div.verification", { hidden: true },
      make("div.scores", {}, this.histogram, this.slider), this.roc);
    card.append(make("header", {}, make("h2", {}, "Same person?"), this.figures), this.body, this.said, this.empty);
    this.mistakes = make("div.mistakes");
    details.append(make("h3", {}, "The mistakes it is surest of"), this.mistakes);
    this.details = details;
    details.hidden = true;
    this.judged = [];
  }

  setTheme(theme) {
    this.theme = theme;
    this.draw();
  }

  /**
   * @param {{title: string, tone: "accent"|"muted", closing: object}[]} runs that have ended, the
   *   one that is looked at last
   */
  setRuns(runs) {
    const key = runs.map(({ title }) => title).join();
    const closings = runs.map(({ closing }) => closing);
    if (key === this.key && closings.every((closing, i) => closing === this.judged[i]?.closing)) return;
    this.key = key;
    this.judged = runs.map((run) => {
      const { people, scores } = run.closing;
      const pairs = allPairs(people, scores.length / ((people.length * (people.length - 1)) / 2));
      return { ...run, pairs, roc: rocOf(run.closing.scores, pairs.same) };
    });
    const last = this.judged.at(-1);
    this.body.hidden = this.details.hidden = !last;
    this.empty.hidden = Boolean(last);
    setText(this.said, "");
    this.tell();
    this.figures.title = this.judged.map(({ title, roc }) =>
      `${title}: AUROC ${fixed(roc.auroc, 3)}, equal error ${percent(roc.eer.rate)}`).join("; ");
    if (!last) return;
    const scores = last.closing.scores;
    const low = scores.reduce((least, score) => Math.min(least, score), 1);
    this.low = Math.floor(low * 10) / 10;
    this.slider.min = String(this.low);
    this.setThreshold(last.roc.eer.threshold);
  }

  /** @param {boolean} past whether the pictures are of a step before the one that was judged */
  setPast(past) {
    if (this.past === past) return;
    this.past = past;
    this.card.toggleAttribute("data-past", past);
    this.tell();
  }

  tell() {
    const areas = this.judged.map(({ roc }) => fixed(roc.auroc, 3)).join(" → ");
    setText(this.figures, areas ? `${this.past ? "end:" : "AUROC"} ${areas}` : "");
  }

  setThreshold(threshold) {
    this.threshold = threshold;
    this.slider.value = String(threshold);
    this.slider.style.setProperty("--share", ((threshold - this.low) / (1 - this.low)).toFixed(4));
    const { closing, pairs } = this.judged.at(-1);
    const { genuine, impostors } = acceptedAt(closing.scores, pairs.same, threshold);
    setText(this.said, `≥ ${fixed(threshold, 2)}: ${percent(genuine)} genuine, ${percent(impostors)} impostors`);
    this.draw();
    this.showMistakes();
  }

  draw() {
    if (!this.theme || !this.judged.length) return;
    this.drawHistogram();
    this.drawRoc();
  }

  drawHistogram() {
    const plot = prepared(this.histogram);
    if (!plot) return;
    const { context, width, height } = plot;
    const { closing, pairs } = this.judged.at(-1);
    const shares = scoreHistogram(closing.scores, pairs.same, this.low, 1, BINS);
    const most = Math.max(...shares.genuine, ...shares.impostors);
    const left = 8;
    const bar = (width - 2 * left) / BINS;
    for (const [kind, colour] of [["impostors", this.theme.muted], ["genuine", this.theme.accent]]) {
      context.fillStyle = colour;
      context.globalAlpha = 0.55;
      shares[kind].forEach((share, i) => {
        const tall = (share / most) * (height - 18);
        context.fillRect(left + i * bar, height - tall, bar, tall);
      });
    }
    context.globalAlpha = 1;
    const x = left + ((this.threshold - this.low) / (1 - this.low)) * (width - 2 * left);
    context.strokeStyle = this.theme.ink;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.stroke();
    context.font = `11.5px ${this.theme.font}`;
    context.textBaseline = "top";
    context.textAlign = "left";
    context.fillStyle = this.theme.muted;
    context.fillText("different", left, 0);
    context.textAlign = "right";
    context.fillStyle = this.theme.accent;
    context.fillText("one person", width - left, 0);
  }

  drawRoc() {
    const plot = prepared(this.roc);
    if (!plot) return;
    const { context, width, height } = plot;
    const x = (share) => PLOT.left + share * (width - PLOT.left - PLOT.right);
    const y = (share) => height - PLOT.bottom - share * (height - PLOT.top - PLOT.bottom);
    context.strokeStyle = this.theme.hairline;
    context.strokeRect(x(0), y(1), x(1) - x(0), y(0) - y(1));
    for (const { roc, tone } of this.judged) {
      context.strokeStyle = this.theme[tone];
      context.lineWidth = 2;
      context.beginPath();
      for (const corner of roc.curve) context.lineTo(x(corner.impostors), y(corner.genuine));
      context.stroke();
    }
    const { closing, pairs, tone } = this.judged.at(-1);
    const here = acceptedAt(closing.scores, pairs.same, this.threshold);
    context.fillStyle = this.theme[tone];
    context.beginPath();
    context.arc(x(here.impostors), y(here.genuine), 4.5, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = this.theme.muted;
    context.font = `11.5px ${this.theme.font}`;
    context.textAlign = "center";
    context.fillText("impostors accepted", (x(0) + x(1)) / 2, height - 6);
  }

  showMistakes() {
    const { closing, pairs } = this.judged.at(-1);
    // The pictures at hand are those of the first round.
    const scores = closing.scores.subarray(0, pairs.left.length);
    const found = worstMistakes(scores, pairs.same, this.threshold, MISTAKES);
    this.mistakes.replaceChildren(...found.map(({ kind, index, score }) =>
      make("figure", {},
        make("div", {}, face(closing, pairs.left[index]), face(closing, pairs.right[index])),
        make("figcaption.help", {}, `${kind === "one" ? "one person, refused" : "strangers, accepted"}: ${fixed(score, 2)}`))));
    if (!found.length) this.mistakes.append(make("p.help", {}, "None at this threshold."));
  }
}

function face({ side, pixels }, index) {
  const canvas = make("canvas", { width: side, height: side });
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  paint(image, pixels.subarray(index * side * side, (index + 1) * side * side));
  context.putImageData(image, 0, 0);
  return canvas;
}
