/** Control points a side; as in lgm_core/alignment/families.py. */
const CONTROL = 4;

export const CONTROL_POINTS = CONTROL * CONTROL;

/** Control points [16][2], row by row from -1 to 1. */
export function controlPoints() {
  const points = [];
  for (let i = 0; i < CONTROL_POINTS; i++) {
    points.push([-1 + (2 * (i % CONTROL)) / (CONTROL - 1), -1 + (2 * Math.floor(i / CONTROL)) / (CONTROL - 1)]);
  }
  return points;
}

/**
 * How much of each control point's displacement each place takes.
 *
 * @param {Float64Array} points [n, 2]
 * @returns {Float64Array} [n, 16]
 */
export function splineBasis(points) {
  const weights = splineWeights();
  const control = controlPoints();
  const count = points.length / 2;
  const basis = new Float64Array(count * CONTROL_POINTS);
  const terms = new Float64Array(CONTROL_POINTS + 3);
  for (let n = 0; n < count; n++) {
    const x = points[2 * n];
    const y = points[2 * n + 1];
    control.forEach(([cx, cy], i) => (terms[i] = kernel((x - cx) ** 2 + (y - cy) ** 2)));
    terms[CONTROL_POINTS] = 1;
    terms[CONTROL_POINTS + 1] = x;
    terms[CONTROL_POINTS + 2] = y;
    for (let k = 0; k < CONTROL_POINTS; k++) {
      let sum = 0;
      for (let i = 0; i < terms.length; i++) sum += terms[i] * weights[i][k];
      basis[n * CONTROL_POINTS + k] = sum;
    }
  }
  return basis;
}

/** r^2 log r of r^2. */
function kernel(square) {
  return square > 0 ? 0.5 * square * Math.log(square) : 0;
}

let solved = null;

/** [19][16]: column k is the spline that is 1 at control point k and 0 at the others. */
function splineWeights() {
  if (solved) return solved;
  const control = controlPoints();
  const size = CONTROL_POINTS + 3;
  const system = Array.from({ length: size }, () => new Array(size + CONTROL_POINTS).fill(0));
  control.forEach(([x, y], i) => {
    control.forEach(([u, v], j) => (system[i][j] = kernel((x - u) ** 2 + (y - v) ** 2)));
    [1, x, y].forEach((value, k) => {
      system[i][CONTROL_POINTS + k] = value;
      system[CONTROL_POINTS + k][i] = value;
    });
    system[i][size + i] = 1;
  });
  solved = eliminate(system, size);
  return solved;
}

/** Gauss-Jordan elimination with row exchange; the columns beyond `size` are right sides. */
function eliminate(system, size) {
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(system[row][column]) > Math.abs(system[pivot][column])) pivot = row;
    }
    [system[column], system[pivot]] = [system[pivot], system[column]];
    const head = system[column][column];
    system[column] = system[column].map((value) => value / head);
    for (let row = 0; row < size; row++) {
      const factor = system[row][column];
      if (row === column || factor === 0) continue;
      system[row] = system[row].map((value, i) => value - factor * system[column][i]);
    }
  }
  return system.map((row) => row.slice(size));
}
