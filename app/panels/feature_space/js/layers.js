/** Most device pixels a CSS pixel that are drawn: beyond, nobody sees the difference. */
const MOST_RATIO = 2;

/**
 * The canvases of a view, one upon the other: `field` (opaque) and `shapes` change with a frame
 * or the camera, `points` with every redraw.
 */
export class Layers {
  /** @param {HTMLElement} container */
  constructor(container) {
    this.width = 0;
    this.height = 0;
    this.ratio = 1;
    this.root = document.createElement("div");
    Object.assign(this.root.style, { position: "relative", width: "100%", height: "100%" });
    this.field = this.add({ alpha: false });
    this.shapes = this.add({});
    // Its pixels are written from here; in a graphics card's memory they would be out of reach.
    this.points = this.add({ willReadFrequently: true });
    this.top = this.points.canvas;
    container.append(this.root);
  }

  add(settings) {
    const canvas = document.createElement("canvas");
    Object.assign(canvas.style, {
      position: "absolute", inset: "0", width: "100%", height: "100%", display: "block",
      borderRadius: "inherit",
    });
    canvas.setAttribute("aria-hidden", "true");
    this.root.append(canvas);
    this.root.style.borderRadius = "inherit";
    return canvas.getContext("2d", settings);
  }

  /** @returns {boolean} whether the size has changed since the last call */
  measure() {
    const width = Math.round(this.root.clientWidth);
    const height = Math.round(this.root.clientHeight);
    const ratio = Math.min(globalThis.devicePixelRatio || 1, MOST_RATIO);
    if (width === this.width && height === this.height && ratio === this.ratio) return false;
    Object.assign(this, { width, height, ratio });
    for (const { canvas } of [this.field, this.shapes, this.points]) {
      canvas.width = Math.max(1, Math.round(width * ratio));
      canvas.height = Math.max(1, Math.round(height * ratio));
    }
    return true;
  }

  /** Scales a layer to CSS pixels and empties it. */
  begin(context) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    return context;
  }

  destroy() {
    this.root.remove();
  }
}
