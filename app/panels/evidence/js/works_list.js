import { badge } from "./badge.js";
import { make } from "./dom.js";

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
    this.list = make("ul");
    root.replaceChildren(this.search, this.select, this.list);
    this.works = [];
  }

  /** @param {{id: string, title: string, year: ?number, first: string, tally: number[]}[]} works */
  update(works, chosen) {
    this.works = works;
    this.chosen = chosen;
    this.draw();
  }

  draw() {
    const wanted = this.search.value.trim().toLowerCase();
    const found = this.works.filter(({ title, first, year }) =>
      `${title} ${first} ${year ?? ""}`.toLowerCase().includes(wanted));
    this.list.replaceChildren(...found.map((work) => make("li", {}, make("button.work-row", {
      type: "button", aria: { current: String(work.id === this.chosen) },
      on: { click: () => this.onChoose(work.id) },
    }, make("span.name", {}, work.title), make("span.help", {}, byline(work)), badge(work.tally, { small: true })))));
    if (!found.length) this.list.append(make("li.help", {}, "No work has this in its title."));
    this.select.replaceChildren(...this.works.map((work) =>
      make("option", { value: work.id, selected: work.id === this.chosen }, `${work.title}, ${byline(work)}`)));
  }
}

function byline({ first, year, tally }) {
  const total = tally.reduce((sum, count) => sum + count);
  return [first, year, total ? `${total} ×` : ""].filter(Boolean).join(" · ");
}
