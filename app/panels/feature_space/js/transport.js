import { icon, make, setText } from "./dom.js";
import { SPEEDS } from "./playback.js";
import { Timeline } from "./timeline.js";

/**
 * Reset, play or pause, step, the reading, the timeline, and the speed of a replay.
 *
 * @typedef {object} TransportListener
 * @property {() => void} onReset
 * @property {() => void} onToggle
 * @property {() => void} onStep
 * @property {() => void} onLive
 * @property {(speed: number) => void} onSpeed
 * @property {(step: number) => void} onScrub
 */
export class Transport {
  /**
   * @param {HTMLElement} container
   * @param {TransportListener} listener
   */
  constructor(container, listener) {
    const button = (style, name, label, keys, onClick) =>
      make(
        `button.${style}`,
        { type: "button", title: keys ? `${label} (${keys})` : label,
          aria: { label, ...(keys ? { keyshortcuts: keys === "→" ? "ArrowRight" : keys } : {}) },
          on: { click: onClick } },
        icon(name),
      );
    this.reset = button("round", "reset", "Start afresh", "R", listener.onReset);
    this.toggle = button("round.big", "play", "Play", "Space", listener.onToggle);
    this.step = button("round", "step", "One step", "→", listener.onStep);
    this.epoch = make("b.epoch", {}, "0");
    this.count = make("b.count", {}, "0");
    this.liveLabel = make("span", {}, "live");
    this.live = make(
      "button.live", { type: "button", aria: { pressed: "true", label: "Newest step" }, on: { click: listener.onLive } },
      make("span.dot"), this.liveLabel,
    );
    this.speed = make("select.speed", {
      title: "Speed of a replay",
      aria: { label: "Speed of a replay" },
      on: { change: () => listener.onSpeed(Number(this.speed.value)) },
    }, ...SPEEDS.map((speed) => make("option", { value: String(speed) }, `${speed}×`)));
    const time = make("div.time-slot");
    container.append(
      make("div.buttons", {}, this.reset, this.toggle, this.step),
      make("div.reading", {}, make("span", {}, "epoch "), this.epoch,
        make("span.between", {}, " · "), make("span", {}, "step "), this.count),
      time,
      make("div.pace", {}, this.live, this.speed),
    );
    this.timeline = new Timeline(time, listener.onScrub);
  }

  /**
   * @param {{position: number, newest: number, total: number, epoch: ?number, playing: boolean,
   *   replaying: boolean, live: boolean, training: boolean, ended: boolean, canAct: boolean,
   *   reason: string}} state canAct: whether play and step do anything; reason: why not
   */
  show(state) {
    setText(this.epoch, String(state.epoch ?? ""));
    setText(this.count, String(state.position));
    this.timeline.show(state);

    const label = state.playing ? "Pause" : state.replaying ? "Replay from here" : "Play";
    if (this.label !== label) {
      this.label = label;
      this.toggle.replaceChildren(icon(state.playing ? "pause" : "play"));
      this.toggle.setAttribute("aria-label", label);
    }
    for (const button of [this.toggle, this.step]) {
      if (button.disabled === state.canAct) button.disabled = !state.canAct;
    }
    const title = state.canAct ? `${label} (Space)` : state.reason;
    if (this.toggle.title !== title) this.toggle.title = title;
    setText(this.liveLabel, state.ended ? "end" : "live");
    this.live.setAttribute("aria-pressed", String(state.live));
    this.live.classList.toggle("training", state.training);
    const liveTitle = state.live ? "The newest step is on screen" : "Back to the newest step";
    if (this.live.title !== liveTitle) this.live.title = liveTitle;
  }

  /** @param {string} label what the first button does: another thing in a replay from a file */
  nameReset(label) {
    this.reset.title = `${label} (R)`;
    this.reset.setAttribute("aria-label", label);
  }
}
