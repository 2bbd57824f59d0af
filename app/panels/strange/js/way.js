import { icon, make, setText } from "./dom.js";
import { FeatureView } from "./feature_view.js";
import { ATLAS_COLUMNS, TILE } from "./glyphs.js";
import { fixed } from "./numbers.js";
import { cssColour, parseColour } from "./palette.js";

/** The whole way takes so long to walk, and rests so long at its end, milliseconds. */
const WALK_TIME = 2600;
const STEP_TIME = { least: 60, most: 700 };

/** The inputs' way through feature space: all of them as dots, one as a line. */
export class Way {
  /**
   * @param {HTMLElement} root
   * @param {{onSelect: function(number): void, onModel: function(number): void}} listener
   */
  constructor(root, { onSelect, onModel }) {
    this.onModel = onModel;
    this.picture = make("div.picture");
    this.tabs = make("div.tabs", { role: "group", aria: { label: "Model" } });
    this.place = make("span.figures");
    this.toggle = make("button.round", { type: "button", aria: { label: "Walk the way" },
      title: "Walk the way (Space)", on: { click: () => this.walk() } }, icon("play"));
    this.slider = make("input.step", { type: "range", min: 0, max: 1, step: 1, value: 0,
      aria: { label: "Step of the attack" }, on: { input: () => this.show(Number(this.slider.value)) } });
    root.append(this.picture,
      make("header", {}, this.tabs, this.place),
      make("footer.walk", {}, this.toggle, this.slider));
    this.view = new FeatureView(this.picture, {
      onHover: () => {}, onSelect: (digit) => digit !== null && onSelect(digit),
      label: "Feature space of the chosen model",
    });
    this.view.setLayers({ gaussians: true, regions: false });
    this.view.overlay = (context, camera) => this.drawWay(context, camera);
    this.step = 0;
    this.selected = null;
    this.walking = null;
  }

  setTheme(theme) {
    this.theme = theme;
    this.view.setTheme(theme);
  }

  setMotion(reduced) {
    this.reduced = reduced;
    this.view.setMotion(reduced);
  }

  /**
   * @param {{name: string, study: import("./study.js").Study}[]} models
   * @param {number} active
   */
  setStudies(models, active) {
    const { figures, tensors } = models[active].study;
    this.study = models[active].study;
    this.tabs.replaceChildren(...models.map(({ name }, i) => make("button.chip", {
      type: "button", textContent: name, aria: { pressed: String(i === active) },
      on: { click: () => this.onModel(i) },
    })));
    const [steps, count] = tensors.path.shape;
    const paired = steps > 1;
    const labels = paired ? tensors.labels.data : tensors.abnormal_predicted.data;
    const first = this.model !== active || this.count !== count || this.steps !== steps;
    Object.assign(this, { steps, count, model: active });
    this.view.setLayers({ gaussians: true, regions: figures.gaussians !== "model" });
    this.view.setDigits({
      labels: labels.slice(0, count), classNames: figures.class_names,
      atlas: atlasOf(tensors.abnormal.data, count),
    });
    this.slider.max = String(steps - 1);
    this.slider.disabled = this.toggle.disabled = !paired;
    this.base = {
      ...figures, V: 2, K: figures.class_names.length, D: figures.feature_dim, keyframe: true,
      viewMeans: tensors.view_means.data, viewCovariances: tensors.view_covariances.data,
      regions: tensors.regions.data, halfLogDets: tensors.half_log_dets.data,
      basis: new Float32Array(0), centre: new Float32Array(0), parameters: {},
      features: new Float32Array(0), ids: Uint16Array.from({ length: count }, (_, i) => i),
    };
    this.show(first ? steps - 1 : Math.min(this.step, steps - 1), true);
  }

  /** @param {number} step of the way @param {boolean} [atOnce] without gliding */
  show(step, atOnce = false) {
    this.step = step;
    const { tensors } = this.study;
    const end = step === this.steps - 1;
    const predicted = (end ? tensors.abnormal_predicted : tensors.clean_predicted).data;
    const points = tensors.path.data.subarray(2 * this.count * step, 2 * this.count * (step + 1));
    const frame = { ...this.base, step, points, predicted };
    if (atOnce) {
      const known = new Uint8Array(this.count).fill(1);
      this.view.jump({ frame, points, predicted, known });
    } else this.view.apply(frame);
    this.slider.value = String(step);
    this.slider.style.setProperty("--share", String(this.steps > 1 ? step / (this.steps - 1) : 1));
    this.tell();
  }

  tell() {
    if (this.selected === null || !this.study) return;
    const { tensors, figures } = this.study;
    const score = tensors.path_score.data[this.count * this.step + this.selected];
    const words = figures.has_density ? "log-likelihood" : "log probability";
    const at = this.steps > 1 ? `step ${this.step} of ${this.steps - 1} · ` : "";
    setText(this.place, `${at}${words} ${fixed(score, 2)}`);
    this.place.title = figures.feature_dim > 2
      ? `${figures.feature_dim} features, seen in the plane of their two widest directions` : "";
  }

  select(index) {
    this.selected = index;
    this.view.select(index);
    this.view.stage.stale.picture = true;
    this.tell();
  }

  /** @param {?number[]} place [2] of a drawing in the picture's plane, or null for none */
  mark(place) {
    this.marked = place;
    this.view.stage.stale.picture = true;
  }

  /** @returns {HTMLCanvasElement} a copy of the picture as it stands */
  snapshot() {
    const { canvas } = this.view.surface;
    const copy = make("canvas", { width: canvas.width, height: canvas.height });
    copy.getContext("2d").drawImage(canvas, 0, 0);
    return copy;
  }

  /** From the clean digits to the strange inputs, step by step. */
  walk() {
    if (this.steps < 2) return;
    if (this.walking !== null) {
      this.walking = null;
      return;
    }
    this.show(0, true);
    this.walking = performance.now();
  }

  tick(now) {
    if (this.walking !== null) {
      const even = WALK_TIME / (this.steps - 1);
      const pause = Math.min(Math.max(even, STEP_TIME.least), STEP_TIME.most);
      const step = Math.min(Math.floor((now - this.walking) / pause), this.steps - 1);
      if (step > this.step) this.show(step, this.reduced);
      if (step === this.steps - 1) this.walking = null;
    }
    this.view.draw(now);
  }

  /** The way of the selected input, and a dot at each step. */
  drawWay(context, camera) {
    if (this.marked) this.drawMark(context, camera);
    if (this.selected === null || !this.study || this.steps < 2 || !this.theme) return;
    const { data } = this.study.tensors.path;
    const at = (step) => {
      const i = 2 * (this.count * step + this.selected);
      return [
        camera.left + (data[i] - camera.u) * camera.scale,
        camera.top - (data[i + 1] - camera.v) * camera.scale,
      ];
    };
    const line = () => {
      context.beginPath();
      for (let step = 0; step < this.steps; step++) context.lineTo(...at(step));
      context.stroke();
    };
    context.lineJoin = context.lineCap = "round";
    context.strokeStyle = cssColour(parseColour(this.theme.paper), 0.85);
    context.lineWidth = 5;
    line();
    context.strokeStyle = context.fillStyle = this.theme.alpha;
    context.lineWidth = 2;
    line();
    for (let step = 0; step < this.steps; step++) {
      context.beginPath();
      context.arc(...at(step), step === this.step ? 5.5 : 2.4, 0, 2 * Math.PI);
      context.fill();
    }
  }

  /** Where a drawing lies: a cross that nothing else has. */
  drawMark(context, camera) {
    const x = camera.left + (this.marked[0] - camera.u) * camera.scale;
    const y = camera.top - (this.marked[1] - camera.v) * camera.scale;
    for (const [colour, width] of [[this.theme.paper, 7], [this.theme.ink, 3]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      for (const [dx, dy] of [[-9, -9], [-9, 9]]) {
        context.moveTo(x + dx, y + dy);
        context.lineTo(x - dx, y - dy);
      }
      context.stroke();
    }
  }

  destroy() {
    this.view.destroy();
  }
}

/** The inputs' pictures as the view wants them: white on transparent, 50 in a row. */
function atlasOf(pixels, count) {
  const rows = Math.ceil(count / ATLAS_COLUMNS);
  const canvas = new OffscreenCanvas(ATLAS_COLUMNS * TILE, rows * TILE);
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  for (let n = 0; n < count; n++) {
    const left = (n % ATLAS_COLUMNS) * TILE;
    const top = Math.floor(n / ATLAS_COLUMNS) * TILE;
    for (let i = 0; i < TILE * TILE; i++) {
      const x = left + (i % TILE);
      const y = top + Math.floor(i / TILE);
      const value = pixels[n * TILE * TILE + i];
      image.data.set([value, value, value, 255], 4 * (y * canvas.width + x));
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
