/**
 * The digit nearest to a place.
 *
 * @param {import("./scene.js").Scene} scene
 * @param {number} x CSS pixels
 * @param {number} y CSS pixels
 * @param {number} reach farthest distance, CSS pixels
 * @returns {?number} null where none is within reach
 */
export function nearestDigit(scene, x, y, reach) {
  let found = null;
  let least = reach * reach;
  for (let i = 0; i < scene.count; i++) {
    if (scene.known[i] === 0) continue;
    const dx = scene.x[i] - x;
    const dy = scene.y[i] - y;
    const away = dx * dx + dy * dy;
    if (away <= least) {
      least = away;
      found = i;
    }
  }
  return found;
}

/**
 * The nearest digit in a direction, within 45 degrees of it.
 *
 * @param {import("./scene.js").Scene} scene
 * @param {number} from digit
 * @param {number} dx -1, 0 or 1, to the right
 * @param {number} dy -1, 0 or 1, downward
 * @returns {?number} null where there is none
 */
export function nearestToward(scene, from, dx, dy) {
  let found = null;
  let least = Infinity;
  for (let i = 0; i < scene.count; i++) {
    if (scene.known[i] === 0 || i === from) continue;
    const x = scene.x[i] - scene.x[from];
    const y = scene.y[i] - scene.y[from];
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    // Digits in the very same place would trap the selection between them.
    if (along < 0.25 || aside > along) continue;
    const away = along + 2 * aside;
    if (away < least) {
      least = away;
      found = i;
    }
  }
  return found;
}
