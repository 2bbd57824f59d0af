import { loadPlotlyFrom } from "./curves.js";
import { Lab } from "./lab.js";

/** The labs of mounted components; a re-run of the page finds its lab here again. */
const labs = new WeakMap();

/** So long after it was told something, the page may still say it back, in milliseconds. */
const ECHO_TIME = 3000;

/**
 * Called by Streamlit when the component is mounted and at every re-run that brings new data.
 * Connections and pictures stay; only what has changed is taken in.
 *
 * @param {{data: object[], parentElement: ShadowRoot|HTMLElement,
 *   setStateValue: function(string, unknown): void,
 *   setTriggerValue: function(string, unknown): void}} component
 * @returns {function(): void} ends it all, when the component is taken from the page
 */
export default function mount(component) {
  const { data: [data], parentElement } = component;
  const root = parentElement.querySelector(".lab");
  let held = labs.get(parentElement);
  if (held?.root !== root) {
    held?.lab.destroy();
    held = { root, taken: {}, told: [], component };
    const outlet = {
      state: (name, values) => {
        held.told.push({ key: `${name}:${JSON.stringify(values)}`, at: Date.now() });
        held.component.setStateValue(name, { values, turn: Date.now() });
      },
      trigger: (name, value) => held.component.setTriggerValue(name, value),
    };
    const loadPlotly = () => loadPlotlyFrom(`${data.base}/lab/plotly.min.js`);
    held.lab = new Lab(root, { ranges: data.ranges, outlet, loadPlotly });
    root.labStats = () => held.lab.pair.stats();
    labs.set(parentElement, held);
  }
  held.component = component;
  update(held, data);
  return () => {
    held.lab.destroy();
    labs.delete(parentElement);
  };
}

function update(held, data) {
  const { lab } = held;
  /** Whether the page says something new: what a person did here since then stands otherwise. */
  const news = (name, value = data[name]) => {
    const key = JSON.stringify(value);
    if (held.taken[name] === key) return false;
    held.taken[name] = key;
    return !held.told.some((told) => told.key === `${name}:${key}`);
  };
  // The page's echo of what was told a moment ago must not undo what was done since.
  held.told = held.told.filter(({ at }) => Date.now() - at < ECHO_TIME);
  lab.setTheme(data.theme);
  const fresh = ["left", "right"].filter((side) => news(`${side}.id`, data[side].id));
  if (news("layers")) lab.setLayers(data.layers);
  if (news("knobs") || fresh.length) lab.knobs.setAll(data.knobs);
  if (news("present")) lab.setPresent(data.present);
  lab.tools.update(data);
  for (const side of fresh) {
    const { id, title, loss, token } = data[side];
    const url = `${data.base}/lab/runs/${encodeURIComponent(id)}`;
    lab.setRun(side, { id, title, loss, token, url }).open();
  }
  for (const side of ["left", "right"]) {
    if (!fresh.includes(side) && news(`${side}.title`, data[side].title)) {
      lab.panels[side].setRun(data[side]);
    }
  }
}

/**
 * The same lab for recorded runs: no server, no page around it.
 *
 * @param {HTMLElement} element holds the markup of panel.html, or gets it as a child `.lab`
 * @param {{left: object, right: object, ranges: object[], layers: object,
 *   theme: ?("light"|"dark"), plotly: ?object}} recording
 *   left, right: `{title, loss, frames: ArrayBuffer[], labels: number[], class_names: string[],
 *   digits: string, settings: object, total_steps: number}`, `digits` a (data) URL of the sprite;
 *   plotly: the library, if it is at hand
 * @returns {function(): void} ends it
 */
export function mountReplay(element, { left, right, ranges, layers, theme, plotly }) {
  const root = element.matches(".lab") ? element : element.querySelector(".lab");
  const loadPlotly = async () => plotly ?? window.Plotly ?? null;
  const lab = new Lab(root, { ranges, outlet: null, loadPlotly });
  root.labStats = () => lab.pair.stats();
  lab.recorded = true;
  lab.setTheme(theme ?? null);
  lab.setLayers(layers);
  lab.setPresent(false);
  lab.tools.update({ share: null, exports: [], present: false });
  lab.transport.nameReset("To the beginning");
  for (const [side, recorded] of Object.entries({ left, right })) {
    const { title, loss, frames, labels, class_names, digits, settings, total_steps } = recorded;
    const run = lab.setRun(side, { id: side, title, loss, digits, url: null, token: null });
    run.link = "open";
    run.greet({ labels, class_names, settings, total_steps, owner: false });
    for (const buffer of frames) run.take(buffer);
    run.setStatus({ state: "finished" });
  }
  lab.scrub(0);
  return () => lab.destroy();
}
