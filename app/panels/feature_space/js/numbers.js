const MINUS = "\u2212";

/** A number with a fixed count of decimals and a true minus sign; a dash where unknown. */
export function fixed(value, decimals) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** A share as "96.4 %"; the digits after the point are always there, so that nothing shifts. */
export function percent(share, decimals = 1) {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  return `${(100 * share).toFixed(decimals)} %`;
}

/** A whole number with thousands separated: 2,310. */
export function grouped(value) {
  if (!Number.isFinite(value)) return "–";
  return Math.round(value).toLocaleString("en-US");
}

/** A number as it is, with at least so many decimals: 0.1 -> "0.10", 0.1234 stays. */
export function exact(value, decimals) {
  const text = String(value);
  if (text.includes("e")) return text.replace("e-", `e${MINUS}`);
  const after = text.split(".")[1]?.length ?? 0;
  return after >= decimals ? text : value.toFixed(decimals);
}

/** A number of any size in about `digits` figures, with a true minus sign. */
export function short(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e5) return fixed(value / 10 ** Math.floor(Math.log10(size)), 1)
    + `e${Math.floor(Math.log10(size))}`;
  return fixed(value, Math.max(0, digits - Math.max(1, Math.floor(Math.log10(size || 1)) + 1)));
}
