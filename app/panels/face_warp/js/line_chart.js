import { prepared } from "./canvas.js";
import { fixed } from "./numbers.js";

const MARGIN = { left: 34, right: 10, top: 8, bottom: 22 };

/** A curve over the steps with a place on it; a click or a drag leads there. */
export class LineChart {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {function(number): void} onPick told the step
   */
  constructor(canvas, onPick) {
    this.canvas = canvas;
    this.onPick = onPick;
    const pick = (event) => {
      if (event.buttons !== 1) return;
      const box = canvas.getBoundingClientRect();
      const share = (event.clientX - box.left - MARGIN.left) / (box.width - MARGIN.left - MARGIN.right);
      onPick(Math.round(Math.min(1, Math.max(0, share)) * this.total));
    };
    canvas.addEventListener("pointerdown", pick);
    canvas.addEventListener("pointermove", pick);
  }

  setTheme(theme) {
    this.theme = theme;
  }

  /**
   * @param {{curves: {tone: string, points: {step: number, value: number}[]}[], total: number,
   *   position: number}} data tone: a colour of the theme
   */
  draw({ curves, total, position }) {
    this.total = total;
    const { canvas, theme } = this;
    const plot = theme ? prepared(canvas) : null;
    if (!plot) return;
    const { context, width, height } = plot;
    const values = curves.flatMap(({ points }) => points.map(({ value }) => value));
    const most = Math.ceil(values.reduce((high, value) => Math.max(high, value), 1) * 1.05);
    const x = (step) => MARGIN.left + (step / total) * (width - MARGIN.left - MARGIN.right);
    const y = (value) => height - MARGIN.bottom - (value / most) * (height - MARGIN.top - MARGIN.bottom);
    this.drawAxes(context, { x, y, most, total, width, height });
    for (const { points, tone } of curves) {
      if (!points.length) continue;
      context.strokeStyle = context.fillStyle = theme[tone];
      context.lineWidth = 2;
      context.lineJoin = "round";
      context.beginPath();
      for (const { step, value } of points) context.lineTo(x(step), y(value));
      context.stroke();
      const here = points.findLast(({ step }) => step <= position) ?? points[0];
      context.beginPath();
      context.arc(x(here.step), y(here.value), 4.5, 0, 2 * Math.PI);
      context.fill();
    }
  }

  drawAxes(context, { x, y, most, total, width, height }) {
    const { theme } = this;
    context.strokeStyle = theme.hairline;
    context.lineWidth = 1;
    context.fillStyle = theme.muted;
    context.font = `11.5px ${theme.font}`;
    context.textBaseline = "middle";
    for (const value of [0, most / 2, most]) {
      context.beginPath();
      context.moveTo(MARGIN.left, y(value));
      context.lineTo(width - MARGIN.right, y(value));
      context.stroke();
      context.textAlign = "right";
      context.fillText(fixed(value, Number.isInteger(value) ? 0 : 1), MARGIN.left - 6, y(value));
    }
    context.textBaseline = "alphabetic";
    context.textAlign = "left";
    context.fillText("step 0", MARGIN.left, height - 6);
    context.textAlign = "right";
    context.fillText(String(total), x(total), height - 6);
  }
}
