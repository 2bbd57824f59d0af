import { make, setText } from "./dom.js";
import { percent } from "./numbers.js";
import { TILE_SIDE, drawTile } from "./tile.js";

/** Tiles are made so many at a time, as the strip is scrolled. */
const CHUNK = 40;

/** The strip of inputs: what each was, what was done to it, and what both models take it for. */
export class Gallery {
  /**
   * @param {HTMLElement} root
   * @param {{onSelect: function(number): void, onWalk: function(): void}} listener
   */
  constructor(root, { onSelect, onWalk }) {
    Object.assign(this, { root, onSelect, onWalk });
    this.tiles = [];
    this.selected = null;
    this.count = 0;
    root.addEventListener("scroll", () => this.fill(), { passive: true });
    root.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * @param {{name: string, study: import("./study.js").Study}[]} models
   * @param {number} active whose pictures are shown
   */
  setStudies(models, active) {
    const { study } = models[active];
    const count = study.figures.abnormal_count;
    Object.assign(this, { models, active });
    if (count !== this.count) {
      this.count = count;
      this.tiles = [];
      this.root.replaceChildren();
      this.root.scrollLeft = 0;
    }
    for (let i = 0; i < this.tiles.length; i++) this.draw(i);
    this.fill();
    this.select(this.selected !== null && this.selected < count ? this.selected : 0);
  }

  /** Makes the tiles that are in sight or nearly so. */
  fill() {
    const { root } = this;
    const reach = () => root.scrollWidth - root.scrollLeft - root.clientWidth;
    while (this.tiles.length < this.count && (this.tiles.length === 0 || reach() < 400)) {
      const end = Math.min(this.tiles.length + CHUNK, this.count);
      while (this.tiles.length < end) this.add();
      this.mark();
    }
  }

  add() {
    const index = this.tiles.length;
    const canvas = make("canvas", { width: TILE_SIDE, height: TILE_SIDE });
    const change = make("b.change");
    const lines = this.models.map(() => make("span.line"));
    const verdict = make("span.verdict");
    const root = make("button.tile", {
      type: "button", tabIndex: -1, on: { click: () => this.onSelect(index) },
    }, canvas, change, ...lines, verdict);
    this.tiles.push({ root, canvas, change, lines, verdict });
    this.root.append(root);
    this.draw(index);
  }

  draw(index) {
    const { canvas, change, lines, root } = this.tiles[index];
    const { tensors, figures } = this.models[this.active].study;
    const pixels = (name) => tensors[name].data.subarray(784 * index, 784 * (index + 1));
    const names = figures.class_names;
    const paired = tensors.path.shape[0] > 1;
    drawTile(canvas, paired ? pixels("clean") : null, pixels("abnormal"));
    const predicted = names[tensors.abnormal_predicted.data[index]];
    const label = paired ? names[tensors.labels.data[index]] : null;
    setText(change, label === null ? `read as ${predicted}` : `${label} → ${predicted}`);
    change.classList.toggle("wrong", label !== null && label !== predicted);
    const said = this.models.map(({ name, study: { tensors: own } }, i) => {
      const text = `${name} ${names[own.abnormal_predicted.data[index]]}, `
        + percent(own.abnormal_confidence.data[index], 0);
      setText(lines[i], text);
      // The arrow, the change and the verdict are this one's.
      lines[i].classList.toggle("active", i === this.active);
      return text;
    });
    const first = label === null ? "An input that is no digit" : `A ${label}`;
    root.setAttribute("aria-label", `${first}: ${said.join("; ")}`);
  }

  /** @param {?import("./detector.js").Detector} detector of the active model */
  setDetector(detector) {
    this.detector = detector;
    this.mark();
  }

  mark() {
    this.tiles.forEach(({ root, verdict }, index) => {
      const caught = this.detector?.catches(index) ?? false;
      root.classList.toggle("caught", caught);
      setText(verdict, caught ? "called strange" : "let through");
      root.setAttribute("aria-pressed", String(index === this.selected));
      root.tabIndex = index === this.selected ? 0 : -1;
    });
  }

  select(index) {
    this.selected = index;
    this.mark();
  }

  key(event) {
    const chosen = event.target === this.tiles[this.selected]?.root;
    if (event.key === " " && chosen) {
      event.preventDefault();
      this.onWalk();
      return;
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || this.selected === null) return;
    event.preventDefault();
    event.stopPropagation();
    const next = Math.min(Math.max(this.selected + step, 0), this.count - 1);
    while (next >= this.tiles.length) this.add();
    this.onSelect(next);
    this.tiles[next].root.focus();
    this.tiles[next].root.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}
