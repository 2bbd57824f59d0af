import { make } from "./dom.js";
import { LABELS, SIGNS } from "./labels.js";
import { markedSentence } from "./marked.js";

/** Below this probability a label is shown as unsure. */
const SURE = 0.6;

/**
 * One statement with its neighbours, where it stands, and what the classifier makes of it.
 *
 * @param {object} statement
 * @param {{onLabel?: function(string, ?string): void}} options onLabel: a person says of the
 *   statement with this id that it is of this label, or takes that back; without it they cannot
 * @param {...HTMLElement} below what else can be done with it
 * @returns {HTMLElement}
 */
export function statementCard(statement, { onLabel } = {}, ...below) {
  const { before, after, source, section, heading, relabelled, judged, label, probability } = statement;
  const where = [heading || (section === "other" ? "" : section), source.year].filter(Boolean).join(" · ");
  const title = source.url
    ? make("a", { href: source.url, target: "_blank", rel: "noopener noreferrer" }, source.title)
    : source.title;
  return make("article.statement", { data: { id: statement.id } },
    make("header", {},
      make("p.source", {}, make("b", {}, title), where ? ` · ${where}` : "",
        source.project ? make("span.project", { title: "Not a peer-reviewed publication" }, "written for this lab") : null),
      verdict(statement)),
    make("blockquote", {},
      before ? make("span.beside", {}, `${before} `) : null,
      ...markedSentence(statement),
      after ? make("span.beside", {}, ` ${after}`) : null),
    relabelled
      ? make("p.help.own", {}, `You say ${label}. The classifier said ${judged}, ${percentSure(probability)} sure.`)
      : null,
    onLabel ? disagree(statement, relabelled, onLabel) : null, ...below);
}

function verdict({ label, probability, relabelled }) {
  const unsure = !relabelled && probability < SURE;
  const told = relabelled ? "your label" : `${unsure ? "unsure, " : ""}${percentSure(probability)}`;
  return make(`p.verdict-chip${unsure ? ".unsure" : ""}`, { data: { label } },
    make("span.sign", { aria: { hidden: "true" } }, SIGNS[label]), ` ${label} `, make("span.sure", {}, `· ${told}`));
}

function percentSure(probability) {
  return `${Math.round(100 * probability)} %`;
}

function disagree({ id, judged, label }, relabelled, onLabel) {
  const others = LABELS.filter((name) => name !== label);
  return make("details.disagree", {},
    make("summary", {}, "Disagree"),
    make("div.choices", { role: "group", aria: { label: "What this statement does" } },
      relabelled ? make("button.chip", { type: "button", on: { click: () => onLabel(id, null) } }, "Undo") : null,
      ...others.map((name) => make("button.chip", {
        type: "button", on: { click: () => onLabel(id, name === judged ? null : name) },
      }, `${SIGNS[name]} ${name}`)),
      make("span.help", {}, "Your labels are kept in this session alone.")));
}
