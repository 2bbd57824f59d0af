/** Values a decade of a logarithmic slider. */
const PER_DECADE = 24;

/** Parts of a slider that is fine near 0: up to which share of the range, in how many steps. */
const FINE_PARTS = [
  { until: 0.05, steps: 100 },
  { until: 0.25, steps: 80 },
  { until: 1, steps: 75 },
];

/**
 * The values that a slider stops at. A slider's position is a place in this list, so that every
 * press of an arrow key changes the number, and the number shown is the number used.
 *
 * @param {"linear"|"fine"|"log"} scale
 * @param {number} low
 * @param {number} high
 * @returns {number[]} ascending, from low to high
 */
export function stops(scale, low, high) {
  const values = [];
  if (scale === "log") {
    const count = Math.round(Math.log10(high / low) * PER_DECADE);
    for (let i = 0; i <= count; i++) {
      values.push(Number((low * 10 ** (i / PER_DECADE)).toPrecision(2)));
    }
  } else if (scale === "fine") {
    let from = low;
    values.push(low);
    for (const { until, steps } of FINE_PARTS) {
      const to = low + (high - low) * until;
      for (let i = 1; i <= steps; i++) values.push(rounded(from + ((to - from) * i) / steps));
      from = to;
    }
  } else {
    for (let i = 0; i <= 300; i++) values.push(rounded(low + ((high - low) * i) / 300));
  }
  values[0] = low;
  values[values.length - 1] = high;
  return values.filter((value, i) => i === 0 || value > values[i - 1]);
}

/** Place of the stop nearest to a value. */
export function nearestStop(values, value) {
  let low = 0;
  let high = values.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle;
    else high = middle;
  }
  return value - values[low] <= values[high] - value ? low : high;
}

function rounded(value) {
  return Number(value.toFixed(6));
}
