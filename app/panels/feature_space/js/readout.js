import { setText } from "./dom.js";
import { knobChanges } from "./timeline.js";

const WATCHING = "Watching: only the browser that started these runs can steer them.";
const ENDED = "Training has ended: the sliders count from the next start on.";
const RECORDED = "The sliders stand as they stood then.";

/** What stands around the pictures and follows the runs: controls, knobs, formula and curves. */
export class Readout {
  /**
   * @param {HTMLElement} root holds the markup of panel.html
   * @param {object} parts pair, playback, transport, knobs, formula, curves, inspector of the lab
   */
  constructor(root, parts) {
    this.root = root;
    Object.assign(this, parts);
  }

  /**
   * What the states of the runs allow, said and shown.
   *
   * @param {boolean} recorded a replay from a file: there is nothing to steer
   */
  showState(recorded) {
    const { pair } = this;
    const owner = pair.some((run) => run.owner) || !pair.some((run) => run.hello);
    const ended = pair.every((run) => run.ended);
    this.knobs.setEnabled(owner && !recorded);
    this.formula.setNote(recorded ? RECORDED : ended ? ENDED : !owner ? WATCHING : null);
    this.root.classList.toggle("watching", !owner);
    const spoken = [...new Set(pair.all.map((run) => run.status.state).filter(Boolean))].join(", ");
    if (spoken === this.spoken) return;
    this.spoken = spoken;
    const announcement = this.root.querySelector(".announcement");
    setText(announcement, spoken ? `Training: ${spoken}` : "");
  }

  /**
   * The step looked at, and all that belongs to it.
   *
   * @param {number} position the step
   * @param {boolean} recorded a replay from a file
   */
  showTime(position, recorded) {
    const { pair, transport, curves, knobs } = this;
    const { live, playing } = this.playback;
    const { newest, total } = pair;
    const training = pair.some((run) => run.going);
    const ended = pair.every((run) => run.ended);
    const owner = pair.some((run) => run.owner);
    const shown = pair.scalarsAt(position);
    for (const run of pair.all) {
      // One that rests behind the other says where it stands.
      const behind = live && !run.going && run.lastStep < newest;
      run.panel.setStep(behind ? run.lastStep : null);
    }
    transport.show({
      position, newest, total, live, training, ended,
      epoch: Math.floor(shown?.epoch ?? 0),
      playing: live ? training : playing,
      replaying: !live || ended,
      canAct: !live || ended ? newest > 0 : owner,
      reason: pair.some((run) => run.hello) ? WATCHING : "Connecting",
    });
    curves.setTime({ position, total, live: live && !recorded });
    if (recorded) knobs.setAll(shown ?? {});
    else if (live && shown) knobs.follow(shown);
    if (!recorded) knobs.showPast(live ? null : (shown ?? null));
    this.inspector.follow(position);
  }

  /** The curves with the frames that came, and where a knob was turned. */
  showEvidence() {
    const { pair } = this;
    const runs = pair.all.map((run) => ({
      scalars: run.history.frames.map((frame) => frame.scalars),
      batchSize: run.hello?.settings?.batch_size ?? 1,
      scalarsAt: (step) => run.history.scalarsAt(step),
    }));
    const changes = knobChanges(runs.map(({ scalars }) => scalars), pair.total);
    this.transport.timeline.mark(changes, pair.total);
    this.curves.setRuns(runs);
  }
}
