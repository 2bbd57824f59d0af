/** Icons as path data on a 24 x 24 grid; drawn in the text's colour. */
const ICON_PATHS = {
  play: "M8 5.2v13.6L19 12z",
  pause: "M7 5h3.6v14H7zM13.4 5H17v14h-3.6z",
  step: "M6 5.2v13.6L15 12zM16 5h2.6v14H16z",
  reset: "M12 5a7 7 0 1 1-6.7 5l1.9.6A5 5 0 1 0 12 7v3L7 6l5-4z",
  close: "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4L12 13.4 6.4 19 5 17.6 10.6 12 5 6.4z",
  chevron: "M7 9.5 12 14.5 17 9.5 18.2 10.8 12 17 5.8 10.8z",
};

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. Text is only ever set as text, so nothing from outside can become markup.
 *
 * @param {string} tag name, with classes after dots: "button.round"
 * @param {object} [properties] `on` holds listeners; `data` and `aria` become attributes;
 *   a name with a dash or `role`, `title`, `for` is an attribute, every other a property
 * @param {...(Node|string|number|null|undefined)} children
 * @returns {HTMLElement}
 */
export function make(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (key === "on") {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, listener);
      }
    } else if (key === "aria" || key === "data") {
      for (const [part, text] of Object.entries(value)) element.setAttribute(`${key}-${part}`, text);
    } else if (["role", "title", "for"].includes(key)) {
      element.setAttribute(key, value);
    } else {
      element[key] = value;
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * @param {keyof ICON_PATHS} name
 * @returns {SVGSVGElement} hidden from assistive technology: the button around it has the name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICON_PATHS[name]);
  svg.append(path);
  return svg;
}

/** Sets text only where it differs: an unchanged node costs no layout. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The element that an event came from, also from within a shadow tree. */
export function eventTarget(event) {
  return event.composedPath()[0] ?? event.target;
}
