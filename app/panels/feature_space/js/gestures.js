/** Pointer travel that still counts as a click, CSS pixels. */
const CLICK_SLACK = 4;

/** Most milliseconds between the clicks of a double click. */
const DOUBLE_CLICK_TIME = 350;

/**
 * Turns pointer, wheel and touch events on a canvas into what a person means by them.
 *
 * One finger scrolls the page until the view has been zoomed; two fingers always zoom.
 */
export class Gestures {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{drag: function(number, number): void, zoom: function(number, number, number): void,
   *   hover: function(?number, ?number): void, tap: function(number, number): void,
   *   reset: function(): void, holdsTouch: function(): boolean}} handlers
   */
  constructor(canvas, handlers) {
    this.canvas = canvas;
    this.handlers = handlers;
    /** @type {Map<number, {x: number, y: number}>} */
    this.pointers = new Map();
    this.travel = 0;
    this.lastTap = { time: -Infinity, x: 0, y: 0 };
    const options = { signal: (this.abort = new AbortController()).signal, passive: false };
    const on = (type, handler) => canvas.addEventListener(type, handler.bind(this), options);
    on("pointerdown", this.down);
    on("pointermove", this.move);
    on("pointerup", this.up);
    on("pointercancel", this.cancel);
    on("pointerleave", this.leave);
    on("wheel", this.wheel);
    on("touchstart", this.touch);
    on("touchmove", this.touch);
  }

  destroy() {
    this.abort.abort();
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  down(event) {
    if (event.button !== 0) return;
    this.pointers.set(event.pointerId, this.place(event));
    if (this.pointers.size === 1) this.travel = 0;
    if (event.pointerType !== "touch") this.canvas.setPointerCapture(event.pointerId);
    if (this.pointers.size === 2) this.handlers.hover(null, null);
  }

  move(event) {
    const now = this.place(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") this.handlers.hover(now.x, now.y);
      return;
    }
    this.travel += Math.hypot(now.x - before.x, now.y - before.y);
    if (this.pointers.size === 2) {
      this.pinch(event.pointerId, before, now);
    } else if (this.travel > CLICK_SLACK) {
      const mayDrag = event.pointerType !== "touch" || this.handlers.holdsTouch();
      if (mayDrag) this.handlers.drag(now.x - before.x, now.y - before.y);
    }
    this.pointers.set(event.pointerId, now);
  }

  pinch(id, before, now) {
    for (const [other, fixed] of this.pointers) {
      if (other === id) continue;
      const was = Math.hypot(before.x - fixed.x, before.y - fixed.y);
      const is = Math.hypot(now.x - fixed.x, now.y - fixed.y);
      const middle = { x: (now.x + fixed.x) / 2, y: (now.y + fixed.y) / 2 };
      if (was > 1) this.handlers.zoom(middle.x, middle.y, is / was);
      this.handlers.drag((now.x - before.x) / 2, (now.y - before.y) / 2, true);
    }
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    if (this.pointers.size > 0) {
      this.travel = Infinity;
      return;
    }
    if (this.travel > CLICK_SLACK) return;
    const { x, y } = this.place(event);
    const last = this.lastTap;
    const again = event.timeStamp - last.time < DOUBLE_CLICK_TIME;
    if (again && Math.hypot(x - last.x, y - last.y) < 4 * CLICK_SLACK) {
      last.time = -Infinity;
      this.handlers.reset();
      return;
    }
    this.lastTap = { time: event.timeStamp, x, y };
    this.handlers.tap(x, y);
  }

  cancel(event) {
    this.pointers.delete(event.pointerId);
  }

  leave(event) {
    if (!this.pointers.has(event.pointerId)) this.handlers.hover(null, null);
    if (event.pointerType === "touch") this.pointers.delete(event.pointerId);
  }

  wheel(event) {
    event.preventDefault();
    const { x, y } = this.place(event);
    const unit = event.deltaMode === 1 ? 18 : event.deltaMode === 2 ? 400 : 1;
    // A pinch on a trackpad arrives as a wheel with the control key and small steps.
    const speed = event.ctrlKey ? 0.01 : 0.0016;
    const way = Math.min(Math.max(event.deltaY * unit, -240), 240);
    this.handlers.zoom(x, y, Math.exp(-way * speed));
  }

  touch(event) {
    if (event.touches.length > 1 || this.handlers.holdsTouch()) event.preventDefault();
  }
}
