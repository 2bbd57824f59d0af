import { make, setText } from "./dom.js";

const MATHML = "http://www.w3.org/1998/Math/MathML";

/** How a knob reads in a formula. */
const SYMBOLS = {
  alpha: { text: "α", name: "margin α" },
  lambda: { text: "λ", name: "likelihood weight λ" },
};

const d = (index) => ["msub", ["mi", "d"], ["mi", index]];
const h = (index) => ["msub", ["mi", "h"], ["mi", index]];
const cosine = (index) => ["mrow", ["mi", "cos"], ["msub", ["mi", "θ"], ["mi", index]]];
const negative = (...parts) => ["mrow", ["mo", "−"], ...parts];
const logSoftmax = ["mrow", ["mo", "−"], ["mi", "log"], ["mspace"], ["mi", "softmax"]];
const scaled = (...parts) => ["mrow", ["mi", "s"], ["mo", "("], ...parts, ["mo", ")"]];
const linear = (index) => [
  "mrow", ["msubsup", ["mi", "w"], ["mi", index], ["mo", "⊤"]], ["mi", "x"], ["mo", "+"],
  ["msub", ["mi", "b"], ["mi", index]],
];
const distanceToCentre = [
  "mrow", ["mfrac", ["mn", "1"], ["mn", "2"]],
  ["msup", ["mrow", ["mo", "‖"], ["mi", "x"], ["mo", "−"],
    ["msub", ["mi", "c"], ["mi", "z"]], ["mo", "‖"]], ["mn", "2"]],
];
const angles = ["msub", ["mi", "θ"], ["mi", "z"]];

const widened = [
  ["mo", "("], ["mn", "1"], ["mo", "+"], "alpha", ["mo", ")"], ["mspace"], d("z"),
];

/** Lines of each loss, as nested arrays: element, children; "alpha" and "lambda" are symbols. */
const FORMULAS = {
  softmax: [[logSoftmax, ["mo", "("], linear("z"), ["mo", ","], linear("k"), ["mo", ")"]]],
  // With the identity log|Σ| is 0 and stands nowhere.
  lgm: [
    [logSoftmax, ["mo", "("], negative(...widened), ["mo", ","], ["mspace"], negative(d("k")),
      ["mo", ")"]],
    [["mo", "+"], ["mspace"], "lambda", ["mspace"], d("z")],
  ],
  "lgm, learned": [
    [logSoftmax, ["mo", "("], negative(...widened, ["mo", "−"], h("z")), ["mo", ","], ["mspace"],
      negative(d("k"), ["mo", "−"], h("k")), ["mo", ")"]],
    [["mo", "+"], ["mspace"], "lambda", ["mo", "("], d("z"), ["mo", "+"], h("z"), ["mo", ")"], ["mo", ","],
      ["mspace"], ["mspace"], ["mspace"], h("k"), ["mo", "="], ["mfrac", ["mn", "1"], ["mn", "2"]],
      ["mspace"], ["mi", "log"], ["mspace"],
      ["mrow", ["mo", "|"], ["msub", ["mi", "Σ"], ["mi", "k"]], ["mo", "|"]]],
  ],
  center: [
    [logSoftmax, ["mo", "("], linear("z"), ["mo", ","], linear("k"), ["mo", ")"]],
    [["mo", "+"], ["mspace"], "lambda", ["mspace"], distanceToCentre],
  ],
  "l-softmax": [[logSoftmax, ["mo", "("], ["mrow", ["mo", "‖"], ["msub", ["mi", "w"], ["mi", "z"]],
    ["mo", "‖"], ["mo", "‖"], ["mi", "x"], ["mo", "‖"], ["mi", "ψ"], ["mo", "("], angles,
    ["mo", ")"]], ["mo", ","], linear("k"), ["mo", ")"]]],
  sphereface: [[logSoftmax, ["mo", "("], ["mrow", ["mo", "‖"], ["mi", "x"], ["mo", "‖"],
    ["mi", "ψ"], ["mo", "("], angles, ["mo", ")"]], ["mo", ","],
  ["mrow", ["mo", "‖"], ["mi", "x"], ["mo", "‖"], cosine("k")], ["mo", ")"]]],
  cosface: [[logSoftmax, ["mo", "("], scaled(cosine("z"), ["mo", "−"], ["mfrac", ["mn", "0.35"], ["mn", "3"]], "alpha"), ["mo", ","],
    ["mrow", ["mi", "s"], cosine("k")], ["mo", ")"]]],
  arcface: [[logSoftmax, ["mo", "("], ["mrow", ["mi", "s"], ["mi", "cos"], ["mo", "("], angles,
    ["mo", "+"], ["mfrac", ["mn", "0.5"], ["mn", "3"]], "alpha", ["mo", ")"]], ["mo", ","],
  ["mrow", ["mi", "s"], cosine("k")],
  ["mo", ")"]]],
};

/** The loss as a formula whose symbols lead to their sliders, and light up with them. */
export class Formula {
  /**
   * @param {HTMLElement} container
   * @param {function(string): void} onSymbol told the knob of a symbol that was chosen
   */
  constructor(container, onSymbol) {
    this.lines = make("div.lines");
    this.note = make("p.help", { id: "knobs-note" });
    container.append(this.lines, this.note);
    this.onSymbol = onSymbol;
    this.loss = null;
  }

  /**
   * @param {string} name of a loss; an unknown one shows nothing
   * @param {string} [covariance] of its Gaussians
   */
  setLoss(name, covariance) {
    const loss = name === "lgm" && covariance !== "identity" ? "lgm, learned" : name;
    if (loss === this.loss) return;
    this.loss = loss;
    const lines = Object.hasOwn(FORMULAS, loss) ? FORMULAS[loss] : [];
    this.lines.replaceChildren(
      ...lines.map((line, i) => {
        const head = i === 0 ? [["mi", "L"], ["mo", "="]] : [];
        const math = this.element(["math", ...head, ...line]);
        // The role that math has by itself hides the buttons in it from assistive technology.
        math.setAttribute("role", "group");
        return math;
      }),
    );
  }

  element(node) {
    if (typeof node === "string") return this.symbol(node);
    const [name, ...children] = node;
    const element = document.createElementNS(MATHML, name);
    if (name === "mspace") element.setAttribute("width", "0.17em");
    else if (["mi", "mo", "mn"].includes(name)) this.write(element, children[0]);
    else element.append(...children.map((child) => this.element(child)));
    return element;
  }

  /**
   * Without a mathematical font the browser's own italics come from any font that has them;
   * the style sheet slants the text's own letters instead.
   */
  write(element, text) {
    element.textContent = text;
    if (element.localName !== "mi") return;
    element.setAttribute("mathvariant", "normal");
    if (text.length === 1 && text !== "Σ") element.setAttribute("class", "single");
  }

  symbol(knob) {
    const row = document.createElementNS(MATHML, "mrow");
    const letter = document.createElementNS(MATHML, "mi");
    this.write(letter, SYMBOLS[knob].text);
    row.append(letter);
    row.setAttribute("class", "knob-symbol");
    row.setAttribute("data-knob", knob);
    row.setAttribute("role", "button");
    row.setAttribute("tabindex", "0");
    row.setAttribute("aria-label", `${SYMBOLS[knob].name}: go to its slider`);
    row.addEventListener("click", () => this.onSymbol(knob));
    row.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      this.onSymbol(knob);
    });
    return row;
  }

  /** @param {?string} note below the formula, on all the sliders */
  setNote(note) {
    setText(this.note, note ?? "");
  }

  /** @param {?string} knob whose symbol lights up */
  light(knob) {
    for (const symbol of this.lines.querySelectorAll(".knob-symbol")) {
      symbol.classList.toggle("lit", symbol.getAttribute("data-knob") === knob);
    }
  }
}
