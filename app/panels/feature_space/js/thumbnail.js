import { make } from "./dom.js";
import { Miniature } from "./miniature.js";
import { Pair, SIDES } from "./pair.js";
import { Run } from "./run.js";
import { Screen } from "./screen.js";
import { applyTheme } from "./theme.js";

/** A replay takes so long, and stands so long at its end before it begins again, milliseconds. */
const LOOP_TIME = 14_000;
const REST_TIME = 4_000;

/** The thumbnails of mounted components; a re-run of the page finds its own here again. */
const thumbnails = new WeakMap();

/** Two runs in small: live while they train, then again and again from the beginning. */
class Thumbnail {
  constructor(root) {
    this.root = root;
    this.pair = new Pair();
    this.screens = {};
    this.ids = {};
    this.miniatures = Object.fromEntries(SIDES.map((side) => {
      const figure = make("div.miniature");
      root.append(figure);
      return [side, new Miniature(figure)];
    }));
    this.begun = null;
    this.motion = window.matchMedia("(prefers-reduced-motion: reduce)");
    const tick = (now) => {
      this.request = requestAnimationFrame(tick);
      this.tick(now);
    };
    this.request = requestAnimationFrame(tick);
  }

  update({ base, theme, left, right, label }) {
    this.root.setAttribute("aria-label", label);
    const colours = applyTheme(this.root, theme);
    for (const [side, source] of Object.entries({ left, right })) {
      const miniature = this.miniatures[side];
      miniature.setTheme(colours);
      miniature.setMotion(this.motion.matches);
      if (this.ids[side] === source.id) continue;
      this.ids[side] = source.id;
      this.pair.runs[side]?.close();
      const url = `${base}/lab/runs/${encodeURIComponent(source.id)}`;
      const run = new Run({ ...source, url }, miniature, {
        onChange: () => {},
        onFrame: () => {},
        onDigits: () => this.screens[side]?.forget(),
      });
      this.pair.runs[side] = run;
      this.screens[side] = new Screen(run);
      miniature.setLayers(source.layers);
      this.begun = null;
      run.open();
    }
  }

  tick(now) {
    const step = this.stepAt(now);
    for (const [side, screen] of Object.entries(this.screens)) {
      screen.show(step, true);
      this.miniatures[side].draw(now);
    }
  }

  /** @returns {number} the newest step while it trains or if motion is unwanted, else a replay's */
  stepAt(now) {
    const { newest } = this.pair;
    if (this.motion.matches || !this.pair.every((run) => run.ended)) {
      this.begun = null;
      return newest;
    }
    // What has just been seen to its end rests first.
    this.begun ??= now - LOOP_TIME;
    const passed = (now - this.begun) % (LOOP_TIME + REST_TIME);
    return Math.round(newest * Math.min(passed / LOOP_TIME, 1));
  }

  destroy() {
    cancelAnimationFrame(this.request);
    for (const run of this.pair.all) run.close();
    for (const side of SIDES) this.miniatures[side].destroy();
  }
}

/**
 * Called by Streamlit when a thumbnail is mounted and at every re-run that brings new data.
 *
 * @param {{data: object[], parentElement: ShadowRoot|HTMLElement}} component
 * @returns {function(): void} ends it, when the component is taken from the page
 */
export default function mount({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".thumbnail");
  let held = thumbnails.get(parentElement);
  if (held?.root !== root) {
    held?.destroy();
    held = new Thumbnail(root);
    root.labStats = () => held.pair.stats();
    thumbnails.set(parentElement, held);
  }
  held.update(data);
  return () => {
    held.destroy();
    thumbnails.delete(parentElement);
  };
}
