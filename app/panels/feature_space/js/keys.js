/** Steps of the keys that zoom and pan. */
const KEY_ZOOM = 1.25;
const KEY_PAN = 40;

const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * What a key means to a focused view: arrows walk from digit to digit, with shift they pan, Enter
 * selects, plus, minus and 0 zoom, Escape lets the selection go.
 *
 * @param {KeyboardEvent} event
 * @param {{walk: function(number, number): void, pan: function(number, number): void,
 *   zoom: function(number): void, reset: function(): void, choose: function(): void,
 *   leave: function(): void}} handlers
 * @returns {boolean} whether the key meant something
 */
export function handleKey(event, handlers) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const arrow = Object.hasOwn(ARROWS, event.key) ? ARROWS[event.key] : null;
  if (arrow && event.shiftKey) handlers.pan(-KEY_PAN * arrow[0], -KEY_PAN * arrow[1]);
  else if (arrow) handlers.walk(arrow[0], arrow[1]);
  else if (event.key === "+" || event.key === "=") handlers.zoom(KEY_ZOOM);
  else if (event.key === "-") handlers.zoom(1 / KEY_ZOOM);
  else if (event.key === "0") handlers.reset();
  else if (event.key === "Enter") handlers.choose();
  else if (event.key === "Escape") handlers.leave();
  else return false;
  return true;
}
