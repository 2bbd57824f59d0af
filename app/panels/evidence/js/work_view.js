import { badge } from "./badge.js";
import { make, setText } from "./dom.js";
import { Filters, passesFilter } from "./filters.js";
import { counted, tallyOf } from "./labels.js";
import { statementCard } from "./statement.js";
import { yearColumns } from "./years.js";

/** Statements that are drawn at once; more come by a button. */
const PAGE = 40;

/** A paper's page: its tally, the years, filters, and every statement about it. */
export class WorkView {
  /**
   * @param {HTMLElement} root
   * @param {{onLabel: function(string, ?string): void}} listener see {@link statementCard}
   */
  constructor(root, { onLabel }) {
    this.onLabel = onLabel;
    this.title = make("h2");
    this.about = make("p.help");
    this.tally = make("div");
    this.years = make("div.years-slot");
    this.list = make("div.statements");
    this.found = make("p.help.found", { role: "status" });
    this.more = make("button.tool", { type: "button", on: { click: () => this.showMore() } }, "Show more");
    const filters = make("div.filters");
    root.replaceChildren(
      make("header.work-head", {}, make("div.work-name", {}, this.title, this.about),
        make("div.work-tally", {}, this.tally, this.years)),
      filters, this.found, this.list, this.more);
    this.filters = new Filters(filters, () => this.draw());
    this.shown = PAGE;
  }

  /** @param {{id: string, title: string, about: string, url: ?string, statements: object[]}} work */
  update(work) {
    if (this.work?.id !== work.id) {
      this.shown = PAGE;
      this.work = work;
      this.filters.reset();
    }
    this.work = work;
    const name = work.url
      ? make("a", { href: work.url, target: "_blank", rel: "noopener noreferrer" }, work.title)
      : work.title;
    this.title.replaceChildren(name);
    setText(this.about, work.about);
    this.draw();
  }

  showMore() {
    this.shown += PAGE;
    this.draw();
  }

  draw() {
    if (!this.work) return;
    const { statements, beyond } = this.work;
    const open = new Set([...this.list.querySelectorAll("article:has(details[open])")].map(({ dataset }) => dataset.id));
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
  }
}
