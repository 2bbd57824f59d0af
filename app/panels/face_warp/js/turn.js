import { make, setText } from "./dom.js";
import { Localisers } from "./localiser.js";
import { fixed } from "./numbers.js";
import { Camera, faceFromFile } from "./own_face.js";
import { posedFace } from "./posed.js";
import { paint } from "./wall.js";
import { Warper } from "./warper.js";

const KNOBS = [
  { name: "turn", title: "turn", low: -90, high: 90, step: 1, start: 21, unit: "°", decimals: 0 },
  { name: "scale", title: "scale", low: 0.5, high: 1.5, step: 0.01, start: 1.08, unit: "", decimals: 2 },
  { name: "x", title: "shift →", low: -0.5, high: 0.5, step: 0.01, start: 0.12, unit: "", decimals: 2 },
  { name: "y", title: "shift ↓", low: -0.5, high: 0.5, step: 0.01, start: 0, unit: "", decimals: 2 },
];

const NOT_YET = "Known once the training has ended: then the network answers to any face, yours too.";

/** A face that a person turns, and the trained network's answer; all of it in the browser. */
export class Turn {
  /**
   * @param {HTMLElement} card
   * @param {function(): void} onFace another face of the wall is chosen
   */
  constructor(card, onFace) {
    this.onFace = onFace;
    this.card = card;
    this.note = make("p.help");
    this.before = make("canvas", { role: "img", aria: { label: "The face as you turned it" } });
    this.after = make("canvas", { role: "img", aria: { label: "The face as the network straightens it" } });
    this.sliders = KNOBS.map((knob) => {
      const value = make("b");
      const input = make("input", {
        type: "range", min: String(knob.low), max: String(knob.high), step: String(knob.step),
        value: String(knob.start), aria: { label: `${knob.title} of this face` }, on: { input: () => this.answer() },
      });
      return { ...knob, input, value, row: make("label", {}, make("span", {}, knob.title), value, input) };
    });
    const button = (text, title, onClick) => make("button.tool", { type: "button", title, on: { click: onClick } }, text);
    this.file = make("input", { type: "file", accept: "image/*", hidden: true, on: { change: () => this.open() } });
    this.camera = null;
    this.cameraButton = button("Camera", "Use your own face", () => this.shoot());
    this.message = make("p.help.said", { role: "status", aria: { live: "polite" } });
    this.body = make("div.turning", { hidden: true },
      make("div.faces-pair", {}, this.before, make("span.help", { aria: { hidden: "true" } }, "→"), this.after),
      make("div.sliders", {}, ...this.sliders.map(({ row }) => row)),
      make("div.buttons", {},
        button("Next face", "Another face of the wall", () => this.next()),
        button("Open …", "Your own picture", () => this.file.click()), this.cameraButton, this.file));
    this.empty = make("p.help.empty");
    card.append(make("header", {}, make("h2", {}, "Turn a face yourself"), this.note), this.body, this.message, this.empty);
    this.index = 0;
  }

  /** @param {?import("./face_run.js").FaceRun} run the one that is asked once it has ended */
  async setRun(run) {
    const ready = run?.over && run.history.faces && run.hello && run.hello.settings.transform !== "none";
    const id = ready ? run.source.id : null;
    if (id === this.id) return;
    this.id = id;
    this.network = null;
    this.show();
    if (!ready) return;
    try {
      const network = new Localisers(await weightsOf(run.source), run.hello.settings.transform);
      if (this.id !== id) return;
      this.network = network;
      this.faces = run.history.faces;
      this.border = run.hello.settings.border;
      this.own = null;
      this.show();
      this.answer();
    } catch (error) {
      if (this.id === id) setText(this.empty, String(error.message).slice(0, 200));
    }
  }

  show() {
    setText(this.empty, NOT_YET);
    setText(this.note, "");
    setText(this.message, "");
    this.body.hidden = !this.network;
    this.empty.hidden = Boolean(this.network);
  }

  next() {
    this.index = (this.index + 5) % this.faces.people.length;
    this.own = null;
    setText(this.message, "");
    this.answer();
    this.onFace();
  }

  async open() {
    const [file] = this.file.files;
    this.file.value = "";
    if (file) await this.take(() => faceFromFile(file, this.faces.straightSide));
  }

  async shoot() {
    if (!this.camera) {
      await this.take(async () => {
        this.camera = await Camera.open();
        setText(this.cameraButton, "Take picture");
        return this.camera.look(this.faces.straightSide);
      });
      return;
    }
    await this.take(() => this.camera.look(this.faces.straightSide));
    this.camera.close();
    this.camera = null;
    setText(this.cameraButton, "Camera");
  }

  async take(picture) {
    try {
      this.own = await picture();
      setText(this.message, "Your picture stays in this page's memory: it is not sent anywhere and never written to disk.");
      this.answer();
    } catch (error) {
      setText(this.message, error.message);
    }
  }

  /** The pose that the sliders say. */
  get pose() {
    const pose = Object.fromEntries(this.sliders.map(({ name, input }) => [name, Number(input.value)]));
    return { ...pose, turn: (pose.turn * Math.PI) / 180 };
  }

  /** Poses the face, asks the network, and shows what it makes of it. */
  answer() {
    if (!this.network) return;
    const begun = performance.now();
    const { side, straight, straightSide } = this.faces;
    const size = straightSide ** 2;
    const face = this.own ?? straight.subarray(this.index * size, (this.index + 1) * size);
    const posed = posedFace(face, straightSide, side, this.pose);
    const warper = new Warper({ side, pixels: posed }, this.network.family, this.border);
    const thetas = [];
    for (let stage = 0; stage < this.network.stages.length; stage++) {
      thetas.push(...this.network.theta(stage ? warper.warped : posed, side, stage));
      warper.warp(Float32Array.from(thetas));
    }
    this.draw(this.before, posed, side, warper.outlines[0]);
    this.draw(this.after, warper.warped, side, null);
    for (const { input, value, low, high, decimals, unit } of this.sliders) {
      input.style.setProperty("--share", ((Number(input.value) - low) / (high - low)).toFixed(4));
      setText(value, fixed(Number(input.value), decimals) + unit);
    }
    this.theta = thetas;
    this.milliseconds = performance.now() - begun;
    setText(this.note, `answer in ${Math.max(1, Math.round(this.milliseconds))} ms`);
  }

  draw(canvas, grey, side, outline) {
    const zoom = 4;
    if (canvas.width !== side * zoom) canvas.width = canvas.height = side * zoom;
    const small = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const image = small.getContext("2d").createImageData(side, side);
    paint(image, grey);
    small.getContext("2d").putImageData(image, 0, 0);
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(small, 0, 0, side * zoom, side * zoom);
    if (!outline || !this.theme) return;
    context.strokeStyle = this.theme.accent;
    context.lineWidth = 4;
    context.beginPath();
    for (let i = 0; i < outline.length; i += 2) {
      context.lineTo(((outline[i] + 1) / 2) * side * zoom, ((outline[i + 1] + 1) / 2) * side * zoom);
    }
    context.closePath();
    context.stroke();
  }

  setTheme(theme) {
    this.theme = theme;
    this.answer();
  }

  destroy() {
    this.camera?.close();
    this.card.replaceChildren();
  }
}

/** The trained transformer of a run, from the server or from the recording itself. */
async function weightsOf({ url, recording }) {
  if (recording) {
    if (!recording.weights) throw new Error("This run was kept without its weights.");
    return recording.weights;
  }
  const response = await fetch(`${url}/transformer`);
  if (!response.ok) throw new Error(await response.text());
  return response.arrayBuffer();
}
