import { icon, make, setText } from "./dom.js";
import { fixed, percent, short } from "./numbers.js";
import { PictureFile } from "./picture_file.js";
import { SCORES } from "./study.js";

/** Side of the drawing, pixels, and the pen's width in it. */
const SIDE = 280;
const PEN = 22;

/** MNIST's digits fill a square of 20 within 28; their mass is centred on pixel 14 of 0 to 27. */
const PICTURE_SIDE = 28;
const BOX = 20;
const CENTRE = 14;

/** A pad to draw on, and what both models say of the drawing. */
export class Pad {
  /**
   * @param {HTMLElement} root
   * @param {{url: string, onPicture: function(Uint8Array): void, onClose: function(): void}} listener
   *   and where pictures are sent to
   */
  constructor(root, { url, onPicture, onClose }) {
    Object.assign(this, { root, onPicture, onClose });
    this.canvas = make("canvas.paper", {
      width: SIDE, height: SIDE, role: "img", tabIndex: 0,
      aria: { label: "Drawing pad: draw a digit or anything else with pointer or finger" },
    });
    this.small = make("canvas.digit", { width: PICTURE_SIDE, height: PICTURE_SIDE, aria: { hidden: "true" } });
    this.note = make("p.help.note", { role: "status", aria: { live: "polite" } });
    this.file = new PictureFile(root, {
      url,
      onStart: () => this.say("Reading the picture."),
      onError: (sentence) => this.say(sentence, true),
      onPicture: (picture, said) => this.take(picture, said),
    });
    this.words = make("div.answers-to-drawing", { role: "status", aria: { live: "polite" } });
    root.append(this.canvas, make("div.beside", {},
      make("div.buttons", {}, this.small, this.file.button,
        make("button.tool", { type: "button", textContent: "Clear", on: { click: () => this.clear() } }),
        make("button.tool", { type: "button", title: "Close", aria: { label: "Close" },
          on: { click: () => onClose() } }, icon("close"))),
      this.note, this.words));
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
    const down = (event) => this.down(event);
    this.canvas.addEventListener("pointerdown", down);
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    this.canvas.addEventListener("pointerup", () => this.up());
    this.canvas.addEventListener("pointercancel", () => this.up());
    this.verdicts = 0;
    this.clear();
  }

  clear() {
    this.pen.fillStyle = "#000";
    this.pen.fillRect(0, 0, SIDE, SIDE);
    this.small.getContext("2d").clearRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
    this.words.replaceChildren(make("p.help", {}, "Draw a digit, or anything else."));
    this.file.cancel();
    this.say("");
    this.drawing = false;
  }

  /** A sentence about the picture that was opened; a mistake leaves the drawing as it is. */
  say(sentence, failed = false) {
    setText(this.note, sentence);
    this.note.toggleAttribute("data-failed", failed);
  }

  /** @param {Uint8Array} picture [784] as a model takes it @param {string} said what was done */
  take(picture, said) {
    const image = new ImageData(PICTURE_SIDE, PICTURE_SIDE);
    picture.forEach((grey, i) => image.data.set([grey, grey, grey, 255], 4 * i));
    this.small.getContext("2d").putImageData(image, 0, 0);
    this.pen.imageSmoothingEnabled = false;
    this.pen.drawImage(this.small, 0, 0, SIDE, SIDE);
    this.say(said);
    this.endedAt = performance.now();
    this.onPicture(picture);
  }

  place({ offsetX, offsetY }) {
    const scale = SIDE / this.canvas.clientWidth;
    return [offsetX * scale, offsetY * scale];
  }

  down(event) {
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.file.cancel();
    this.say("");
    this.last = this.place(event);
    this.line(this.last);
  }

  move(event) {
    if (!this.drawing) return;
    const here = this.place(event);
    this.line(here);
    this.last = here;
  }

  line(here) {
    Object.assign(this.pen, { strokeStyle: "#fff", lineWidth: PEN, lineCap: "round", lineJoin: "round" });
    this.pen.beginPath();
    this.pen.moveTo(...this.last);
    this.pen.lineTo(here[0] + 0.01, here[1]);
    this.pen.stroke();
  }

  up() {
    if (!this.drawing) return;
    this.drawing = false;
    this.endedAt = performance.now();
    this.onPicture(this.picture());
  }

  /** The drawing as MNIST has its digits: scaled into the box, its mass where theirs lies. */
  picture() {
    const { data } = this.pen.getImageData(0, 0, SIDE, SIDE);
    let [left, top, right, bottom] = [SIDE, SIDE, -1, -1];
    for (let i = 0; i < SIDE * SIDE; i++) {
      if (data[4 * i] < 32) continue;
      const x = i % SIDE;
      const y = Math.floor(i / SIDE);
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
    const context = this.small.getContext("2d", { willReadFrequently: true });
    context.fillStyle = "#000";
    context.fillRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
    if (right < 0) return new Uint8Array(PICTURE_SIDE ** 2);
    const [width, height] = [right - left + 1, bottom - top + 1];
    const scale = BOX / Math.max(width, height);
    context.imageSmoothingQuality = "high";
    const put = (x, y) => {
      context.fillRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
      context.drawImage(this.canvas, left, top, width, height, x, y, width * scale, height * scale);
      const image = context.getImageData(0, 0, PICTURE_SIDE, PICTURE_SIDE);
      return Uint8Array.from({ length: PICTURE_SIDE ** 2 }, (_, i) => image.data[4 * i]);
    };
    const middle = (size) => (PICTURE_SIDE - size * scale) / 2;
    const at = [middle(width), middle(height)];
    const [dx, dy] = offCentre(put(...at));
    return put(at[0] - dx, at[1] - dy);
  }

  /** @param {{name: string, score: ?string, drawing: object}[]} answers of both models */
  show(answers) {
    if (answers.every(({ drawing }) => drawing.empty)) return;
    this.answeredIn = performance.now() - this.endedAt;
    this.verdicts += 1;
    this.words.replaceChildren(...answers.map(({ name, score, drawing }) => {
      if (drawing.empty) return make("p", {}, `${name}: the pad is empty.`);
      const own = Object.keys(drawing.scores)[0];
      const { value, percentile, strange } = drawing.scores[score] ?? drawing.scores[own];
      const share = Math.max(...drawing.posterior);
      const root = make("p", {}, make("b", {}, `${name}: ${drawing.read_as}, `
        + `${percent(share, 0)}, ${strange ? "called strange" : "let through"}`));
      const place = percentile < 0.05 ? "lower than all" : `higher than ${percentile.toFixed(1)} %`;
      root.append(make("span.help", {}, ` ${written(drawing.scores[score] ? score : own, value)}, ${place} of the training digits`));
      return root;
    }));
  }

  open(open) {
    this.root.hidden = !open;
    if (open) this.canvas.focus();
    else {
      this.file.cancel();
      this.say("");
    }
  }
}

/** A score with its name; a probability as itself, not as the logarithm that it is kept as. */
function written(score, value) {
  const { title, scale } = SCORES[score];
  return `${title} ${scale === "nines" ? fixed(Math.exp(value), 3) : short(value)}`;
}

/** How far the mass of a picture lies from where MNIST has it, pixels. */
function offCentre(picture) {
  let [sum, x, y] = [0, 0, 0];
  picture.forEach((value, i) => {
    sum += value;
    x += value * (i % PICTURE_SIDE);
    y += value * Math.floor(i / PICTURE_SIDE);
  });
  return sum ? [x / sum - CENTRE, y / sum - CENTRE] : [0, 0];
}
