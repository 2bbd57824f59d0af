import { badge } from "./badge.js";
import { make, setText } from "./dom.js";
import { inWords, intervalPicture } from "./interval.js";
import { SIGNS, tallyOf } from "./labels.js";
import { statementCard } from "./statement.js";

/** Statements of the literature that are shown before the others are asked for. */
const FIRST = 2;
const SEEDS = [1, 2, 3, 5];

/** One claim: what the literature says on the left, what was measured here on the right. */
export class ClaimCard {
  /** @param {object} claim @param {{onCheck: function(object): void, onCancel: function(): void}} listener */
  constructor(claim, { onCheck, onCancel }) {
    this.claim = claim;
    this.literature = make("div.literature");
    this.rows = make("div.rows");
    this.variant = make("select", { aria: { label: "Setting" } }, ...claim.variants.map(({ name, seconds }) =>
      make("option", { value: name }, `${name} (${duration(seconds)})`)));
    this.seeds = make("select", { aria: { label: "Seeds" } }, ...SEEDS.map((count) =>
      make("option", { value: String(count), selected: count === 3 }, count === 1 ? "1 seed" : `${count} seeds`)));
    this.button = make("button.tool", { type: "button", on: { click: () =>
      onCheck({ claim: claim.id, variant: this.variant.value, seeds: Number(this.seeds.value) }) } }, "Check it here");
    this.bar = make("progress", { max: 1, aria: { label: "Progress" } });
    this.doing = make("span.help", { role: "status" });
    this.working = make("div.working", { hidden: true }, this.bar, this.doing,
      make("button.tool", { type: "button", on: { click: onCancel } }, "Cancel"));
    this.problem = make("p.problem", { role: "alert", hidden: true });
    this.root = make("article.claim", { id: `claim-${claim.id}` },
      make("header", {}, make("h2", {}, claim.statement), make("p.help", {}, claim.source)),
      make("div.columns", {},
        make("section", { aria: { label: "Literature" } }, make("h3", {}, "Literature"), this.literature),
        make("section", { aria: { label: "Your runs" } }, make("h3", {}, "Your runs"), make("p.help", {}, claim.why),
          this.rows, make("div.ask", {}, this.variant, this.seeds, this.button), this.working, this.problem)));
  }

  /** @param {object[]} rows measured so far, of this claim alone @param {object[]} statements */
  update(rows, statements) {
    const cards = statements.slice(0, FIRST).map((one) => statementCard(one));
    const others = statements.slice(FIRST);
    this.literature.replaceChildren(badge(tallyOf(statements)), ...cards);
    if (others.length) {
      this.literature.append(make("details", {}, make("summary", {}, `${others.length} more`),
        ...others.map((one) => statementCard(one))));
    }
    this.rows.replaceChildren(...(rows.length ? rows.map((row) => this.row(row)) : [
      make("p.empty-rows", {}, "Nothing measured yet. Choose a setting, then check it here.")]));
  }

  row(row) {
    const { rule, unit } = this.claim.variants.find(({ name }) => name === row.variant) ?? {
      rule: { supporting_above: 0, contrasting_below: 0 }, unit: row.unit,
    };
    const runs = row.links.map(({ label, href }) => make("a", { href, target: "_blank", rel: "noopener" }, label));
    return make("div.row", { data: { verdict: row.verdict } },
      make("p.verdict-chip", { data: { label: row.verdict } },
        make("span.sign", { aria: { hidden: "true" } }, SIGNS[row.verdict]), ` ${row.verdict}`),
      make("p.setting", {}, make("b", {}, row.variant), ` · seeds ${row.seeds.join(", ")}`),
      intervalPicture(row, rule, unit),
      make("p.figures", {}, inWords(row, unit)),
      make("p.help", {}, row.reason),
      make("details", {}, make("summary", {}, "Settings and runs"),
        make("p.help", {}, `${row.statistic}. ${row.told}`), make("p.runs", {}, ...spaced(runs))));
  }

  /** @param {?{done: number, total: number, doing: string}} progress null: nothing is measured */
  setProgress(progress) {
    this.working.hidden = !progress;
    if (!progress) return;
    this.bar.value = progress.total ? progress.done / progress.total : 0;
    setText(this.doing, progress.doing);
  }

  /** @param {boolean} busy whether some claim is being measured */
  setBusy(busy) {
    this.button.disabled = busy;
  }

  setProblem(message) {
    this.problem.hidden = !message;
    setText(this.problem, message ?? "");
  }
}

function spaced(nodes) {
  return nodes.flatMap((node, index) => (index ? [" · ", node] : [node]));
}

function duration(seconds) {
  if (seconds <= 90) return `about ${Math.max(10, Math.round(seconds / 10) * 10)} s`;
  return seconds < 5400 ? `about ${Math.round(seconds / 60)} min` : `about ${Math.round(seconds / 3600)} h`;
}
