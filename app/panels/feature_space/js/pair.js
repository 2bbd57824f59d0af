/** The two panels, in the order in which they stand. */
export const SIDES = ["left", "right"];

/** Two runs that are looked at together. */
export class Pair {
  constructor() {
    /** @type {Object<"left"|"right", import("./run.js").Run>} */
    this.runs = {};
  }

  /** The runs that there are, left first. */
  get all() {
    return SIDES.map((side) => this.runs[side]).filter(Boolean);
  }

  some(test) {
    return this.all.some(test);
  }

  every(test) {
    return this.all.length > 0 && this.all.every(test);
  }

  /** @returns {number} step of the newest frame of either run, -1 without one */
  get newest() {
    return Math.max(-1, ...this.all.map((run) => run.lastStep));
  }

  /**
   * Whom a single step is for. A pause finds the two a few steps apart: the one behind comes up to
   * the other first.
   */
  get nextToStep() {
    const { newest } = this;
    const behind = this.all.filter((run) => !run.ended && run.lastStep < newest);
    return behind.length && !this.some((run) => run.going) ? behind : this.all;
  }

  /** @returns {number} steps of the whole training, of what is known of it */
  get total() {
    return Math.max(1, this.newest, ...this.all.map((run) => run.totalSteps));
  }

  /** @returns {number} steps a second of the quicker run's training, 0 while unknown */
  get rate() {
    return Math.max(0, ...this.all.map((run) => run.rate ?? 0));
  }

  /**
   * The scalars of what is on screen at a step: of a run that still goes on, for an ended one
   * has not heard of later knobs; among those of the one that has come farther.
   */
  scalarsAt(step) {
    return this.all.reverse()
      .map((run) => ({ going: Number(run.going), scalars: run.history.scalarsAt(step) }))
      .filter(({ scalars }) => scalars)
      .sort((a, b) => b.going - a.going || b.scalars.step - a.scalars.step)[0]?.scalars ?? null;
  }

  /**
   * @param {number} at a step
   * @param {-1|1} direction
   * @returns {?number} the nearest step before or after it at which either run has a frame
   */
  neighbour(at, direction) {
    const steps = this.all.map(({ history }) => {
      let index = history.indexAt(at);
      // Several frames may share a step: a knob was turned in a pause.
      if (direction < 0) while (index >= 0 && history.frames[index].step >= at) index -= 1;
      else index += 1;
      return history.frames[index]?.step;
    }).filter((step) => step !== undefined);
    if (!steps.length) return null;
    return direction < 0 ? Math.max(...steps) : Math.min(...steps);
  }

  stats() {
    return Object.fromEntries(SIDES.filter((side) => this.runs[side])
      .map((side) => [side, this.runs[side].stats()]));
  }
}
