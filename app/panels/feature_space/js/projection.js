/**
 * From the coordinates of a frame's points to the two of the picture, and a depth.
 *
 * Where a frame's points have two coordinates, they are the picture's. Where they have three
 * (D = 3), the frame's basis and centre give the plane; a person may turn the cloud away from it.
 */
export class Projection {
  constructor() {
    this.V = 2;
    /** Rows: right, up, towards the eye. */
    this.axes = new Float64Array([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    this.goal = Float64Array.from(this.axes);
    this.centre = new Float64Array(3);
    this.goalCentre = new Float64Array(3);
    this.turning = false;
    this.turned = false;
    this.placed = false;
    this.moving = false;
  }

  /**
   * Takes over the plane of a new frame.
   *
   * @param {{V: number, basis: Float32Array, centre: Float32Array}} frame
   */
  follow(frame) {
    const first = !this.placed || this.V !== frame.V;
    this.V = frame.V;
    this.placed = true;
    if (frame.V !== 3) return;
    this.goalCentre.set(frame.centre);
    if (!this.turned) {
      for (let axis = 0; axis < 3; axis++) {
        this.goal[axis] = frame.basis[2 * axis];
        this.goal[3 + axis] = frame.basis[2 * axis + 1];
      }
      completeAxes(this.goal);
    }
    if (first) {
      this.axes.set(this.goal);
      this.centre.set(this.goalCentre);
    }
    this.moving = true;
  }

  /**
   * Lets a person turn the cloud, or gives it back to the frame's plane.
   *
   * @param {boolean} enabled
   */
  setTurning(enabled) {
    this.turning = enabled;
    if (!enabled) this.turned = false;
  }

  /**
   * Turns the cloud by a drag.
   *
   * @param {number} right angle about the upward axis, radians
   * @param {number} down angle about the rightward axis, radians
   */
  turn(right, down) {
    rotateRows(this.axes, 0, 2, right);
    rotateRows(this.axes, 1, 2, -down);
    completeAxes(this.axes);
    this.goal.set(this.axes);
    this.turned = true;
    this.moving = true;
  }

  /**
   * Eases towards the newest plane, so that a new basis does not make the picture jump.
   *
   * @param {number} share of the way to go now, 0 .. 1
   * @returns {boolean} whether anything moved
   */
  step(share) {
    if (this.V !== 3 || !this.moving) return false;
    let away = 0;
    for (let i = 0; i < 9; i++) {
      away = Math.max(away, Math.abs(this.goal[i] - this.axes[i]));
      this.axes[i] += (this.goal[i] - this.axes[i]) * share;
    }
    for (let i = 0; i < 3; i++) {
      away = Math.max(away, Math.abs(this.goalCentre[i] - this.centre[i]));
      this.centre[i] += (this.goalCentre[i] - this.centre[i]) * share;
    }
    completeAxes(this.axes);
    this.moving = away > 1e-4;
    return true;
  }

  /**
   * @param {Float32Array} points [count, V]
   * @param {number} count
   * @param {Float32Array} u [count] rightward, out
   * @param {Float32Array} v [count] upward, out
   * @param {Float32Array} depth [count] towards the eye, out; 0 for V = 2
   */
  points(points, count, u, v, depth) {
    if (this.V === 2) {
      for (let i = 0; i < count; i++) {
        u[i] = points[2 * i];
        v[i] = points[2 * i + 1];
      }
      return;
    }
    const [a, b, c, d, e, f, g, h, i] = this.axes;
    const [x0, y0, z0] = this.centre;
    for (let n = 0; n < count; n++) {
      const x = points[3 * n] - x0;
      const y = points[3 * n + 1] - y0;
      const z = points[3 * n + 2] - z0;
      u[n] = a * x + b * y + c * z;
      v[n] = d * x + e * y + f * z;
      depth[n] = g * x + h * y + i * z;
    }
  }

  /**
   * The picture's covariance of a covariance in the points' coordinates.
   *
   * @param {Float32Array} values
   * @param {number} offset of its first number
   * @param {Float64Array} out [3]: uu, uv, vv
   */
  covariance(values, offset, out) {
    if (this.V === 2) {
      out[0] = values[offset];
      out[1] = 0.5 * (values[offset + 1] + values[offset + 2]);
      out[2] = values[offset + 3];
      return;
    }
    out.fill(0);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const value = values[offset + 3 * i + j];
        out[0] += this.axes[i] * value * this.axes[j];
        out[1] += this.axes[i] * value * this.axes[3 + j];
        out[2] += this.axes[3 + i] * value * this.axes[3 + j];
      }
    }
  }
}

function rotateRows(axes, first, second, angle) {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  for (let i = 0; i < 3; i++) {
    const p = axes[3 * first + i];
    const q = axes[3 * second + i];
    axes[3 * first + i] = cos * p + sin * q;
    axes[3 * second + i] = cos * q - sin * p;
  }
}

/** Makes the first two rows orthonormal and the third their cross product. */
function completeAxes(axes) {
  normaliseRow(axes, 0);
  const dot = axes[0] * axes[3] + axes[1] * axes[4] + axes[2] * axes[5];
  for (let i = 0; i < 3; i++) axes[3 + i] -= dot * axes[i];
  normaliseRow(axes, 3);
  axes[6] = axes[1] * axes[5] - axes[2] * axes[4];
  axes[7] = axes[2] * axes[3] - axes[0] * axes[5];
  axes[8] = axes[0] * axes[4] - axes[1] * axes[3];
}

function normaliseRow(axes, start) {
  const length = Math.hypot(axes[start], axes[start + 1], axes[start + 2]) || 1;
  for (let i = 0; i < 3; i++) axes[start + i] /= length;
}
