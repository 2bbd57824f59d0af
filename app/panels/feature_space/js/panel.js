import { make, setText } from "./dom.js";
import { HoverCard } from "./hover_card.js";
import { fixed, grouped, percent } from "./numbers.js";
import { Overlay } from "./overlay.js";
import { RunPicture } from "./run_picture.js";

/** What can be shown in a panel; `density` only where the loss models one. */
const LAYERS = [
  { name: "gaussians", label: "Gaussians", help: "Means, one and two sigma" },
  { name: "margin", label: "margin band", density: true,
    help: "Where the class would change if the margin were applied" },
  { name: "contours", label: "contours", density: true, help: "Equal log-likelihood" },
  { name: "regions", label: "regions", help: "Which class wins where" },
  { name: "errors", label: "errors", help: "Digits taken for another class" },
  { name: "trails", label: "trails", help: "Where digits came from" },
];

/** Least milliseconds between two readings of the figures: nobody reads quicker. */
const SAY_INTERVAL = 200;

/** Losses whose density the panel can draw. */
export const DENSITY_LOSSES = new Set(["lgm"]);

/**
 * One panel: its picture, title, figures, layer chips, hover card and overlay.
 *
 * @typedef {object} PanelListener
 * @property {(digit: ?number) => void} onSelect
 * @property {(layer: string, on: boolean) => void} onLayer
 * @property {() => void} onAgain
 */
export class Panel extends RunPicture {
  /**
   * @param {HTMLElement} root
   * @param {PanelListener} listener
   */
  constructor(root, listener) {
    super(make("div.picture"));
    this.root = root;
    this.listener = listener;
    this.title = make("h2");
    this.figures = make("p.figures");
    this.chips = make("div.chips", { role: "group", aria: { label: "Layers" } });
    this.viewNote = make("p.view-note", { hidden: true });
    root.replaceChildren(this.picture,
      make("header", {}, make("span.swatch"), this.title, this.figures),
      make("div.foot", {}, this.chips, this.viewNote));
    this.hoverCard = new HoverCard(root);
    this.overlay = new Overlay(root, () => listener.onAgain());
    this.buildChips();
    this.clear();
  }

  buildChips() {
    this.buttons = new Map(LAYERS.map((layer) => [layer.name, make("button.chip", {
      type: "button", title: layer.help, aria: { pressed: "false" },
      on: { click: () => this.listener.onLayer(layer.name, !this.layers[layer.name]) },
    }, layer.label)]));
    this.turn = make("button.chip", {
      type: "button", title: "Drag turns the cloud in space", aria: { pressed: "false" }, hidden: true,
      on: { click: () => this.setTurn(this.turn.getAttribute("aria-pressed") !== "true") },
    }, "turn");
    this.chips.append(...this.buttons.values(), this.turn);
  }

  /** Forgets the digits: a fresh run begins in a fresh picture. */
  clear() {
    this.renew({
      onHover: (digit, x, y) => this.hover(digit, x, y),
      onSelect: (digit) => this.listener.onSelect(digit),
      label: "Feature space",
    });
    this.predicted = null;
    this.known = null;
    this.unseen = this.unsaid = false;
    this.saidAt = -Infinity;
    this.namedStep = null;
    this.hoverCard.hide();
    this.turn.hidden = true;
    this.turn.setAttribute("aria-pressed", "false");
    setText(this.figures, "");
  }

  /** @param {{title: string, loss: string}} run */
  setRun({ title, loss }) {
    setText(this.title, title);
    this.loss = loss;
    for (const { name, density } of LAYERS) {
      this.buttons.get(name).hidden = Boolean(density) && !DENSITY_LOSSES.has(loss);
    }
  }

  setDigits(digits) {
    this.predicted = new Uint8Array(digits.labels.length);
    this.known = new Uint8Array(digits.labels.length);
    super.setDigits(digits);
  }

  setLayers(layers) {
    super.setLayers(layers);
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-pressed", String(Boolean(this.layers[name])));
    }
  }

  setTurn(on) {
    this.turn.setAttribute("aria-pressed", String(on));
    this.view.setTurn(on);
  }

  /** @param {?number} step to name, where it is another than the transport's */
  setStep(step) {
    if (step === this.namedStep) return;
    this.namedStep = step;
    this.unsaid = this.lastShown !== null;
  }

  apply(frame) {
    if (!this.digits) return;
    for (let i = 0; i < frame.ids.length; i++) {
      this.predicted[frame.ids[i]] = frame.predicted[i];
      this.known[frame.ids[i]] = 1;
    }
    super.apply(frame);
  }

  jump(state) {
    if (!this.digits) return;
    this.predicted.set(state.predicted);
    this.known.set(state.known);
    this.saidAt = -Infinity;
    super.jump(state);
  }

  took(frame) {
    super.took(frame);
    this.unseen = this.unsaid = true;
  }

  /** The figures at the upper right, the note on the view, the picture in words. */
  say(frame, now) {
    this.unsaid = false;
    this.saidAt = now;
    this.turn.hidden = frame.V !== 3;
    const parts = [`test ${percent(frame.test_accuracy)}`];
    if (this.namedStep !== null) parts.unshift(`step ${grouped(this.namedStep)}`);
    if (frame.gaussians === "model") parts.push(`log-likelihood ${fixed(frame.log_likelihood, 2)}`);
    const text = parts.join(" · ");
    setText(this.figures, text);
    const count = frame.test_count ? ` over ${grouped(frame.test_count)} test digits, the newest` : "";
    this.figures.title = `Test accuracy${count}`;
    const share = frame.D > 2 && frame.V === 2 ? frame.explained_variance : null;
    this.viewNote.hidden = share === null;
    if (share !== null) {
      setText(this.viewNote, `PCA: ${percent(share, 0)} of the variance`);
      this.viewNote.title = "Regions and margin band are the slice of feature space in this plane";
    }
    this.view.setLabel(`${this.title.textContent}: features of ${this.digits.labels.length} digits, `
      + `epoch ${Math.floor(frame.epoch)}, ${text}`);
  }

  hover(digit, x, y) {
    if (digit === null || !this.digits) this.hoverCard.hide();
    else this.hoverCard.show({ digit, x, y, atlas: this.digits.atlas, ...this.answerOf(digit) });
  }

  /** @returns {{label: string, predicted: ?string}} names of classes */
  answerOf(digit) {
    const { labels, classNames } = this.digits;
    return {
      label: classNames[labels[digit]],
      predicted: this.known[digit] ? classNames[this.predicted[digit]] : null,
    };
  }

  /** Draws what has changed. */
  draw(now) {
    if (this.view.draw(now) && this.unseen) {
      this.unseen = false;
      this.drawn += 1;
    }
    if (this.unsaid && now - this.saidAt >= SAY_INTERVAL) this.say(this.lastShown, now);
    const { digit } = this.hoverCard;
    if (digit === null) return;
    const { label, predicted } = this.answerOf(digit);
    this.hoverCard.say(label, predicted);
  }
}
