import { make } from "./dom.js";
import { LABELS, SIGNS } from "./labels.js";

/**
 * A work's tally as a bar: how many statements support, contrast, mention.
 *
 * @param {number[]} tally in the order of LABELS
 * @param {{small?: boolean, empty?: string}} [options] small: the bar alone, for lists; empty:
 *   what is said when there is nothing
 * @returns {HTMLElement}
 */
export function badge(tally, { small = false, empty = "No paper that is loaded says anything about it." } = {}) {
  const total = tally.reduce((sum, count) => sum + count, 0);
  const words = LABELS.map((label, index) => `${tally[index]} ${label}`).join(", ");
  const bar = make("div.tally-bar", {}, ...LABELS.map((label, index) => {
    const part = make(`span.part.${label}`);
    part.style.flexGrow = String(tally[index]);
    part.hidden = tally[index] === 0;
    return part;
  }));
  if (small) return make("div.tally.small", { role: "img", aria: { label: words }, title: words }, bar);
  bar.setAttribute("aria-hidden", "true");
  return make("div.tally", {}, bar, make("ul.counts", {}, ...LABELS.map((label, index) =>
    make(`li.${label}`, {}, make("span.sign", { aria: { hidden: "true" } }, SIGNS[label]),
      make("b", {}, String(tally[index])), ` ${label}`))),
  total === 0 ? make("p.help", {}, empty) : null);
}
