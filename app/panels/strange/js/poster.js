import { make } from "./dom.js";
import { fixed, percent } from "./numbers.js";
import { SCORES } from "./study.js";

/** The pictures of the page on one sheet, for slides and papers: as PNG or as one HTML file. */
const WIDTH = 1280;
const MARGIN = 40;
const SCALE = 2;

/**
 * @typedef {object} PosterParts
 * @property {string} title what was asked
 * @property {string} finding what came out
 * @property {HTMLCanvasElement} way the feature space
 * @property {string} wayNote what it shows
 * @property {{title: string, svg: string, width: number, height: number, note: string}[]} charts
 * @property {{name: string, study: object}[]} models
 * @property {object} theme colours
 */

/** @param {PosterParts} parts @returns {Promise<Blob>} PNG */
export async function posterPng({ title, finding, way, wayNote, charts, theme }) {
  const columns = layoutOf(way, charts);
  const canvas = make("canvas", { width: SCALE * WIDTH, height: SCALE * columns.height });
  const context = canvas.getContext("2d");
  context.scale(SCALE, SCALE);
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, WIDTH, columns.height);
  const write = (text, x, y, font, colour) => {
    context.font = `${font} ${theme.font}`;
    context.fillStyle = colour;
    context.fillText(text, x, y, WIDTH - x - MARGIN);
  };
  write(title, MARGIN, MARGIN + 14, "650 20px", theme.ink);
  write(finding, MARGIN, MARGIN + 42, "15px", theme.muted);
  context.drawImage(way, MARGIN, columns.top, columns.way.width, columns.way.height);
  write(wayNote, MARGIN, columns.top + columns.way.height + 18, "12px", theme.muted);
  for (const [i, chart] of charts.entries()) {
    const at = columns.charts[i];
    write(chart.title, at.x, at.y - 8, "650 15px", theme.ink);
    context.drawImage(await imageOf(chart), at.x, at.y, at.width, at.height);
    write(chart.note, at.x, at.y + at.height + 16, "12px", theme.muted);
  }
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("the picture is too large"))), "image/png");
  });
}

/** @param {PosterParts} parts @returns {Promise<Blob>} one HTML file without script or network */
export async function posterHtml({ title, finding, way, wayNote, charts, models, theme }) {
  const page = document.implementation.createHTMLDocument(title);
  const add = (parent, tag, properties = {}) => Object.assign(parent.appendChild(page.createElement(tag)), properties);
  page.documentElement.lang = "en";
  const policy = add(page.head, "meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
  add(page.head, "meta", { name: "viewport", content: "width=device-width, initial-scale=1" });
  add(page.head, "style", { textContent: sheetOf(theme) });
  add(page.body, "h1", { textContent: title });
  add(page.body, "p", { textContent: finding });
  const grid = add(page.body, "div", { className: "charts" });
  const figure = (source, caption, note) => {
    const root = add(grid, "figure");
    add(root, "figcaption", { textContent: caption });
    add(root, "img", { src: source, alt: `${caption}. ${note}` });
    add(root, "p", { textContent: note });
  };
  figure(way.toDataURL("image/png"), wayNote, "The inputs over the classes' means.");
  for (const { title: caption, svg, note } of charts) figure(svg, caption, note);
  tableOf(page, add, models);
  return new Blob([`<!doctype html>\n${page.documentElement.outerHTML}\n`], { type: "text/html" });
}

function tableOf(page, add, models) {
  const table = add(add(page.body, "div", { className: "table" }), "table");
  const head = add(add(table, "thead"), "tr");
  for (const text of ["score", "AUROC", "95 % interval", "caught at 5 % false alarms", "95 % interval"]) {
    add(head, "th", { textContent: text });
  }
  const body = add(table, "tbody");
  for (const { name, study } of models) {
    for (const [score, { auroc, fpr95 }] of Object.entries(study.figures.scores)) {
      const row = add(body, "tr");
      const cells = [`${name}: ${SCORES[score].title}`, fixed(auroc.value, 3),
        `${fixed(auroc.low, 3)} to ${fixed(auroc.high, 3)}`, percent(1 - fpr95.value),
        `${percent(1 - fpr95.high)} to ${percent(1 - fpr95.low)}`];
      for (const text of cells) add(row, "td", { textContent: text });
    }
  }
}

function sheetOf({ paper, card, ink, muted, hairline, font }) {
  return `body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; background: ${paper}; color: ${ink};
    font: 16px/1.5 ${font}; } h1 { font-size: 1.4rem; } .charts { display: grid; gap: 1rem;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); } figure { margin: 0; padding: 1rem;
    border: 1px solid ${hairline}; border-radius: 10px; background: ${card}; } figcaption { font-weight: 650; }
    img { max-width: 100%; max-height: 26rem; } figure p { margin: 0; color: ${muted}; font-size: .85rem; }
    .table { overflow-x: auto; } table { border-collapse: collapse; margin-top: 1.5rem; }
    td, th { padding: .2rem .8rem .2rem 0; text-align: left; border-bottom: 1px solid ${hairline}; }`;
}

/** The feature space on the left, the charts below each other on the right. */
function layoutOf(way, charts) {
  const top = MARGIN + 64;
  const half = (WIDTH - 3 * MARGIN) / 2;
  const wayHeight = half * (way.height / way.width);
  let y = top + 16;
  const places = charts.map(({ width, height }) => {
    const shown = Math.min(half, width);
    const place = { x: 2 * MARGIN + half, y, width: shown, height: shown * (height / width) };
    y += place.height + 56;
    return place;
  });
  return { top, way: { width: half, height: wayHeight }, charts: places, height: Math.max(top + wayHeight + 24, y) + MARGIN };
}

async function imageOf({ svg }) {
  const image = new Image();
  image.src = svg;
  await image.decode();
  return image;
}
