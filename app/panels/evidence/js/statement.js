import { make } from "./dom.js";
import { LABELS, SIGNS } from "./labels.js";
import { markedSentence } from "./marked.js";

/**
 * One statement with its neighbours, where it stands, and what the classifier makes of it.
 *
 * @param {object} statement
 * @param {{onLabel?: function(string, ?string): void}} options onLabel: a person says of the
 *   statement with this id that it is of this label, or takes that back; without it they cannot
 * @returns {HTMLElement}
 */
export function statementCard(statement, { onLabel } = {}) {
  const { before, after, source, section, heading, relabelled } = statement;
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
    onLabel ? disagree(statement, relabelled, onLabel) : null);
}

function verdict({ label, judged, probability, relabelled }) {
  const share = `${Math.round(100 * probability)} %`;
  return make("p.verdict-chip", { data: { label } },
    make("span.sign", { aria: { hidden: "true" } }, SIGNS[label]), ` ${label} `,
    make("span.sure", {}, relabelled ? `you say so; the classifier said ${judged}, ${share}` : share));
}

function disagree({ id, judged, label }, relabelled, onLabel) {
  const others = LABELS.filter((name) => name !== label);
  return make("details.disagree", {},
    make("summary", {}, "Disagree"),
    make("div.choices", { role: "group", aria: { label: "What this statement does" } },
      ...others.map((name) => make("button.chip", {
        type: "button", on: { click: () => onLabel(id, name === judged ? null : name) },
      }, `${SIGNS[name]} ${name}`)),
      relabelled ? make("button.chip", { type: "button", on: { click: () => onLabel(id, null) } }, "Undo") : null));
}
