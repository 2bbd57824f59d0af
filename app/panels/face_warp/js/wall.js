/** Between the two pictures of a pair, and between pairs, as a share of a picture's side. */
const ARROW = 0.34;
const GAP = 0.32;

/** A pair gets at least so much room, CSS pixels. */
const LEAST_PAIR = 128;

/** The wall of faces: each probe as it was disturbed, with what is looked at, and straightened. */
export class Wall {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.theme = null;
  }

  /**
   * @param {import("./warper.js").Warper} warper
   * @param {Uint8Array} people who each probe is
   */
  setFaces(warper, people) {
    this.warper = warper;
    const { side, count } = warper;
    const inRow = people.findIndex((person) => person !== people[0]);
    this.inRow = inRow > 0 ? inRow : count;
    this.rows = Math.ceil(count / this.inRow);
    const sheet = () => Object.assign(document.createElement("canvas"), { width: side, height: side * count });
    this.before = sheet();
    this.after = sheet();
    this.image = this.after.getContext("2d").createImageData(side, side * count);
    paint(this.image, warper.pixels);
    this.before.getContext("2d").putImageData(this.image, 0, 0);
  }

  setTheme(theme) {
    this.theme = theme;
  }

  /** Draws the wall as the warper has it now. */
  draw() {
    const { canvas, context, warper, theme } = this;
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (!warper || !theme || width < 10 || height < 10) return;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    paint(this.image, warper.warped);
    this.after.getContext("2d").putImageData(this.image, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    const pair = 2 + ARROW;
    // Where there is little room, fewer pictures of each person: small ones show nothing.
    this.columns = Math.min(this.inRow, Math.max(1, Math.floor(width / LEAST_PAIR)));
    const side = Math.floor(Math.min(
      (width - 2) / (this.columns * pair + (this.columns - 1) * GAP),
      (height - 2) / (this.rows + (this.rows - 1) * 0.14),
    ));
    const stepX = this.columns > 1 ? (width - 2 - pair * side) / (this.columns - 1) : 0;
    const stepY = this.rows > 1 ? (height - 2 - side) / (this.rows - 1) : 0;
    for (let face = 0; face < warper.count; face++) {
      const column = face % this.inRow;
      if (column >= this.columns) continue;
      const x = 1 + (this.columns > 1 ? column * stepX : (width - pair * side) / 2);
      this.drawPair(face, x, 1 + Math.floor(face / this.inRow) * stepY, side);
    }
  }

  drawPair(face, x, y, side) {
    const { context, warper, theme } = this;
    const source = warper.side;
    const right = x + (1 + ARROW) * side;
    roundedSquare(context, x, y, side);
    context.save();
    context.clip();
    context.drawImage(this.before, 0, face * source, source, source, x, y, side, side);
    context.strokeStyle = warper.family === "none" ? "transparent" : theme.accent;
    context.lineWidth = 1.6;
    context.beginPath();
    const outline = warper.outlines[face];
    for (let i = 0; i < outline.length; i += 2) {
      context.lineTo(x + ((outline[i] + 1) / 2) * side, y + ((outline[i + 1] + 1) / 2) * side);
    }
    context.closePath();
    context.stroke();
    context.restore();
    roundedSquare(context, right, y, side);
    context.save();
    context.clip();
    context.drawImage(this.after, 0, face * source, source, source, right, y, side, side);
    context.restore();
    context.strokeStyle = theme.accent;
    context.lineWidth = 1.6;
    roundedSquare(context, right, y, side);
    context.stroke();
    context.fillStyle = theme.muted;
    context.font = `13px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText("→", x + (1 + ARROW / 2) * side, y + side / 2);
  }
}

/** Grey values, one after another, into an image of the same number of pixels. */
export function paint(image, grey) {
  const { data } = image;
  for (let i = 0; i < grey.length; i++) {
    const value = grey[i];
    data[4 * i] = value;
    data[4 * i + 1] = value;
    data[4 * i + 2] = value;
    data[4 * i + 3] = 255;
  }
}

function roundedSquare(context, x, y, side) {
  context.beginPath();
  context.roundRect(x, y, side, side, Math.max(3, side * 0.07));
}
