import { badge } from "./badge.js";
import { make, setText } from "./dom.js";
import { inWords, intervalPicture } from "./interval.js";
import { SIGNS, counted } from "./labels.js";
import { statementCard } from "./statement.js";

/** Statements of the literature that are shown before the others are asked for. */
const FIRST = 2;
const SEEDS = [1, 2, 3, 5];
/** Seeds that a variant's seconds are meant for. */
const SECONDS_ARE_OF = 3;

/** One claim: what the literature says on the left, what was measured here on the right. */
export class ClaimCard {
  /**
   * @param {object} claim
   * @param {{onCheck: function(object): void, onCancel: function(): void,
   *   onAside: function(string, boolean): void}} listener onAside: a statement is not about the
   *   claim, or is after all
   */
  constructor(claim, { onCheck, onCancel, onAside }) {
    Object.assign(this, { claim, onAside });
    this.literature = make("div.literature");
    this.rows = make("div.rows");
    this.variant = make("select", { aria: { label: "Setting" }, on: { change: () => this.estimate() } }, ...claim.variants.map(({ name }) =>
      make("option", { value: name }, name)));
    this.seeds = make("select", { aria: { label: "Seeds" }, on: { change: () => this.estimate() } },
      ...SEEDS.map((count) =>
        make("option", { value: String(count), selected: count === 3 }, count === 1 ? "1 seed" : `${count} seeds`)));
    this.expect = make("p.help");
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
        make("section", { aria: { label: "Literature" } }, make("h3", { tabIndex: -1 }, "Statements that touch this claim"),
          make("p.help", {}, "Found by their words; each label says how the statement cites the paper. "
            + "The counts are no verdict on the claim."), this.literature),
        make("section", { aria: { label: "Your runs" } }, make("h3", {}, "Your runs"), make("p.help", {}, claim.why),
          this.rows, make("div.ask", {}, this.variant, this.seeds, this.button), this.expect, this.working, this.problem)));
    this.estimate();
  }

  /** Seconds are of three seeds; one alone has no interval, and a verdict is made of that. */
  estimate() {
    const seeds = Number(this.seeds.value);
    const { seconds } = this.claim.variants[this.variant.selectedIndex];
    setText(this.expect, `Takes ${duration((seconds * seeds) / SECONDS_ARE_OF)}, less where runs are known already.`
      + (seeds === 1 ? " One seed gives a difference and no verdict; that takes two or more." : ""));
  }

  /**
   * @param {object[]} rows measured so far, of this claim alone
   * @param {{tally: number[], statements: object[], aside: object[]}} said
   */
  update(rows, { tally, statements, aside }) {
    const focused = this.literature.contains(this.literature.getRootNode().activeElement);
    const open = new Set([...this.literature.querySelectorAll("details[open]")].map(({ dataset }) => dataset.part));
    const others = statements.slice(FIRST);
    const part = (name, words, some, apart) => (some.length ? make("details", { data: { part: name }, open: open.has(name) },
      make("summary", {}, words), ...some.map((one) => this.said(one, apart))) : null);
    const parts = [badge(tally, { empty: "No statement in the loaded papers touches it." }),
      ...statements.slice(0, FIRST).map((one) => this.said(one, false)),
      part("more", `${others.length} more`, others, false),
      part("aside", `${counted(aside.length, "statement")} set aside as not about this`, aside, true)];
    this.literature.replaceChildren(...parts.filter(Boolean));
    // What had the focus is gone from its place; Undo is in the last part.
    if (focused) (this.literature.querySelector("[data-part=aside] summary") ?? this.root.querySelector("h3")).focus();
    this.rows.replaceChildren(...(rows.length ? rows.map((row) => this.row(row)) : [
      make("p.empty-rows", {}, "Nothing measured yet. Choose a setting, then check it here.")]));
  }

  said(one, apart) {
    return statementCard(one, {}, make("p.disagree", {}, make("button.text-button", {
      type: "button", on: { click: () => this.onAside(one.aside, !apart) },
    }, apart ? "Undo: it is about this claim" : "Not about this claim")));
  }

  row(row) {
    const { rule, unit } = this.claim.variants.find(({ name }) => name === row.variant) ?? {
      rule: { supporting_above: 0, contrasting_below: 0 }, unit: row.unit,
    };
    const runs = row.links.map(({ label, href }) => make("a", { href, target: "_blank", rel: "noopener" }, label));
    return make("div.row", { data: { verdict: row.verdict } },
      make("p.verdict-chip", { data: { label: row.verdict } },
        make("span.sign", { aria: { hidden: "true" } }, SIGNS[row.verdict]), ` ${row.verdict}`),
      make("p.setting", {}, make("b", {}, row.variant), ` · ${row.seeds.length === 1 ? "seed" : "seeds"} ${row.seeds.join(", ")}`),
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
  if (seconds <= 90) return `about ${Math.max(5, Math.round(seconds / 5) * 5)} s`;
  return seconds < 5400 ? `about ${Math.round(seconds / 60)} min` : `about ${Math.round(seconds / 3600)} h`;
}
