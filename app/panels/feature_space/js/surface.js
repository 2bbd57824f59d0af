/** Most device pixels a CSS pixel that are drawn: beyond, nobody sees the difference. */
const MOST_RATIO = 2;

/**
 * The one canvas that a view is drawn on. A second one upon it would have to be blended at every
 * redraw, which without a graphics card costs more than the drawing.
 */
export class Surface {
  /** @param {HTMLElement} container */
  constructor(container) {
    this.width = 0;
    this.height = 0;
    this.ratio = 1;
    this.root = document.createElement("div");
    Object.assign(this.root.style, { position: "relative", width: "100%", height: "100%" });
    this.canvas = document.createElement("canvas");
    Object.assign(this.canvas.style, { position: "absolute", display: "block" });
    this.canvas.setAttribute("aria-hidden", "true");
    // Its pixels are written from here; in a graphics card's memory they would be out of reach.
    this.context = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    this.root.append(this.canvas);
    container.append(this.root);
  }

  /** @returns {boolean} whether the size has changed since the last call */
  measure() {
    const width = Math.round(this.root.clientWidth);
    const height = Math.round(this.root.clientHeight);
    const ratio = Math.min(globalThis.devicePixelRatio || 1, MOST_RATIO);
    this.align();
    if (width === this.width && height === this.height && ratio === this.ratio) return false;
    Object.assign(this, { width, height, ratio });
    const { canvas } = this;
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    return true;
  }

  /**
   * Puts the canvas on whole pixels, wherever the layout has put the container: between pixels
   * every redraw is resampled, which blurs it and takes several times as long.
   */
  align() {
    const { left, top } = this.root.getBoundingClientRect();
    this.canvas.style.left = `${Math.round(left) - left}px`;
    this.canvas.style.top = `${Math.round(top) - top}px`;
  }

  /**
   * Shows these pixels.
   *
   * @param {ImageData} image of the canvas's size
   * @returns {CanvasRenderingContext2D} the canvas's, scaled to CSS pixels, to draw upon them
   */
  show(image) {
    const { context, ratio } = this;
    context.putImageData(image, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return context;
  }

  destroy() {
    this.root.remove();
  }
}
