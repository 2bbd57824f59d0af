/** Free space kept below the lab, CSS pixels. */
const BELOW = 12;

/**
 * Keeps `--room` on the root: the height from the root's upper edge to the window's lower one,
 * whatever the page has put above. The style sheet makes one screen out of it.
 *
 * @param {HTMLElement} root
 * @returns {function(): void} ends it
 */
export function followRoom(root) {
  const measure = () => {
    const top = root.getBoundingClientRect().top + scrolledBy(root);
    const room = `${Math.max(0, Math.floor(window.innerHeight - top - BELOW))}px`;
    if (root.style.getPropertyValue("--room") !== room) root.style.setProperty("--room", room);
  };
  const observer = new ResizeObserver(measure);
  observer.observe(document.body);
  observer.observe(root);
  window.addEventListener("resize", measure);
  measure();
  return () => {
    observer.disconnect();
    window.removeEventListener("resize", measure);
  };
}

/** How far the page and what scrolls in it are scrolled above an element. */
function scrolledBy(element) {
  let sum = 0;
  let node = element.parentNode;
  while (node) {
    if (node instanceof ShadowRoot) node = node.host;
    else {
      sum += node.scrollTop ?? 0;
      node = node.parentNode;
    }
  }
  return sum;
}
