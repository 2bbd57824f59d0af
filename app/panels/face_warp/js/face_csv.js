import { allPairs } from "./pair_scores.js";

const COLUMNS = ["step", "total", "classification", "likelihood", "train_accuracy", "misalignment", "seconds"];

/** A text that may hold a comma. */
const quoted = (text) => `"${String(text).replaceAll('"', '""')}"`;

/** The numbers of every frame, a line each. @param {import("./face_run.js").FaceRun[]} runs */
export function curveLines(runs) {
  return [
    ["run", ...COLUMNS].join(),
    ...runs.flatMap((run) => run.history.frames.map((frame) =>
      [quoted(run.source.title), ...COLUMNS.map((name) => frame[name] ?? "")].join())),
  ];
}

/** The score of every pair of pictures of unseen people, a line each, of runs that have ended. */
export function scoreLines(runs) {
  const lines = ["run,round,left,right,same_person,score"];
  for (const run of runs) {
    const { closing } = run.history;
    if (!closing) continue;
    const { left, right, same } = allPairs(closing.people);
    closing.scores.forEach((score, i) => {
      const pair = i % left.length;
      const round = Math.floor(i / left.length) + 1;
      lines.push([quoted(run.source.title), round, left[pair], right[pair], same[pair], score.toFixed(6)].join());
    });
  }
  return lines;
}
