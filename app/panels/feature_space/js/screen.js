/** More frames than this at once are not glided through but shown as the state they lead to. */
const GLIDE_FRAMES = 8;

/** Up to so many frames that have come in a bunch are shown one at each redraw. */
const QUEUE_FRAMES = 3;

/**
 * Brings one panel to a step of its run: by the frames in between, if there are few and time
 * goes forward, so that digits glide; else at once.
 */
export class Screen {
  /** @param {import("./run.js").Run} run */
  constructor(run) {
    this.run = run;
    this.forget();
  }

  /** The panel's picture is empty: whatever comes next is shown as a whole. */
  forget() {
    this.index = -1;
    this.step = -1;
    this.generation = this.run.history.generation;
  }

  /**
   * @param {number} step
   * @param {boolean} glide whether the way there may be shown
   * @returns {boolean} whether another frame is on screen now
   */
  show(step, glide) {
    const { history, panel } = this.run;
    if (!panel.digits) return false;
    if (this.generation !== history.generation) {
      this.generation = history.generation;
      this.index = history.indexAt(this.step);
    }
    let index = history.indexAt(step);
    if (index < 0 || index === this.index) return false;
    const ahead = index - this.index;
    if (glide && this.index >= 0 && ahead > 0 && ahead <= GLIDE_FRAMES) {
      if (ahead <= QUEUE_FRAMES) index = this.index + 1;
      for (let i = this.index + 1; i <= index; i++) panel.apply(history.frame(i));
    } else {
      panel.jump(history.stateAt(step));
    }
    this.index = index;
    this.step = history.frames[index].step;
    return true;
  }
}
