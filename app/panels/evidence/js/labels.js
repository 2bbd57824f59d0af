/** The three relations that a citing statement can have to the cited work, in their order. */
export const LABELS = ["supporting", "contrasting", "mentioning"];

/** A sign for each, so that colour is never alone. */
export const SIGNS = { supporting: "✓", contrasting: "≠", mentioning: "–", inconclusive: "?" };

/** @returns {number[]} how many statements are of each label */
export function tallyOf(statements) {
  return LABELS.map((label) => statements.filter((one) => one.label === label).length);
}

/** "1 statement", "12 statements". */
export function counted(count, noun) {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
