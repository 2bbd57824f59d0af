/**
 * What a model says about one digit.
 *
 * @typedef {object} Answer
 * @property {number} digit
 * @property {number} label class
 * @property {number} predicted class
 * @property {number} step
 * @property {number[]} logits [K] without margin
 * @property {number[]} posterior [K]
 * @property {?number[]} posterior_with_margin [K]
 * @property {?number[]} d [K] half squared Mahalanobis distances
 * @property {?number[]} half_log_dets [K]
 * @property {?number[]} log_likelihood [K]
 * @property {number[]} features [D]
 * @property {number} alpha
 */

/**
 * The server's numbers of a digit; from the frames where there is no server, or no run there.
 *
 * @param {import("./run.js").Run} run
 * @param {number} digit
 * @param {number} step
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 * @throws {Error} with a plain sentence
 */
export async function answerOf(run, digit, step, signal) {
  const state = run.history.stateAt(Math.max(step, 0));
  const fromFrames = () => state && answerFromFrames(state, digit, run.panel.digits.labels[digit]);
  try {
    if (run.source.url) return await answerFromServer(run.source.url, digit, step, signal);
  } catch (error) {
    const answer = signal.aborted ? null : fromFrames();
    if (!answer) throw error;
    return answer;
  }
  const answer = fromFrames();
  if (!answer) throw new Error("These numbers need the server: a recording holds the view only.");
  return answer;
}

/**
 * The answer from a run's frames alone, exact for D = 2, where the view is the feature space
 * itself: `logit_k = r_k . (1, u, v, u^2, u v, v^2)` and `d_k = -logit_k - 1/2 log|Sigma_k|`.
 *
 * @param {object} state of {@link History#stateAt}
 * @param {number} digit
 * @param {number} label its class
 * @returns {?Answer} null where the frames do not hold enough
 */
function answerFromFrames(state, digit, label) {
  const { frame, points, known } = state;
  if (frame.D !== 2 || !known[digit]) return null;
  const u = points[2 * digit];
  const v = points[2 * digit + 1];
  const terms = [1, u, v, u * u, u * v, v * v];
  const logits = Array.from({ length: frame.K }, (_, k) =>
    terms.reduce((sum, term, i) => sum + term * frame.regions[6 * k + i], 0));
  const answer = {
    digit, label, predicted: state.predicted[digit], step: frame.step, logits,
    posterior: softmax(logits), posterior_with_margin: null, d: null, half_log_dets: null,
    log_likelihood: null, features: [u, v], alpha: frame.alpha,
  };
  if (frame.gaussians !== "model") return answer;
  const halfLogDets = [...frame.halfLogDets];
  const d = logits.map((logit, k) => Math.max(0, -logit - halfLogDets[k]));
  const withMargin = logits.map((logit, k) => (k === label ? logit - frame.alpha * d[k] : logit));
  return Object.assign(answer, {
    d,
    half_log_dets: halfLogDets,
    posterior_with_margin: softmax(withMargin),
    log_likelihood: logits.map((logit) => logit - Math.log(2 * Math.PI)),
  });
}

/**
 * The server's answer, checked: it is drawn, so its parts must have the lengths they claim.
 *
 * @param {string} url of the run
 * @param {number} digit
 * @param {number} step
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 * @throws {Error} with a plain sentence
 */
async function answerFromServer(url, digit, step, signal) {
  const response = await fetch(`${url}/inspect?digit=${digit}&step=${step}`, { signal });
  const answer = await response.json().catch(() => null);
  if (!response.ok) {
    throw new Error(answer?.error ?? `The numbers of this digit cannot be had (${response.status}).`);
  }
  const size = answer?.logits?.length;
  const parts = ["posterior", "posterior_with_margin", "d", "half_log_dets", "log_likelihood"];
  const whole = parts.every((part) => (answer?.[part] ?? null) === null || answer[part].length === size);
  if (!size || !Array.isArray(answer.posterior) || !whole) {
    throw new Error("The numbers of this digit came incomplete.");
  }
  return answer;
}

function softmax(logits) {
  const highest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
