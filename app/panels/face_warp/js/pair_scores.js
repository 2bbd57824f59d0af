/**
 * All pairs of pictures in the order of their scores: (0, 1), (0, 2), ...
 *
 * @param {ArrayLike<number>} people who is on each picture
 * @param {number} rounds how often the pictures were disturbed anew; `same` repeats for each
 * @returns {{left: Uint16Array, right: Uint16Array, same: Uint8Array}}
 */
export function allPairs(people, rounds = 1) {
  const count = (people.length * (people.length - 1)) / 2;
  const pairs = { left: new Uint16Array(count), right: new Uint16Array(count), same: new Uint8Array(count * rounds) };
  let at = 0;
  for (let i = 0; i < people.length; i++) {
    for (let j = i + 1; j < people.length; j++, at++) {
      pairs.left[at] = i;
      pairs.right[at] = j;
      pairs.same[at] = people[i] === people[j] ? 1 : 0;
    }
  }
  for (let round = 1; round < rounds; round++) pairs.same.copyWithin(round * count, 0, count);
  return pairs;
}

/**
 * The ROC of scores: shares of impostors and of genuine pairs accepted at each threshold, from
 * the highest threshold on; equal scores are one step. With it the AUROC and the equal error rate.
 *
 * @param {Float32Array} scores
 * @param {Uint8Array} same
 */
export function rocOf(scores, same) {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  const genuine = same.reduce((sum, one) => sum + one, 0);
  const impostors = same.length - genuine;
  const curve = [{ impostors: 0, genuine: 0, threshold: Infinity }];
  let accepted = 0;
  let wrongly = 0;
  let area = 0;
  for (let i = 0; i < order.length; i++) {
    if (same[order[i]]) accepted += 1;
    else wrongly += 1;
    const score = scores[order[i]];
    if (i + 1 < order.length && scores[order[i + 1]] === score) continue;
    const last = curve.at(-1);
    const next = { impostors: wrongly / impostors, genuine: accepted / genuine, threshold: score };
    area += (next.impostors - last.impostors) * (next.genuine + last.genuine) / 2;
    curve.push(next);
  }
  return { curve, auroc: area, eer: equalError(curve) };
}

/** Where as many impostors are accepted as genuine pairs refused; between two corners, linear. */
function equalError(curve) {
  const gap = ({ impostors, genuine }) => impostors - (1 - genuine);
  const at = curve.findIndex((corner) => gap(corner) >= 0);
  if (at <= 0) return { rate: curve[0].impostors, threshold: curve[1]?.threshold ?? 0 };
  const before = curve[at - 1];
  const share = -gap(before) / (gap(curve[at]) - gap(before));
  return {
    rate: before.impostors + share * (curve[at].impostors - before.impostors),
    threshold: curve[at].threshold,
  };
}

/** Shares of genuine pairs and of impostors that a threshold accepts. */
export function acceptedAt(scores, same, threshold) {
  const counts = { genuine: [0, 0], impostors: [0, 0] };
  scores.forEach((score, i) => {
    const kind = counts[same[i] ? "genuine" : "impostors"];
    kind[1] += 1;
    if (score >= threshold) kind[0] += 1;
  });
  return { genuine: counts.genuine[0] / counts.genuine[1], impostors: counts.impostors[0] / counts.impostors[1] };
}

/**
 * The mistakes at a threshold that the scores are surest of: strangers taken for one person, and
 * one person taken for strangers.
 *
 * @param {number} most of each kind
 * @returns {{kind: "strangers"|"one", index: number, score: number}[]}
 */
export function worstMistakes(scores, same, threshold, most) {
  const indices = Array.from(scores.keys());
  const strangers = indices.filter((i) => !same[i] && scores[i] >= threshold)
    .sort((a, b) => scores[b] - scores[a]).slice(0, most);
  const one = indices.filter((i) => same[i] && scores[i] < threshold)
    .sort((a, b) => scores[a] - scores[b]).slice(0, most);
  const told = (kind) => (index) => ({ kind, index, score: scores[index] });
  return [...strangers.map(told("strangers")), ...one.map(told("one"))];
}

/** Shares of the genuine pairs and of the impostors in each of `bins` equal parts of [low, high]. */
export function scoreHistogram(scores, same, low, high, bins) {
  const found = { genuine: new Float64Array(bins), impostors: new Float64Array(bins) };
  const totals = { genuine: 0, impostors: 0 };
  scores.forEach((score, i) => {
    const kind = same[i] ? "genuine" : "impostors";
    const bin = Math.floor(((score - low) / (high - low)) * bins);
    found[kind][Math.min(bins - 1, Math.max(0, bin))] += 1;
    totals[kind] += 1;
  });
  for (const kind of ["genuine", "impostors"]) {
    for (let i = 0; i < bins; i++) found[kind][i] /= Math.max(1, totals[kind]);
  }
  return found;
}
