import { listenToKeys } from "./keyboard.js";
import { followRoom } from "./room.js";

/**
 * Follows everything outside of the lab that it depends on.
 *
 * @param {HTMLElement} root
 * @param {{keys: object, onMotion: function(boolean): void, onScheme: function(): void,
 *   onTick: function(number): void}} listener keys: of {@link listenToKeys}; onMotion: whether
 *   motion is unwanted; onScheme: light or dark may have changed; onTick: once a display frame
 * @returns {function(): void} ends it all
 */
export function followSurroundings(root, { keys, onMotion, onScheme, onTick }) {
  const motion = window.matchMedia("(prefers-reduced-motion: reduce)");
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const motionChanged = () => onMotion(motion.matches);
  motion.addEventListener("change", motionChanged);
  scheme.addEventListener("change", onScheme);
  motionChanged();
  const endRoom = followRoom(root);
  const endKeys = listenToKeys(keys);
  let request = 0;
  const tick = (now) => {
    request = requestAnimationFrame(tick);
    onTick(now);
  };
  request = requestAnimationFrame(tick);
  return () => {
    cancelAnimationFrame(request);
    endKeys();
    endRoom();
    motion.removeEventListener("change", motionChanged);
    scheme.removeEventListener("change", onScheme);
  };
}
