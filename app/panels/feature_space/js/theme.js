import { parseColour } from "./palette.js";

/** The colours that canvases and charts need, by the names that FeatureView knows. */
const TOKENS = {
  paper: "--paper", ink: "--ink", muted: "--muted", hairline: "--hairline", accent: "--accent",
  alpha: "--alpha", lambda: "--lambda", rate: "--rate",
};

/**
 * Marks the root as light or dark and reads the colours that follow from it. The page's own
 * background decides, because it changes without a re-run; the hint serves where it has none.
 *
 * @param {HTMLElement} root
 * @param {"light"|"dark"|null} hint
 * @returns {{dark: boolean, font: string, paper: string, ink: string, muted: string,
 *   hairline: string, accent: string, alpha: string, lambda: string, rate: string}}
 */
export function applyTheme(root, hint) {
  const background = getComputedStyle(root).getPropertyValue("--st-background-color").trim();
  const dark = background ? isDark(background) : prefersDark(hint);
  root.dataset.theme = dark ? "dark" : "light";
  const style = getComputedStyle(root);
  const theme = { dark, font: style.fontFamily };
  for (const [name, token] of Object.entries(TOKENS)) {
    theme[name] = style.getPropertyValue(token).trim();
  }
  return theme;
}

function isDark(colour) {
  const { r, g, b } = parseColour(colour);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
}

function prefersDark(hint) {
  if (hint) return hint === "dark";
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}
