import { cssColour } from "./palette.js";

/**
 * The rounded, hairline edge of a picture, drawn into it. The style sheet could round it too, but
 * then every redraw would go through a mask as large as the picture.
 *
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {number} width CSS pixels
 * @param {number} height CSS pixels
 * @param {number} radius CSS pixels
 * @param {{paper: import("./palette.js").Colour, hairline: import("./palette.js").Colour}} theme
 */
export function drawEdge(context, width, height, radius, theme) {
  context.beginPath();
  cutCorner(context, 0, 0, radius, radius);
  cutCorner(context, width, 0, -radius, radius);
  cutCorner(context, width, height, -radius, -radius);
  cutCorner(context, 0, height, radius, -radius);
  context.fillStyle = cssColour(theme.paper);
  context.fill();
  context.beginPath();
  context.roundRect(0.5, 0.5, width - 1, height - 1, radius);
  context.strokeStyle = cssColour(theme.hairline);
  context.lineWidth = 1;
  context.stroke();
}

/** What a rounded corner leaves of its square. */
function cutCorner(context, x, y, dx, dy) {
  context.moveTo(x, y);
  context.lineTo(x + dx, y);
  context.quadraticCurveTo(x + dx * 0.42, y, x + dx * 0.2929, y + dy * 0.2929);
  context.quadraticCurveTo(x, y + dy * 0.42, x, y + dy);
  context.closePath();
}
