import { make } from "./dom.js";
import { fixed } from "./numbers.js";

const SVG_SPACE = "http://www.w3.org/2000/svg";
const WIDTH = 220;
const HEIGHT = 46;
const EDGE = 8;
const AXIS = 22;
/** That a label at an end needs. */
const ROOM = 44;

/**
 * Half of the least range that is drawn, by unit: a difference looks large only if it is, and
 * pictures of one unit can be compared.
 */
const LEAST_RANGE = { AUROC: 0.1, "%": 10, "percentage points": 5, nats: 1 };

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
  const least = LEAST_RANGE[unit] ?? 1;
  const all = [...values, mean, ...limits, ...(interval ?? []), -least, least];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const span = high - low || 1;
  const at = (value) => EDGE + ((value - low) / span) * (WIDTH - 2 * EDGE);
  const svg = document.createElementNS(SVG_SPACE, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", inWords(row, unit));
  shape(svg, "line", { x1: EDGE, x2: WIDTH - EDGE, y1: AXIS, y2: AXIS, class: "axis" });
  for (const limit of new Set(limits)) {
    shape(svg, "line", { x1: at(limit), x2: at(limit), y1: 3, y2: AXIS + 9, class: "limit" });
    scaleLabel(svg, at(limit), "middle", scaleValue(limit));
  }
  const free = (x) => limits.every((limit) => Math.abs(at(limit) - x) > ROOM);
  if (free(0)) scaleLabel(svg, 0, "start", scaleValue(low));
  if (free(WIDTH)) scaleLabel(svg, WIDTH, "end", scaleValue(high));
  if (interval) {
    shape(svg, "line", { x1: at(interval[0]), x2: at(interval[1]), y1: AXIS, y2: AXIS, class: `bar ${verdict}` });
  }
  for (const value of values) shape(svg, "circle", { cx: at(value), cy: AXIS - 10, r: 2.4, class: "seed" });
  shape(svg, "circle", { cx: at(mean), cy: AXIS, r: 4.5, class: `mean ${verdict}` });
  return make("div.interval", { title: inWords(row, unit) }, svg);
}

/** "Difference +0.031 AUROC (+0.012 to +0.050)", or without an interval for a single seed. */
export function inWords({ mean, interval }, unit) {
  const [low, high] = (interval ?? []).map((end) => plusMinus(end, 3));
  return `Difference ${plusMinus(mean, 3)} ${unit} ${interval ? `(${low} to ${high})` : "(one seed, no interval)"}`;
}

function plusMinus(value, decimals) {
  const text = fixed(value, decimals);
  return value >= 0 ? `+${text}` : text;
}

/** An end of the axis in three figures at most; 0 has no sign. */
function scaleValue(value) {
  return value === 0 ? "0" : plusMinus(value, Math.abs(value) < 1 ? 2 : Math.abs(value) < 10 ? 1 : 0);
}

function scaleLabel(svg, x, anchor, text) {
  shape(svg, "text", { x, y: HEIGHT - 2, "text-anchor": anchor, class: "scale" });
  svg.lastChild.textContent = text;
}

function shape(svg, name, attributes) {
  const node = document.createElementNS(SVG_SPACE, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  svg.append(node);
}
