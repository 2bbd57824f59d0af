import { fixed } from "./numbers.js";
import { SCORES } from "./study.js";

/** The dimensions, in the order of the rows. */
export const DIMENSIONS = [2, 8, 32, 64];

const LIKELIHOODS = ["log_likelihood", "mixture"];

/**
 * What the figures say of the two chosen scores, in words that follow from the numbers alone.
 *
 * @param {{dim: number, softmax: object, lgm: object}[]} rows figures of both, by dimension
 * @param {{softmax: string, lgm: string}} chosen names of the scores
 * @returns {string} empty for fewer than two rows
 */
export function comparisonOf(rows, chosen) {
  if (rows.length < 2) return "";
  const of = (row, loss) => row[loss].scores[chosen[loss]].auroc;
  const higher = rows.filter((row) => of(row, "lgm").low > of(row, "softmax").high);
  const lower = rows.filter((row) => of(row, "lgm").high < of(row, "softmax").low);
  const close = rows.filter((row) => !higher.includes(row) && !lower.includes(row));
  const pair = (row) =>
    `${row.dim} (${fixed(of(row, "lgm").value, 3)} against ${fixed(of(row, "softmax").value, 3)})`;
  const parts = [["higher", higher], ["lower", lower], ["too close to tell", close]]
    .filter(([, found]) => found.length)
    .map(([word, found]) => `${word} at D = ${listed(found.map(pair))}`);
  return `AUROC of L-GM's ${SCORES[chosen.lgm].title} against softmax's ${SCORES[chosen.softmax].title}: `
    + `${parts.join("; ")}.`;
}

/**
 * Why few features hurt L-GM's likelihood; only where the figures show that they do.
 *
 * @param {{dim: number, lgm: object}[]} rows @param {{lgm: string}} chosen
 */
export function reasonOf(rows, chosen) {
  if (rows.length < 2 || rows[0].dim !== DIMENSIONS[0] || !LIKELIHOODS.includes(chosen.lgm)) return "";
  const [first, ...others] = rows.map(({ lgm }) => lgm.scores[chosen.lgm].auroc);
  if (others.every(({ value }) => value > first.value) && others.at(-1).low > first.high) {
    return "Few features hurt here. The likely reason is crowding: in a plane ten classes lie close, so "
      + "an input that is pushed out of its class soon lands within another's Gaussian, with little "
      + "empty room between. With more features there is more room between the means.";
  }
  const last = others.at(-1);
  const verdict = last.high < first.low ? "Few features do not hurt here"
    : "Whether few features hurt cannot be told from these figures";
  return `${verdict}: the AUROC of L-GM's ${SCORES[chosen.lgm].title} is ${fixed(first.value, 3)} at `
    + `D = ${rows[0].dim} and ${fixed(last.value, 3)} at D = ${rows.at(-1).dim}.`;
}

function listed(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
