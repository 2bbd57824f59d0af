/**
 * Lets rows of numbers glide from where they are to where they should be.
 *
 * Each number is a critically damped spring: it starts and ends at rest, keeps its speed when
 * the goal moves on the way, and never overshoots a resting start. The step is the exact solution
 * of the spring's equation, so the motion is the same at any frame rate.
 */
export class Glide {
  /**
   * @param {number} count rows
   * @param {number} width numbers a row
   */
  constructor(count, width) {
    this.count = count;
    this.width = width;
    /** @type {Float32Array} [count, width] what to draw now */
    this.current = new Float32Array(count * width);
    /** @type {Float32Array} [count, width] where it is going */
    this.target = new Float32Array(count * width);
    this.velocity = new Float32Array(count * width);
    /** @type {Uint8Array} [count] whether the row has a place at all */
    this.known = new Uint8Array(count);
    this.moving = false;
  }

  /**
   * Sends a row to a new place; a row that had none appears there.
   *
   * @param {number} row
   * @param {Float32Array} values
   * @param {number} offset of the row's first number in `values`
   * @param {boolean} atOnce place it without gliding
   */
  send(row, values, offset, atOnce) {
    const start = row * this.width;
    const place = atOnce || this.known[row] === 0;
    for (let axis = 0; axis < this.width; axis++) {
      const value = values[offset + axis];
      this.target[start + axis] = value;
      if (place) {
        this.current[start + axis] = value;
        this.velocity[start + axis] = 0;
      }
    }
    this.known[row] = 1;
    if (!place) this.moving = true;
  }

  /** Forgets every row. */
  clear() {
    this.known.fill(0);
    this.velocity.fill(0);
    this.moving = false;
  }

  /** Puts every row where it is going. */
  finish() {
    this.current.set(this.target);
    this.velocity.fill(0);
    this.moving = false;
  }

  /**
   * Moves every row on.
   *
   * @param {number} seconds since the last step
   * @param {number} rate of the spring, 1/s: 90 % of a way are done after 3.9 / rate
   * @param {number} tolerance distance below which a number has arrived
   * @returns {boolean} whether anything moved
   */
  step(seconds, rate, tolerance) {
    if (!this.moving) return false;
    const { current, target, velocity } = this;
    const decay = Math.exp(-rate * seconds);
    const slow = tolerance * rate;
    let moving = false;
    for (let i = 0; i < current.length; i++) {
      const away = current[i] - target[i];
      const speed = velocity[i];
      if (away === 0 && speed === 0) continue;
      if (Math.abs(away) < tolerance && Math.abs(speed) < slow) {
        current[i] = target[i];
        velocity[i] = 0;
        continue;
      }
      const push = speed + rate * away;
      current[i] = target[i] + (away + push * seconds) * decay;
      velocity[i] = (speed - rate * push * seconds) * decay;
      moving = true;
    }
    this.moving = moving;
    return true;
  }
}
