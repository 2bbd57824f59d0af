import { make } from "./dom.js";
import { fixed } from "./numbers.js";

const SVG_SPACE = "http://www.w3.org/2000/svg";
const WIDTH = 220;
const HEIGHT = 34;
const EDGE = 8;
const AXIS = 22;

/**
 * A measured interval against the rule that judges it: the values of the single seeds as dots,
 * the interval as a bar, the rule's limits as lines.
 *
 * @param {{values: number[], mean: number, interval: ?number[], verdict: string}} row
 * @param {{supporting_above: number, contrasting_below: number}} rule
 * @param {string} unit
 * @returns {HTMLElement}
 */
export function intervalPicture(row, rule, unit) {
  const { values, mean, interval, verdict } = row;
  const limits = [rule.contrasting_below, rule.supporting_above];
  const all = [...values, mean, ...limits, ...(interval ?? [])];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const span = high - low || 1;
  const at = (value) => EDGE + ((value - low) / span) * (WIDTH - 2 * EDGE);
  const svg = document.createElementNS(SVG_SPACE, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", inWords(row, unit));
  shape(svg, "line", { x1: EDGE, x2: WIDTH - EDGE, y1: AXIS, y2: AXIS, class: "axis" });
  for (const limit of new Set(limits)) {
    shape(svg, "line", { x1: at(limit), x2: at(limit), y1: 3, y2: HEIGHT - 3, class: "limit" });
  }
  if (interval) {
    shape(svg, "line", { x1: at(interval[0]), x2: at(interval[1]), y1: AXIS, y2: AXIS, class: `bar ${verdict}` });
  }
  for (const value of values) shape(svg, "circle", { cx: at(value), cy: AXIS - 10, r: 2.4, class: "seed" });
  shape(svg, "circle", { cx: at(mean), cy: AXIS, r: 4.5, class: `mean ${verdict}` });
  return make("div.interval", { title: inWords(row, unit) }, svg);
}

/** "+0.031 AUROC (0.012 to 0.050)", or without an interval for a single seed. */
export function inWords({ mean, interval }, unit) {
  const range = interval ? ` (${fixed(interval[0], 3)} to ${fixed(interval[1], 3)})` : " (one seed, no interval)";
  return `${fixed(mean, 3)} ${unit}${range}`;
}

function shape(svg, name, attributes) {
  const node = document.createElementNS(SVG_SPACE, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  svg.append(node);
}
