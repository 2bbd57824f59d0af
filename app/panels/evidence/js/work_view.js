import { badge } from "./badge.js";
import { make, setText } from "./dom.js";
import { Filters, passesFilter } from "./filters.js";
import { counted, tallyOf } from "./labels.js";
import { EVERYTHING } from "./link.js";
import { statementCard } from "./statement.js";
import { yearColumns } from "./years.js";

/** Statements that are drawn at once; more come by a button. */
const PAGE = 40;

/** A paper's page: its tally, the years, filters, and every statement about it. */
export class WorkView {
  /**
   * @param {HTMLElement} root
   * @param {{onLabel: function(string, ?string): void, onFilter: function(object): void}} listener
   *   onLabel: see {@link statementCard}; onFilter: of what is chosen
   */
  constructor(root, { onLabel, onFilter }) {
    Object.assign(this, { onLabel, onFilter });
    this.title = make("h2");
    this.about = make("p.help");
    this.tally = make("div");
    this.years = make("div.years-slot");
    this.list = make("div.statements");
    this.found = make("p.help.found", { role: "status", tabIndex: -1 });
    this.more = make("button.tool", { type: "button", on: { click: () => this.showMore() } }, "Show more");
    const filters = make("div.filters");
    root.replaceChildren(
      make("header.work-head", {}, make("div.work-name", {}, this.title, this.about),
        make("div.work-tally", {}, this.tally, this.years)),
      filters, this.found, this.list, this.more);
    this.filters = new Filters(filters, (chosen) => {
      this.draw();
      this.onFilter(chosen);
    });
    this.shown = PAGE;
  }

  /** @param {{id: string, title: string, about: string, url: ?string, statements: object[]}} work */
  update(work) {
    const key = JSON.stringify(work);
    if (this.key === key) return;
    this.key = key;
    const before = this.work?.id;
    this.work = work;
    const name = work.url
      ? make("a", { href: work.url, target: "_blank", rel: "noopener noreferrer" }, work.title)
      : work.title;
    this.title.replaceChildren(name);
    setText(this.about, work.about);
    if (before === work.id) {
      this.draw();
      return;
    }
    this.shown = PAGE;
    if (before === undefined) this.draw();
    else this.filters.set(EVERYTHING);
  }

  showMore() {
    this.shown += PAGE;
    this.draw();
  }

  draw() {
    if (!this.work) return;
    const { statements, beyond } = this.work;
    const open = new Set([...this.list.querySelectorAll("article:has(details[open])")].map(({ dataset }) => dataset.id));
    const place = this.place();
    const chosen = statements.filter((one) => passesFilter(one, this.filters.chosen));
    this.tally.replaceChildren(badge(tallyOf(statements)));
    this.years.replaceChildren(yearColumns(statements, {
      chosen: this.filters.chosen.year, onChoose: (year) => this.filters.set({ year }),
    }));
    this.list.replaceChildren(...chosen.slice(0, this.shown).map((one) => {
      const card = statementCard(one, { onLabel: this.onLabel });
      card.querySelector("details").open = open.has(one.id);
      return card;
    }));
    const told = chosen.length === statements.length
      ? counted(statements.length, "statement")
      : `${counted(chosen.length, "statement")} of ${statements.length.toLocaleString("en-US")}`;
    setText(this.found, statements.length === 0
      ? "None of the papers that are loaded cites it. Add papers in the sidebar."
      : chosen.length ? told + (beyond ? ` (the first of ${beyond.toLocaleString("en-US")})` : "")
        : "No statement passes the filters.");
    this.more.hidden = chosen.length <= this.shown;
    if (place) this.refocus(place);
  }

  /** @returns {?{id: string, index: number}} the statement that has the keyboard's focus */
  place() {
    const article = this.list.getRootNode().activeElement?.closest("article");
    const index = [...this.list.children].indexOf(article);
    return index < 0 ? null : { id: article.dataset.id, index };
  }

  /** To the same statement's control; where the filters hide it now, to what took its place. */
  refocus({ id, index }) {
    const articles = [...this.list.children];
    const article = articles.find(({ dataset }) => dataset.id === id) ?? articles[Math.min(index, articles.length - 1)];
    (article?.querySelector("summary") ?? this.found).focus();
  }
}
