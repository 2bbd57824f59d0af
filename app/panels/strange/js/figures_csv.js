import { SCORES } from "./study.js";

/**
 * The table of figures as CSV, a row for each model and score.
 *
 * @param {{name: string, study: object, detector: import("./detector.js").Detector}[]} models
 * @returns {Blob}
 */
export function figuresCsv(models) {
  const { settings } = models[0].study.figures;
  const asked = Object.keys(settings);
  const head = ["model", "score", "auroc", "auroc_low", "auroc_high", "fpr95", "fpr95_low", "fpr95_high",
    "average_precision", "undetected", "accuracy_clean", "accuracy_attacked", "clean_count",
    "abnormal_count", "feature_dim", ...asked];
  const rows = models.flatMap(({ name, study: { figures } }) =>
    Object.entries(figures.scores).map(([score, found]) => [
      name, SCORES[score].title, found.auroc.value, found.auroc.low, found.auroc.high,
      found.fpr95.value, found.fpr95.low, found.fpr95.high, found.average_precision.value,
      found.undetected ?? "", figures.accuracy_clean, figures.accuracy_attacked ?? "",
      figures.count, figures.abnormal_count, figures.feature_dim, ...asked.map((key) => settings[key] ?? ""),
    ]));
  return csvOf([head, ...rows]);
}

/**
 * Every input's scores as CSV, of both models.
 *
 * @param {{name: string, study: object}[]} models
 * @returns {Blob}
 */
export function inputsCsv(models) {
  const columns = models.flatMap(({ name, study: { tensors } }) => Object.keys(SCORES)
    .filter((score) => tensors[`abnormal.${score}`])
    .map((score) => ({ title: `${name}: ${SCORES[score].title}`, score, tensors })));
  const kinds = ["clean", "abnormal"];
  const rows = kinds.flatMap((kind) => {
    const count = models[0].study.tensors[`${kind}_predicted`].data.length;
    return Array.from({ length: count }, (_, i) => [kind === "clean" ? "clean" : "strange", i,
      ...models.map(({ study: { tensors, figures } }) => figures.class_names[tensors[`${kind}_predicted`].data[i]]),
      ...columns.map(({ score, tensors }) => {
        const value = tensors[`${kind}.${score}`].data[i];
        // A probability is kept as its logarithm.
        return score === "max_probability" ? Math.exp(value) : value;
      })]);
  });
  const head = ["input", "number", ...models.map(({ name }) => `${name}: read as`), ...columns.map((c) => c.title)];
  return csvOf([head, ...rows]);
}

/** A cell that begins like a formula is made text, so that no spreadsheet computes it. */
function cellOf(value) {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvOf(rows) {
  const text = rows.map((row) => row.map(cellOf).join(",")).join("\r\n");
  return new Blob([`${text}\r\n`], { type: "text/csv;charset=utf-8" });
}
