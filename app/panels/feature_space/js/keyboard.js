import { eventTarget } from "./dom.js";

/** The keys, in the words of the help popover. */
export const KEY_HELP = [
  ["Space", "play or pause"],
  ["→", "one training step"],
  [", and .", "one frame back, one on"],
  ["R", "start afresh"],
  ["Arrows in a panel", "from digit to digit; Enter inspects"],
  ["+ − 0 in a panel", "zoom in, out, to all"],
  ["?", "this list"],
  ["Esc", "close what is open"],
];

const TYPING = "input, textarea, select, [contenteditable], [role='textbox'], [role='combobox'], "
  + "[role='listbox'], [role='option'], [role='spinbutton'], [role='menu']";

const SLIDER = "input[type='range'], [role='slider']";
const MOVES = /^(Arrow|Page|Home$|End$)/;

/** Elements that a space bar presses: the key is theirs while they have the focus. */
const PRESSABLE = "button, a[href], summary, [role='button'], [role='tab'], [role='checkbox'], "
  + "[role='radio'], [role='switch'], [role='menuitem']";

/**
 * Listens for the lab's keys on the whole page, before the page does: its own shortcut for R is
 * a re-run, which is not what a person means here.
 *
 * @param {{toggle: function(): void, step: function(): void, back: function(): void,
 *   forth: function(): void, reset: function(): void, leave: function(): boolean}} handlers
 *   leave: returns whether there was anything to close
 * @returns {function(): void} ends the listening
 */
export function listenToKeys(handlers) {
  const onKey = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = eventTarget(event);
    const handler = handlerOf(event, target instanceof Element ? target : null, handlers);
    if (!handler || handler() === false) return;
    event.preventDefault();
    event.stopPropagation();
  };
  window.addEventListener("keydown", onKey, true);
  return () => window.removeEventListener("keydown", onKey, true);
}

function handlerOf(event, target, handlers) {
  if (event.key === "Escape") return handlers.leave;
  if (target?.closest(SLIDER)) {
    // It keeps the focus after it was dragged, and has use for nothing but what moves it.
    if (MOVES.test(event.key)) return null;
  } else if (target?.closest(TYPING) || target?.isContentEditable) return null;
  if (target?.closest("[role='dialog']:not(.sheet)")) return null;
  switch (event.key) {
    case " ":
      return pressesIt(target) ? null : handlers.toggle;
    case "?":
      return handlers.help;
    case "ArrowRight":
      // In a focused panel the arrows walk from digit to digit.
      return event.shiftKey || target?.closest("[role='application']") ? null : handlers.step;
    case ",":
      return handlers.back;
    case ".":
      return handlers.forth;
    case "r":
    case "R":
      return event.repeat ? null : handlers.reset;
    default:
      return null;
  }
}

/**
 * Whether a space bar belongs to the focused element. A button that was clicked with the mouse
 * keeps the focus without showing it; nobody means that one, so it lets the focus go.
 */
function pressesIt(target) {
  const pressable = target?.closest(PRESSABLE);
  if (!pressable) return false;
  if (pressable.matches(":focus-visible")) return true;
  pressable.blur();
  return false;
}
