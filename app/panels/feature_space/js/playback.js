/** Steps a second of a replay where the frames carry no times. */
const DEFAULT_RATE = 60;

/** The choice of replay speeds, as multiples of the training's own. */
export const SPEEDS = [1, 2, 4];

/** Which step is on screen: the newest (live), or one that a person went back to. */
export class Playback {
  constructor() {
    this.live = true;
    this.playing = false;
    this.speed = SPEEDS[0];
    this.place = 0;
    this.last = null;
  }

  /** @returns {number} the step on screen */
  position(newest) {
    return this.live ? Math.max(newest, 0) : Math.min(Math.floor(this.place), Math.max(newest, 0));
  }

  goTo(step) {
    this.live = false;
    this.playing = false;
    this.place = Math.max(0, step);
  }

  goLive() {
    this.live = true;
    this.playing = false;
  }

  /** Plays on from a step, or from where it stands. */
  play(step = this.place) {
    this.live = false;
    this.playing = true;
    this.place = step;
    this.last = null;
  }

  pause() {
    this.playing = false;
  }

  /**
   * Moves a replay on; at the newest step it is live again.
   *
   * @param {number} now milliseconds
   * @param {number} newest step
   * @param {?number} rate steps a second of the training itself
   */
  tick(now, newest, rate) {
    if (!this.playing) return;
    // After a pause of the page a replay goes on from where it was.
    const seconds = this.last === null ? 0 : Math.min((now - this.last) / 1000, 0.25);
    this.last = now;
    this.place += seconds * (rate || DEFAULT_RATE) * this.speed;
    if (this.place >= newest) this.goLive();
  }
}
