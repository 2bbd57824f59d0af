import { ClaimCard } from "./claim_card.js";
import { make } from "./dom.js";
import { Line } from "./line.js";

/** Every claim with the literature and the person's own measurements side by side. */
export class LedgerView {
  /**
   * @param {HTMLElement} root
   * @param {string} url of the WebSocket that measures
   * @param {{onRow: function(number): void, onAside: function(string[]): void,
   *   say: function(string): void}} listener onRow: one more row is in the ledger; onAside: these
   *   statements are not about their claims; say: for those who do not see the screen
   */
  constructor(root, url, { onRow, onAside, say }) {
    Object.assign(this, { onRow, onAside, say });
    this.intro = make("p.lesson", {}, "One claim, different verdicts by setting: that is the lesson. "
      + "A row is one setting; rows are never averaged. A verdict needs the whole 95 % interval over seeds "
      + "on one side of the limit. Rows stay with this tab, also when it is reloaded, until the server "
      + "restarts: Export keeps them. To reload ends what is being measured; runs that have ended stay on the "
      + "server, so that measuring again does not train them anew.");
    this.list = make("div.claims");
    root.replaceChildren(this.intro, this.list);
    this.cards = new Map();
    this.number = 0;
    this.running = null;
    this.line = new Line(url, { onLink: (open) => this.link(open), onMessage: (data) => this.hear(data) });
  }

  /**
   * @param {{claims: object[], rows: object[], token: string}} data
   * @param {string[]} aside statements that a person has set aside, under all claims
   */
  update({ claims, rows, token }, aside) {
    this.token = token;
    this.aside = aside;
    for (const claim of claims) {
      if (!this.cards.has(claim.id)) {
        const card = new ClaimCard(claim, {
          onCheck: (question) => this.check(question), onCancel: () => this.cancel(),
          onAside: (id, apart) => this.setAside(id, apart),
        });
        this.cards.set(claim.id, card);
        this.list.append(card.root);
      }
      const own = rows.filter((row) => row.claim_id === claim.id);
      const key = JSON.stringify([own, claim.statements, claim.aside]);
      const card = this.cards.get(claim.id);
      if (card.key === key) continue;
      card.key = key;
      card.update(own, claim);
    }
  }

  /** The page script answers with the claims as they are then. */
  setAside(id, apart) {
    const others = this.aside.filter((name) => name !== id);
    this.onAside(apart ? [...others, id] : others);
  }

  check(question) {
    this.number += 1;
    this.running = question.claim;
    for (const card of this.cards.values()) {
      card.setBusy(true);
      card.setProblem(null);
    }
    this.cards.get(question.claim).setProgress({ done: 0, total: 1, doing: "Begins" });
    this.line.send(JSON.stringify({ ask: this.number, ledger: this.token, ...question }));
  }

  cancel() {
    this.number += 1;
    this.line.send(JSON.stringify({ ask: this.number }));
    this.end("Cancelled. Runs that had ended are kept.");
  }

  /** A measurement lives as long as its line. */
  link(open) {
    if (!open && this.running) this.end("The connection to the server was lost, and the measurement with it.");
  }

  hear(data) {
    const message = JSON.parse(data);
    if (message.ask !== null && message.ask !== this.number) return;
    if (message.type === "progress") this.cards.get(this.running)?.setProgress(message);
    else if (message.type === "row") {
      this.say(`${message.verdict}: ${message.reason}`);
      this.onRow(message.count);
    } else if (message.type === "done") this.end(null);
    else if (message.type === "error") this.end(message.message);
  }

  end(problem) {
    const card = this.cards.get(this.running);
    card?.setProgress(null);
    card?.setProblem(problem);
    this.running = null;
    for (const other of this.cards.values()) other.setBusy(false);
  }

  destroy() {
    this.line.close();
  }
}
