/** Most points of a line: more would be finer than its pixels. */
const MOST_POINTS = 300;

/** Digits a second are measured over at least this much training time, in seconds. */
const RATE_WINDOW = 0.5;

/**
 * Lines of a run over its steps, thinned out by means over equal groups of frames.
 *
 * @param {object[]} scalars of frames in order
 * @param {number} batchSize
 * @returns {{steps: number[], classification: number[], likelihood: number[], train: number[],
 *   test: number[], compactness: number[], rate: number[]}} null where nothing is known
 */
export function seriesOf(scalars, batchSize) {
  const size = Math.max(1, Math.ceil(scalars.length / MOST_POINTS));
  const lines = {
    steps: [], classification: [], likelihood: [], train: [], test: [], compactness: [], rate: [],
  };
  let from = 0;
  for (let start = 0; start < scalars.length; start += size) {
    const group = scalars.slice(start, start + size);
    const last = group[group.length - 1];
    lines.steps.push(last.step);
    lines.classification.push(mean(group, (s) => s.classification));
    lines.likelihood.push(mean(group, (s) => (s.gaussians === "model" ? s.likelihood : null)));
    lines.train.push(mean(group, (s) => s.train_accuracy));
    lines.test.push(mean(group, (s) => s.test_accuracy));
    lines.compactness.push(mean(group, (s) => (s.separation > 0 ? s.spread / s.separation : null)));
    while (from + 1 < start && last.seconds - scalars[from + 1].seconds >= RATE_WINDOW) from += 1;
    lines.rate.push(rateBetween(scalars[from], last, batchSize));
  }
  return lines;
}

/** The lines' values for the figures in the title lines: at a step, or last known before it. */
export function valuesAt(lines, step) {
  let low = 0;
  let high = lines.steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines.steps[middle] <= step) low = middle + 1;
    else high = middle;
  }
  const index = Math.max(0, low - 1);
  const known = (line) => {
    for (let i = index; i >= 0; i--) if (line[i] !== null) return line[i] ?? null;
    return null;
  };
  return Object.fromEntries(Object.entries(lines).map(([name, line]) => [name, known(line)]));
}

/** A ceiling that the first wild steps do not set: the 97th percentile of all values. */
export function calmCeiling(arrays) {
  const values = arrays.flat().filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  if (!values.length) return 1;
  return Math.max(values[Math.floor(0.97 * (values.length - 1))] * 1.08, 1e-6);
}

function mean(group, valueOf) {
  let sum = 0;
  let count = 0;
  for (const scalars of group) {
    const value = valueOf(scalars);
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    sum += value;
    count += 1;
  }
  return count ? sum / count : null;
}

function rateBetween(first, last, batchSize) {
  const seconds = last.seconds - first.seconds;
  return seconds >= RATE_WINDOW / 2 ? ((last.step - first.step) * batchSize) / seconds : null;
}
