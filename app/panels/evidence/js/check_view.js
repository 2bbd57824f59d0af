import { badge } from "./badge.js";
import { make } from "./dom.js";
import { LABELS, SIGNS, counted } from "./labels.js";
import { statementCard } from "./statement.js";

/** A manuscript's references, and what the loaded papers say of each; contrasted ones first. */
export class CheckView {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /** @param {?{title: string, notes: string[], references: object[]}} checked None before a drop */
  update(checked) {
    // What is open stays open while the page has nothing new to say.
    const key = JSON.stringify(checked);
    if (this.key === key) return;
    this.key = key;
    if (!checked) {
      this.root.replaceChildren(make("div.empty", {}, make("h2", {}, "Check a manuscript's references"),
        make("p", {}, "Drop a manuscript in the sidebar: PDF, LaTeX, JATS or TEI XML, Markdown or plain text. "
          + "Each of its references is shown with what the loaded papers say of it, contrasted ones first. "
          + "The manuscript is kept in this session alone.")));
      return;
    }
    const { title, notes, references } = checked;
    const known = references.filter(({ tally }) => total(tally));
    const contrasted = known.filter(({ tally }) => tally[1] > 0);
    this.root.replaceChildren(
      make("header", {}, make("h2", {}, title),
        make("p.help", {}, `${counted(references.length, "reference")}; the loaded papers speak of ${known.length}, `
          + `and contrast ${contrasted.length}.`),
        ...notes.map((note) => make("p.note", {}, note))),
      make("ol.references", {}, ...references.map(row)));
  }
}

/** A bar with its numbers; the bar says them in words. */
function numbered(tally) {
  return make("span.numbered", {}, badge(tally, { small: true }),
    make("span.numbers", { aria: { hidden: "true" } }, ...LABELS.map((label, index) =>
      (tally[index] ? make(`span.${label}`, {}, `${SIGNS[label]} ${tally[index]}`) : null))));
}

function total(tally) {
  return tally[0] + tally[1] + tally[2];
}

function row({ title, about, tally, statements }) {
  const summary = make("summary", {}, make("span.name", {}, title), make("span.help", {}, about),
    total(tally) ? numbered(tally) : make("span.help", {}, "nothing known"));
  const details = make("details", {}, summary);
  // Hundreds of references are listed at once: what they hold is drawn when it is asked for.
  details.addEventListener("toggle", () => {
    if (!details.open || details.children.length > 1) return;
    details.append(...statements.map((one) => statementCard(one)));
    const rest = total(tally) - statements.length;
    if (rest > 0) details.append(make("p.help", {}, `${counted(rest, "more statement")} not listed here: see the work under Papers.`));
    if (!total(tally)) details.append(make("p.help", {}, "None of the papers that are loaded cites it."));
  });
  return make("li", {}, details);
}
