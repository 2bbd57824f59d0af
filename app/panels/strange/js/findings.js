import { fixed, percent } from "./numbers.js";
import { SCORES } from "./study.js";

/**
 * What the figures say, in a sentence.
 *
 * @param {{name: string, study: object}[]} models
 * @param {string} [invitation] what can be done with the inputs
 */
export function findingOf(models, invitation = " Choose one to follow its way.") {
  // A name is not broken at its hyphen.
  const parts = models.map(({ name, study: { figures } }) =>
    ({ name: name.replaceAll("-", "\u2011"), figures }));
  if (parts[0].figures.accuracy_attacked === null) {
    return parts.map(({ name, figures }) =>
      `${name} reads ${percent(figures.accuracy_clean)} of the clean digits rightly`).join(", ")
      + (parts[0].figures.settings.inputs === "adversarial"
        ? "; nothing was attacked." : "; of these inputs it has never seen one.");
  }
  const target = parts[0].figures.settings.target;
  const aim = target === null || target === undefined ? ""
    : ` The attack aims at ${parts[0].figures.class_names[target]}.`;
  const [first, ...others] = parts.map(({ name, figures }) =>
    ({ name, share: percent(figures.accuracy_attacked) }));
  return `${first.share} of the attacked digits are still read rightly by ${first.name}`
    + others.map(({ name, share }) => `, ${share} by ${name}`).join("")
    + `.${aim}${invitation}`;
}

/** Of equal covariances the mixture's log-likelihood is the energy and a constant. */
function sameScores(models) {
  return models.filter(({ study: { figures: { scores } } }) =>
    scores.mixture && scores.energy && Math.abs(scores.mixture.auroc.value - scores.energy.auroc.value) < 1e-6)
    .map(({ name }) => `${name}'s energy is its mixture's log-likelihood but for a constant: one score, two names.`);
}

/**
 * What to take from the figures: that a detector is worth what is left of it once the attacker
 * knows it.
 *
 * @param {{name: string, study: object, detector: import("./detector.js").Detector}[]} models
 * @returns {string[]} paragraphs
 */
export function lessonsOf(models) {
  const { settings } = models[0].study.figures;
  const first = "Drag a threshold: what lies left of it is called strange.";
  if (settings.attack !== "adaptive" || settings.inputs !== "adversarial") {
    return [first, ...sameScores(models), "A high likelihood is no proof of a clean input: an attacker who knows the "
      + "detector can raise it. Choose the adaptive attack and look again."];
  }
  const left = models.map(({ name, study: { figures } }) => {
    const score = figures.has_density ? "log_likelihood" : "max_probability";
    const { undetected, auroc } = figures.scores[score];
    return `${name}, ${SCORES[score].title}: AUROC ${fixed(auroc.value, 3)}; ${percent(undetected)} of the `
      + "digits are read wrongly and let through.";
  });
  return ["What is left of the detectors, at 5 % false alarms:", ...left, "A detector is measured by "
    + "adaptive attacks, which know it (Carlini and Wagner 2017, Tramèr and others 2020)."];
}
