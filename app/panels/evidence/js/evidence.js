import { CheckView } from "./check_view.js";
import { eventTarget, make, setText } from "./dom.js";
import { LedgerView } from "./ledger_view.js";
import { rememberLedger, rememberedLedger } from "./ledger_token.js";
import { filterQuery, filtersOf, shareQuery } from "./link.js";
import { Tools } from "./menu.js";
import { applyTheme } from "./theme.js";
import { WorkView } from "./work_view.js";
import { WorksList } from "./works_list.js";

const pages = new WeakMap();

const VIEWS = { papers: "Papers", check: "Reference check", ledger: "Ledger" };
const KEYS = [
  ["Arrows in the list of works", "from work to work; Enter chooses"],
  ["Home, End there", "to the first, to the last"],
  ["Tab", "from the list on to the filters and statements"],
  ["?", "this list"],
];
/** So long a person pauses before the page script hears of what they type, milliseconds. */
const PAUSE = 400;

/** What is said about a work, a manuscript's references, and the ledger of claims. */
class EvidencePage {
  constructor(root, data, { state, trigger }) {
    Object.assign(this, { root, state });
    const part = (name) => root.querySelector(`.${name}`);
    this.buttons = Object.entries(VIEWS).map(([view, name]) => make("button.tool", {
      type: "button", data: { view }, on: { click: () => this.open(view) },
    }, name));
    part("views").replaceChildren(...this.buttons);
    this.tools = new Tools(part("tools"), {
      keyHelp: KEYS, onPresent: () => trigger("present", !this.present),
    });
    this.tools.link.closest(".share").append(
      make("p.help", {}, "Papers that you added, your labels and your rows are not in it."));
    this.views = Object.fromEntries(Object.keys(VIEWS).map((view) => [view, part(`view.${view}`)]));
    this.works = new WorksList(part("works"), (id) => this.tell({ view: this.view, work: id }));
    this.work = new WorkView(part("work"), {
      onLabel: (id, label) => this.relabel(id, label), onFilter: () => this.filtered(),
    });
    this.check = new CheckView(this.views.check);
    const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
    this.ledger = new LedgerView(this.views.ledger, `${scheme}//${window.location.host}${data.base}/lab/ledger`, {
      onRow: (count) => {
        rememberLedger(this.token);
        trigger("measured", count);
      },
      onAside: (ids) => state("aside", ids),
      say: (text) => setText(part("announcement"), text),
    });
    const before = rememberedLedger();
    if (before && before !== data.ledger.token) trigger("ledger", before);
    this.scheme = window.matchMedia("(prefers-color-scheme: dark)");
    this.onKey = (event) => {
      if (event.key !== "?" || eventTarget(event)?.closest?.("input, textarea, select")) return;
      event.preventDefault();
      this.tools.toggleKeys();
    };
    window.addEventListener("keydown", this.onKey, true);
    this.recolour = () => applyTheme(root, this.hint);
    this.scheme.addEventListener("change", this.recolour);
  }

  update(data) {
    this.hint = data.theme;
    this.relabelled = data.relabelled;
    this.name = data.work?.name ?? "";
    this.chosen = data.work?.id ?? null;
    this.present = data.present;
    this.token = data.ledger.token;
    this.root.toggleAttribute("data-present", data.present);
    applyTheme(this.root, data.theme);
    this.show(data.view);
    this.works.update(data.works, data.work?.id);
    if (data.work) this.work.update(data.work);
    if (this.links !== data.links) {
      this.links = data.links;
      this.told = JSON.stringify({ links: data.links, ...data.filters });
      this.work.filters.set(filtersOf(data.filters));
    }
    this.check.update(data.checked);
    this.ledger.update(data.ledger, data.aside);
    this.share();
  }

  /** At once here; the page script hears of it for the link. */
  open(view) {
    this.show(view);
    this.share();
    this.tell({ view, work: this.chosen });
  }

  tell(place) {
    this.state("place", { links: this.links, ...place });
  }

  show(view) {
    this.view = view;
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    }
    for (const [name, element] of Object.entries(this.views)) element.hidden = name !== view;
  }

  relabel(id, label) {
    const others = Object.fromEntries(Object.entries(this.relabelled).filter(([name]) => name !== id));
    this.state("relabelled", label === null ? others : { ...others, [id]: label });
  }

  /** The address bar follows the filters. */
  filtered() {
    this.share();
    const told = { links: this.links, ...filterQuery(this.work.filters.chosen) };
    const key = JSON.stringify(told);
    window.clearTimeout(this.telling);
    if (key === this.told) return;
    this.telling = window.setTimeout(() => {
      this.told = key;
      this.state("filters", told);
    }, PAUSE);
  }

  share() {
    this.tools.update({
      share: shareQuery(this.view, this.name, this.work.filters.chosen), exports: [], present: this.present,
    });
  }

  destroy() {
    window.clearTimeout(this.telling);
    window.removeEventListener("keydown", this.onKey, true);
    this.scheme.removeEventListener("change", this.recolour);
    this.tools.destroy();
    this.ledger.destroy();
  }
}

/**
 * Called by Streamlit when the component is mounted and at every re-run that brings new data.
 *
 * @param {{data: object[], parentElement: ShadowRoot|HTMLElement, setStateValue: function,
 *   setTriggerValue: function}} component
 * @returns {function(): void} ends it, when the component is taken from the page
 */
export default function mount({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".lab");
  let held = pages.get(parentElement);
  if (held?.root !== root) {
    held?.destroy();
    held = new EvidencePage(root, data, { state: setStateValue, trigger: setTriggerValue });
    pages.set(parentElement, held);
  }
  held.update(data);
  return () => {
    held.destroy();
    pages.delete(parentElement);
  };
}
