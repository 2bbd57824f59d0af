import { prepared } from "./canvas.js";
import { make, setText } from "./dom.js";
import { THETA_SIZES, moveThrough } from "./families.js";
import { fixed } from "./numbers.js";
import { paint } from "./wall.js";
import { pixelGrid } from "./warper.js";

const NAMES = {
  translation: ["tx", "ty"],
  similarity: ["a", "b", "tx", "ty"],
  affine: ["a11", "a12", "tx", "a21", "a22", "ty"],
  projective: ["a11", "a12", "tx", "a21", "a22", "ty", "h1", "h2"],
};

const FORMULAS = {
  translation: "x' = x + tx,  y' = y + ty",
  similarity: "x' = a x − b y + tx,  y' = b x + a y + ty",
  affine: "x' = a11 x + a12 y + tx,  y' = a21 x + a22 y + ty",
  projective: "x' = (a11 x + a12 y + tx) / (h1 x + h2 y + 1),  y' likewise",
  tps: "(x', y') = (x, y) + Σ bₖ(x, y) θₖ,  16 control points θₖ",
};

/** Every so many pixels of the result is a point of the drawn grid. */
const GRID_EVERY = 6;

/** How one pixel of a straightened face is fetched, and what it hands back to theta. */
export class Lens {
  /** @param {HTMLElement} card */
  constructor(card) {
    this.card = card;
    const canvas = (label) => make("canvas", { role: "img", aria: { label } });
    this.input = canvas("The disturbed face with the places that the result is fetched from");
    this.output = canvas("The straightened face; a pixel of it is chosen");
    this.output.tabIndex = 0;
    this.zoom = canvas("The four pixels around the place, with their weights");
    this.formula = make("p.formula-line");
    this.numbers = make("p.help.numbers");
    this.value = make("p");
    this.gradient = make("p.help.numbers");
    this.place = { column: 20, row: 18 };
    const point = (event) => {
      if (event.type === "pointermove" && event.buttons !== 1 && event.pointerType !== "mouse") return;
      const box = this.output.getBoundingClientRect();
      this.moveTo(((event.clientX - box.left) / box.width) * this.side, ((event.clientY - box.top) / box.height) * this.side);
    };
    this.output.addEventListener("pointerdown", point);
    this.output.addEventListener("pointermove", point);
    this.output.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      this.moveTo(this.place.column + step[0], this.place.row + step[1]);
    });
    const figure = (title, child) => make("figure", {}, make("figcaption.help", {}, title), child);
    card.append(
      make("header", {}, make("h3", {}, "How a pixel is fetched"), make("p.help", {}, "point at the straightened face")),
      make("div.lens-row", {},
        figure("straightened: the place (x, y)", this.output),
        figure("disturbed: the place (x', y') it shows", this.input),
        figure("its four pixels and their weights", this.zoom),
        make("div.lens-words", {}, this.formula, this.numbers, this.value, this.gradient)),
    );
  }

  setTheme(theme) {
    this.theme = theme;
    this.draw();
  }

  moveTo(column, row) {
    const within = (value) => Math.min(this.side - 1, Math.max(0, Math.floor(value)));
    this.place = { column: within(column), row: within(row) };
    this.draw();
  }

  /**
   * @param {import("./warper.js").Warper} warper
   * @param {Float32Array} theta [stages, faces, size]
   * @param {number} face
   */
  show(warper, theta, face) {
    this.card.hidden = warper.family === "none";
    if (this.card.hidden) return;
    const length = warper.count * THETA_SIZES[warper.family];
    this.stages = [];
    for (let start = 0; start < theta.length; start += length) this.stages.push(theta.slice(start, start + length));
    Object.assign(this, { warper, face, side: warper.side });
    this.draw();
  }

  /** Where a place of the result comes from, in pixels of the input. */
  source(points, stages = this.stages) {
    const out = new Float64Array(points.length);
    moveThrough(this.warper.family, stages, this.face, Float64Array.from(points), out);
    return out.map((value) => ((value + 1) * this.side) / 2 - 0.5);
  }

  draw() {
    if (!this.warper || !this.theme || !this.card.clientWidth) return;
    const { side, face, warper, place } = this;
    const start = face * side * side;
    const own = (grey) => grey.subarray(start, start + side * side);
    const at = [(2 * place.column + 1) / side - 1, (2 * place.row + 1) / side - 1];
    const [px, py] = this.source(at);
    this.drawFace(this.output, own(warper.warped), (context, unit) => {
      context.strokeRect(place.column * unit, place.row * unit, unit, unit);
    });
    this.drawFace(this.input, own(warper.pixels), (context, unit) => {
      this.drawGrid(context, unit);
      context.strokeRect((px - 0.5) * unit, (py - 0.5) * unit, 2 * unit, 2 * unit);
    });
    this.tell(at, px, py, own(warper.pixels));
  }

  drawFace(canvas, grey, over) {
    const plot = prepared(canvas);
    if (!plot) return;
    const { context, width } = plot;
    const small = Object.assign(document.createElement("canvas"), { width: this.side, height: this.side });
    const image = small.getContext("2d").createImageData(this.side, this.side);
    paint(image, grey);
    small.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, width, width);
    context.strokeStyle = this.theme.accent;
    context.lineWidth = 2;
    over(context, width / this.side);
  }

  drawGrid(context, unit) {
    const grid = pixelGrid(this.side);
    const places = this.source(grid);
    context.fillStyle = this.theme.accent;
    for (let row = GRID_EVERY / 2; row < this.side; row += GRID_EVERY) {
      for (let column = GRID_EVERY / 2; column < this.side; column += GRID_EVERY) {
        const i = 2 * (row * this.side + column);
        context.beginPath();
        context.arc((places[i] + 0.5) * unit, (places[i + 1] + 0.5) * unit, 1.4, 0, 2 * Math.PI);
        context.fill();
      }
    }
  }

  tell([x, y], px, py, pixels) {
    const { side, warper, face } = this;
    const inside = (value) => Math.min(side - 1, Math.max(0, value));
    const [left, top] = [Math.floor(px), Math.floor(py)];
    const [u, v] = [px - left, py - top];
    const grey = (column, row) => {
      const black = warper.border === "black" && (column !== inside(column) || row !== inside(row));
      return black ? 0 : pixels[inside(row) * side + inside(column)];
    };
    const corners = [
      { value: grey(left, top), weight: (1 - u) * (1 - v) }, { value: grey(left + 1, top), weight: u * (1 - v) },
      { value: grey(left, top + 1), weight: (1 - u) * v }, { value: grey(left + 1, top + 1), weight: u * v },
    ];
    this.drawZoom(corners, u, v);
    const value = corners.reduce((sum, corner) => sum + corner.weight * corner.value, 0);
    const [a, b, c, d] = corners.map((corner) => corner.value);
    const slope = [(b - a) * (1 - v) + (d - c) * v, (c - a) * (1 - u) + (d - b) * u];
    setText(this.formula, FORMULAS[warper.family]);
    const names = NAMES[warper.family];
    const size = THETA_SIZES[warper.family];
    const theta = this.stages.at(-1).subarray(face * size, (face + 1) * size);
    setText(this.numbers, names ? `θ = ${names.map((name, i) => `${name} ${fixed(theta[i], 2)}`).join(", ")}`
      : "θ: 32 numbers, how far each control point is moved");
    setText(this.value, `(${fixed(x, 2)}, ${fixed(y, 2)}) shows (${fixed((2 * px + 1) / side - 1, 2)}, ${fixed((2 * py + 1) / side - 1, 2)}): `
      + `grey ${fixed(value, 0)} = ${corners.map((corner) => `${fixed(corner.weight, 2)}·${fixed(corner.value, 0)}`).join(" + ")}`);
    const slopes = this.slopes([x, y], slope);
    const order = Array.from(slopes.keys()).sort((i, j) => Math.abs(slopes[j]) - Math.abs(slopes[i]));
    const shown = names ? Array.from(names.keys()) : order.slice(0, 4);
    setText(this.gradient, "What this pixel hands back, ∂grey/∂θ: " + shown.map((i) =>
      `${names?.[i] ?? `point ${(i >> 1) + 1} ${i % 2 ? "y" : "x"}`} ${fixed(slopes[i], 0)}`).join(", ")
      + ". Summed over all pixels, each times the loss's own slope there, it is the gradient that moves θ.");
  }

  /** The grey value's slope by each number of the last stage's theta. */
  slopes(point, slope) {
    const size = THETA_SIZES[this.warper.family];
    const nudge = 1e-3;
    return Array.from({ length: size }, (_, i) => {
      const nudged = [1, -1].map((sign) => {
        const stages = this.stages.map((theta) => Float32Array.from(theta));
        stages.at(-1)[this.face * size + i] += sign * nudge;
        return this.source(point, stages);
      });
      const by = (axis) => (nudged[0][axis] - nudged[1][axis]) / (2 * nudge);
      return slope[0] * by(0) + slope[1] * by(1);
    });
  }

  drawZoom(corners, u, v) {
    const plot = prepared(this.zoom);
    if (!plot) return;
    const { context, width } = plot;
    const unit = width / 2;
    corners.forEach(({ value, weight }, i) => {
      const [x, y] = [(i % 2) * unit, (i >> 1) * unit];
      context.fillStyle = `rgb(${value} ${value} ${value})`;
      context.fillRect(x, y, unit, unit);
      context.fillStyle = value > 128 ? "#000" : "#fff";
      context.font = `13px ${this.theme.font}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillText(String(Math.round(value)), x + unit / 2, y + unit * 0.36);
      context.fillText(`× ${fixed(weight, 2)}`, x + unit / 2, y + unit * 0.64);
    });
    context.fillStyle = this.theme.accent;
    context.strokeStyle = "#fff";
    context.beginPath();
    context.arc((0.5 + u) * unit, (0.5 + v) * unit, 5, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}
