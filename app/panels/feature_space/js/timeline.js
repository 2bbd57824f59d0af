import { make } from "./dom.js";
import { exact } from "./numbers.js";

/** Changes of one knob closer than this share of the whole time are one mark. */
const MERGE_SHARE = 0.02;

const KNOB_NAMES = { alpha: "margin α", lambda: "likelihood weight λ", learning_rate: "learning rate" };

/**
 * Where knobs were changed, from the scalars of frames in order. Changes made while a slider was
 * dragged come as one, from the first value to the last.
 *
 * @param {object[][]} runs scalars of each run's frames
 * @param {number} total steps of the whole time
 * @returns {{step: number, knob: string, from: number, to: number}[]}
 */
export function knobChanges(runs, total) {
  const changes = [];
  for (const scalars of runs) {
    for (let i = 1; i < scalars.length; i++) {
      for (const knob of Object.keys(KNOB_NAMES)) {
        const from = scalars[i - 1][knob];
        const to = scalars[i][knob];
        if (from !== to) changes.push({ step: scalars[i - 1].step, knob, from, to, last: scalars[i].step });
      }
    }
  }
  changes.sort((a, b) => a.step - b.step);
  const merged = [];
  for (const change of changes) {
    const before = merged.findLast((other) => other.knob === change.knob);
    if (before && change.step - before.last <= MERGE_SHARE * total) {
      before.to = change.to;
      before.last = Math.max(before.last, change.last);
    } else merged.push({ ...change });
  }
  return merged.filter(({ from, to }) => from !== to);
}

/** The time of both runs together: what has been trained, what is on screen, what was turned. */
export class Timeline {
  /**
   * @param {HTMLElement} container
   * @param {function(number): void} onScrub told the step that a person goes to
   */
  constructor(container, onScrub) {
    this.input = make("input.time", {
      type: "range", min: "0", max: "1", step: "1", value: "0", aria: { label: "Training step" },
      on: { input: () => onScrub(Number(this.input.value)) },
    });
    this.marks = make("div.marks", { aria: { hidden: "true" } });
    this.shown = "";
    container.append(make("div.timeline", {}, this.input, this.marks));
  }

  /**
   * @param {{position: number, newest: number, total: number, epoch: ?number}} time in steps;
   *   epoch: null where there are none
   */
  show({ position, newest, total, epoch }) {
    const max = Math.max(total, newest, 1);
    const { input } = this;
    if (input.max !== String(max)) input.max = String(max);
    if (Number(input.value) !== position) input.value = String(position);
    input.disabled = newest <= 0;
    input.style.setProperty("--played-share", (position / max).toFixed(4));
    input.style.setProperty("--loaded-share", (Math.max(newest, 0) / max).toFixed(4));
    const text = epoch === null ? `step ${position}` : `step ${position}, epoch ${epoch}`;
    if (input.getAttribute("aria-valuetext") !== text) input.setAttribute("aria-valuetext", text);
  }

  /** @param {{step: number, knob: string, from: number, to: number}[]} changes */
  mark(changes, total) {
    const key = JSON.stringify([changes, total]);
    if (key === this.shown) return;
    this.shown = key;
    this.marks.replaceChildren(
      ...changes.map(({ step, last, knob, from, to }) => {
        const when = last > step + 1 ? `steps ${step} to ${last}` : `step ${step}`;
        const title = `${KNOB_NAMES[knob]} ${exact(from, 0)} → ${exact(to, 0)}, ${when}`;
        const mark = make("span.mark", { title, data: { knob } });
        mark.style.setProperty("--at", (step / Math.max(total, 1)).toFixed(4));
        return mark;
      }),
    );
  }
}
