/** Losses with a margin on the angle between features and class weights. */
const ANGULAR = ["l-softmax", "sphereface", "cosface", "arcface"];

/**
 * What a knob does to the losses that are shown.
 *
 * @param {string} knob
 * @param {string[]} losses of the two runs
 * @param {string} usual the words for L-GM
 * @returns {{words: string, idle: boolean}} idle: neither loss has it
 */
export function helpOf(knob, losses, usual) {
  const any = (...names) => names.some((name) => losses.includes(name));
  if (!losses.length || !["alpha", "lambda"].includes(knob) || any("lgm")) {
    return { words: usual, idle: false };
  }
  if (knob === "alpha") {
    return any(...ANGULAR)
      ? { words: "Margin on the true class's angle: it grows with α.", idle: false }
      : { words: "Neither of these losses has a margin.", idle: true };
  }
  return any("center")
    ? { words: "Weight of the pull of features to their class's center.", idle: false }
    : { words: "Neither of these losses has this term.", idle: true };
}
