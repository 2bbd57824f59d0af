import { make } from "./dom.js";
import { LABELS, counted, tallyOf } from "./labels.js";

/** Years further apart than this are not drawn one by one. */
const MOST_YEARS = 40;

/**
 * How the statements spread over the years: a column a year, the years between included.
 *
 * @param {{year: ?number, label: string}[]} statements
 * @param {{chosen: ?number, onChoose: function(?number): void}} options a year that is chosen
 *   twice is let go
 * @returns {HTMLElement}
 */
export function yearColumns(statements, { chosen, onChoose }) {
  const known = statements.map(({ year }) => year).filter((year) => year !== null);
  if (!known.length) return make("div.years");
  const last = Math.max(...known);
  const first = Math.max(Math.min(...known), last - MOST_YEARS + 1);
  const years = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const tallies = years.map((year) => tallyOf(statements.filter((one) => one.year === year)));
  const most = Math.max(1, ...tallies.map((tally) => tally.reduce((sum, count) => sum + count)));
  const columns = years.map((year, index) => column(year, tallies[index], most, { chosen, onChoose }));
  return make("div.years", { role: "group", aria: { label: "Statements by year of the citing paper" } }, ...columns);
}

function column(year, tally, most, { chosen, onChoose }) {
  const total = tally.reduce((sum, count) => sum + count);
  const stack = make("span.stack", {}, ...LABELS.map((label, index) => {
    const part = make(`span.part.${label}`);
    part.style.height = `${(100 * tally[index]) / most}%`;
    return part;
  }));
  return make("button.year", {
    type: "button", disabled: total === 0, title: `${year}: ${counted(total, "statement")}`,
    aria: { pressed: String(chosen === year) },
    on: { click: () => onChoose(chosen === year ? null : year) },
  }, stack, make("span.name", {}, String(year)));
}
