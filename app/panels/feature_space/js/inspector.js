import { drawDigitPicture } from "./digit_picture.js";
import { icon, make, setText } from "./dom.js";
import { exact, fixed, percent, short } from "./numbers.js";

/** While training goes on, the numbers are asked for anew this often, in milliseconds. */
const ANSWER_INTERVAL = 1000;

/**
 * The sheet about one digit: what both models say about it, with the formula filled in.
 *
 * @typedef {object} Inspected
 * @property {string} title of the run
 * @property {function(number, number, AbortSignal): Promise<import("./answer.js").Answer>} ask
 *   for a digit and a step
 */
export class Inspector {
  /**
   * @param {HTMLElement} sheet
   * @param {{onClose: function(): void}} listener
   */
  constructor(sheet, { onClose }) {
    this.sheet = sheet;
    this.onClose = onClose;
    this.digit = null;
    this.opener = null;
    this.picture = make("canvas.digit");
    this.heading = make("h3", { tabIndex: -1 });
    this.step = make("p.help");
    this.closeButton = make("button.round", {
      type: "button", title: "Close (Esc)", aria: { label: "Close" }, on: { click: () => this.close() },
    }, icon("close"));
    this.columns = make("div.answers");
    sheet.replaceChildren(
      make("header", {}, this.picture, make("div", {}, this.heading, this.step), this.closeButton),
      this.columns,
    );
  }

  get open() {
    return this.digit !== null;
  }

  /**
   * @param {{digit: number, label: number, classNames: string[], atlas: ?HTMLImageElement,
   *   side: "left"|"right", runs: Inspected[], step: number}} what
   */
  show(what) {
    if (!this.open) this.opener = this.sheet.getRootNode().activeElement;
    this.digit = what.digit;
    this.what = what;
    this.asked = null;
    drawDigitPicture(this.picture, what.atlas, what.digit);
    const name = what.classNames[what.label];
    setText(this.heading, `This digit is a ${name}`);
    if (!/^\d$/.test(name)) setText(this.heading, name);
    this.columns.replaceChildren(make("p.help", { role: "status" }, "Reading the numbers"));
    setText(this.step, "");
    this.sheet.dataset.beside = what.side;
    this.sheet.hidden = false;
    this.heading.focus({ preventScroll: true });
    this.follow(what.step);
  }

  /** Asks for the numbers of the step on screen, now and then while that moves on. */
  follow(step) {
    if (!this.open || step === this.asked) return;
    window.clearTimeout(this.timer);
    const wait = this.asked === null ? 0 : Math.max(120, this.askedAt + ANSWER_INTERVAL - Date.now());
    this.timer = window.setTimeout(() => this.ask(step), wait);
  }

  async ask(step) {
    this.asked = step;
    this.askedAt = Date.now();
    this.pending?.abort();
    const pending = (this.pending = new AbortController());
    const answers = await Promise.all(this.what.runs.map(({ ask }) =>
      ask(this.digit, step, pending.signal).catch((error) => error)));
    if (pending.signal.aborted || !this.open) return;
    this.columns.replaceChildren(...answers.map((answer, i) => this.column(this.what.runs[i], answer)));
    setText(this.step, originOf(answers.filter((answer) => !(answer instanceof Error))));
  }

  column({ title }, answer) {
    if (answer instanceof Error) {
      return make("section", {}, make("h4", {}, title), make("p.help", {}, answer.message));
    }
    const { classNames, label } = this.what;
    const wrong = answer.predicted !== label;
    const verdict = make(`span.verdict${wrong ? ".wrong" : ""}`, {},
      `taken for ${classNames[answer.predicted]}`);
    return make("section", {}, make("h4", {}, title, verdict), this.table(answer),
      ...this.sentences(answer));
  }

  table(answer) {
    const density = answer.d !== null && answer.d !== undefined;
    const { classNames, label } = this.what;
    const head = make("tr", {}, make("th", {}, make("abbr", { title: "class" }, "k")));
    if (density) head.append(make("th", {}, "d", make("sub", {}, "k")), make("th", {}, "log p(x|k)"));
    else head.append(make("th", {}, "logit"));
    head.append(make("th.wide", {}, "p(k|x)", density ? make("i.with-margin", {}, " with α") : null));
    const rows = classNames.map((name, k) => {
      const row = make(`tr${k === label ? ".true" : ""}${k === answer.predicted ? ".taken" : ""}`, {},
        make("th", { role: "rowheader" }, name));
      if (density) row.append(make("td", {}, short(answer.d[k])), make("td", {}, short(answer.log_likelihood[k])));
      else row.append(make("td", {}, short(answer.logits[k])));
      row.append(bars(answer, k));
      return row;
    });
    return make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
  }

  /** The logits of the true and the predicted class, with their numbers filled in. */
  sentences(answer) {
    const { classNames, label } = this.what;
    const name = classNames[label];
    const other = classNames[answer.predicted];
    const lines = [];
    const placed = answer.feature_step ?? answer.step;
    const line = (...parts) => lines.push(make("p.filled", {}, ...parts));
    if (answer.d === null || answer.d === undefined) {
      line(`logit of ${name}: ${short(answer.logits[label])}, so p = ${percent(answer.posterior[label])}`);
      if (answer.predicted !== label) {
        line(`logit of ${other}: ${short(answer.logits[answer.predicted])}, `
          + `so p = ${percent(answer.posterior[answer.predicted])}`);
      }
      if (placed !== answer.step) line(`its features are of step ${placed}`);
      return lines;
    }
    const [d, h] = [answer.d[label], answer.half_log_dets[label]];
    const alpha = exact(Number(answer.alpha.toFixed(4)), 2);
    line(`${name} in training: −(1 + `, make("b.alpha", {}, alpha), `) · ${short(d)} ${minus(h)} = `,
      make("b", {}, short(-(1 + answer.alpha) * d - h)));
    const k = answer.predicted;
    line(`${other} by its distance: −${short(answer.d[k])} ${minus(answer.half_log_dets[k])} = `,
      make("b", {}, short(-answer.d[k] - answer.half_log_dets[k])));
    const D = answer.features.length;
    line(`log p(x|${name}) = −${short(d)} ${minus(h)} − ${fixed(D / 2, D % 2)} log 2π = `,
      make("b", {}, short(answer.log_likelihood[label])));
    if (placed !== answer.step) line(`its features are of step ${placed}`);
    return lines;
  }

  close() {
    if (!this.open) return false;
    this.digit = null;
    window.clearTimeout(this.timer);
    this.pending?.abort();
    this.sheet.hidden = true;
    this.columns.replaceChildren();
    this.opener?.focus?.({ preventScroll: true });
    this.onClose();
    return true;
  }
}

/** Which steps the numbers are from. */
function originOf(answers) {
  const steps = [...new Set(answers.map((answer) => answer.step))];
  return steps.length ? `Numbers of step ${steps.join(" and ")}` : "";
}

/** Posterior without and with margin, as two bars and a number. */
function bars(answer, k) {
  const bar = (style, share) => {
    const line = make(`span.bar.${style}`);
    line.style.setProperty("--share", Math.max(0, Math.min(1, share)).toFixed(4));
    return line;
  };
  const { posterior, posterior_with_margin: margin } = answer;
  const numbers = make("span.numbers", {}, percent(posterior[k]));
  const cell = make("td.wide", {}, make("span.bars", {}, bar("plain", posterior[k]),
    margin ? bar("margin", margin[k]) : null), numbers);
  if (margin) cell.title = `${percent(posterior[k], 2)} without margin, ${percent(margin[k], 2)} with it`;
  return cell;
}

/** "− 0.31" or "+ 0.31": minus a number, written as a term of a sum. */
function minus(value) {
  return value < 0 ? `+ ${short(-value)}` : `− ${short(value)}`;
}
