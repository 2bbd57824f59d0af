import { badge } from "./badge.js";
import { make } from "./dom.js";

/** From the row that has the focus to another; the list is one stop of the tab key. */
const WAYS = {
  ArrowDown: (at) => at + 1, ArrowUp: (at) => at - 1, Home: () => 0, End: (at, last) => last,
};

/** The works that the loaded papers cite, the one with most statements first. */
export class WorksList {
  /** @param {HTMLElement} root @param {function(string): void} onChoose by a work's id */
  constructor(root, onChoose) {
    this.onChoose = onChoose;
    this.search = make("input", {
      type: "search", placeholder: "Find a work", aria: { label: "Find a work" }, maxLength: 200,
      on: { input: () => this.draw() },
    });
    this.select = make("select", { aria: { label: "Work" }, on: { change: () => onChoose(this.select.value) } });
    this.list = make("ul", { on: { keydown: (event) => this.walk(event) } });
    root.replaceChildren(this.search, this.select, this.list);
    this.works = [];
  }

  /** @param {{id: string, title: string, year: ?number, first: string, tally: number[]}[]} works */
  update(works, chosen) {
    const key = JSON.stringify([works, chosen]);
    if (this.key === key) return;
    Object.assign(this, { key, works, chosen });
    this.draw();
  }

  draw() {
    const wanted = folded(this.search.value.trim());
    const focused = this.rows.indexOf(this.list.getRootNode().activeElement);
    const found = this.works.filter(({ title, first, year }) =>
      folded(`${title} ${first} ${year ?? ""}`).includes(wanted));
    const stop = found.some(({ id }) => id === this.chosen) ? this.chosen : found[0]?.id;
    this.list.replaceChildren(...found.map((work) => make("li", {}, make("button.work-row", {
      type: "button", tabIndex: work.id === stop ? 0 : -1, aria: { current: String(work.id === this.chosen) },
      on: { click: () => this.onChoose(work.id) },
    }, make("span.name", {}, work.title), make("span.help", {}, byline(work)), badge(work.tally, { small: true })))));
    if (!found.length) this.list.append(make("li.help", {}, "No work has this in its title, its first author or its year."));
    this.select.replaceChildren(...this.works.map((work) =>
      make("option", { value: work.id, selected: work.id === this.chosen }, `${work.title}, ${byline(work)}`)));
    if (focused >= 0) this.focus(focused);
  }

  get rows() {
    return [...this.list.querySelectorAll("button")];
  }

  walk(event) {
    const rows = this.rows;
    const at = rows.indexOf(event.target);
    const way = WAYS[event.key];
    if (!way || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.focus(way(at, rows.length - 1));
  }

  focus(wanted) {
    const rows = this.rows;
    const row = rows[Math.max(0, Math.min(wanted, rows.length - 1))];
    for (const other of rows) other.tabIndex = other === row ? 0 : -1;
    row?.focus();
  }
}

/** Without capitals and accents: not every keyboard has them. */
function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function byline({ first, year, tally }) {
  const total = tally.reduce((sum, count) => sum + count);
  return [first, year, total ? `${total}\u00a0×` : ""].filter(Boolean).join(" · ");
}
