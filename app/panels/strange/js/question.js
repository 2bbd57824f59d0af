import { fixed, grouped } from "./numbers.js";

const ATTACKS = {
  none: "no attack", fgsm: "FGSM", bim: "BIM", pgd: "PGD", adaptive: "the adaptive attack",
  deepfool: "DeepFool", cw: "Carlini-Wagner",
};
const OTHER_INPUTS = {
  noise: "noise", gaussian: "noise as bright as digits", rotated: "rotated digits",
  inverted: "inverted digits", occluded: "occluded digits", faces: "faces",
};
/** Attacks that search for the smallest change; ε bounds what they find and does not make it grow. */
const SEARCHING = ["deepfool", "cw"];
const STEPPING = ["bim", "pgd", "adaptive"];
const WITH_NORM = ["pgd", "adaptive"];

/** @param {object} settings of a study @returns {boolean} whether their attack grows with ε */
export function canGrow(settings) {
  return isAttack(settings) && !SEARCHING.includes(settings.attack);
}

function isAttack({ inputs, attack }) {
  return inputs === "adversarial" && attack !== "none";
}

/** @param {object} settings @returns {string} in what the work is counted: searches go by digits */
export function unitOf({ attack }) {
  return ["none", ...SEARCHING].includes(attack) ? "digit" : "step";
}

/** @param {object} settings of a study @returns {string} such as "FGSM, ε 0.20, 1,000 digits" */
export function questionOf(settings) {
  const { inputs, attack, epsilon, steps, norm, restarts, target, count } = settings;
  const words = [inputs === "adversarial" ? ATTACKS[attack] : OTHER_INPUTS[inputs]];
  if (isAttack(settings)) {
    words.push(`ε ${fixed(epsilon, 2)}`);
    if (WITH_NORM.includes(attack) && norm === "l2") words.push("Euclidean length");
    if (STEPPING.includes(attack)) words.push(`${steps} steps`);
    if (WITH_NORM.includes(attack) && restarts > 1) words.push(`${restarts} restarts`);
    if (target !== null && target !== undefined) words.push(`towards class ${target}`);
  }
  words.push(`${grouped(count)} digits`);
  return words.join(", ");
}

/**
 * The same in fewer words, for the line that tells what is being worked on.
 *
 * @param {object} settings of a study
 * @param {string} strange what the strange inputs are called, where no attack makes them
 */
export function briefly(settings, strange) {
  const { inputs, attack, epsilon, count } = settings;
  if (inputs !== "adversarial") return `${count} ${strange}`;
  const name = ATTACKS[attack][0].toUpperCase() + ATTACKS[attack].slice(1);
  return `${name}${isAttack(settings) ? ` at ε ${epsilon}` : ""}, ${count} digits`;
}
