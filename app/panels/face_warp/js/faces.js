import { FaceLab } from "./face_lab.js";

/** The labs of mounted components; a re-run of the page finds its own here again. */
const labs = new WeakMap();

/**
 * Called by Streamlit when the component is mounted and at every re-run that brings new data.
 *
 * @param {{data: object[], parentElement: ShadowRoot|HTMLElement,
 *   setTriggerValue: function(string, unknown): void}} component
 * @returns {function(): void} ends it all, when the component is taken from the page
 */
export default function mount(component) {
  const { data: [data], parentElement } = component;
  const root = parentElement.querySelector(".lab");
  let held = labs.get(parentElement);
  if (held?.root !== root) {
    held?.lab.destroy();
    held = { root, component };
    const outlet = { trigger: (name, value) => held.component.setTriggerValue(name, value) };
    held.lab = new FaceLab(root, outlet, data.ranges);
    root.labStats = () => held.lab.stats();
    labs.set(parentElement, held);
  }
  held.component = component;
  const { lab } = held;
  lab.setTheme(data.theme);
  lab.setPresent(data.present);
  lab.tools.update({ ...data, exports: [...lab.exports, ...data.exports] });
  lab.setRuns(data.runs.map((run) => ({
    ...run, url: `${data.base}/lab/runs/${encodeURIComponent(run.id)}`,
  })));
  return () => {
    held.lab.destroy();
    labs.delete(parentElement);
  };
}

/**
 * The same lab for recorded runs: no server, no page around it.
 *
 * @param {HTMLElement} root holds the markup of faces.html
 * @param {{title: string, settings: object, total_steps: number, frames: ArrayBuffer[],
 *   weights: ?ArrayBuffer}[]} recordings of one run or several
 * @returns {function(): void} ends it
 */
export function mountFaces(root, recordings) {
  const lab = new FaceLab(root, null);
  root.labStats = () => lab.stats();
  lab.setTheme(null);
  lab.setPresent(false);
  lab.tools.update({ share: null, exports: lab.exports, present: false });
  lab.transport.nameReset("To the beginning");
  lab.setRuns(recordings.map((recording, i) => ({ id: String(i), title: recording.title, wall: recording.wall, recording })));
  return () => lab.destroy();
}
