/** Under this name a tab keeps which ledger is its own, over a reload of the page. */
const KEY = "lgm-lab.ledger";

/** @param {string} token of a ledger that has a row */
export function rememberLedger(token) {
  try {
    window.sessionStorage.setItem(KEY, token);
  } catch {
    // A browser that keeps nothing: the rows last until the page is reloaded.
  }
}

/** @returns {?string} the token, if there is one */
export function rememberedLedger() {
  try {
    return window.sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}
