import { LABELS } from "./labels.js";

/** What is shown when nothing is chosen. */
export const EVERYTHING = { labels: [...LABELS], section: "", year: null, confidence: 0, text: "" };

/** @returns {Object<string, string>} chosen filters as a link says them; only what differs */
export function filterQuery({ labels, section, year, confidence, text }) {
  const query = {};
  if (labels.length < LABELS.length) query.labels = labels.join(".");
  if (section) query.section = section;
  if (year !== null) query.year = String(year);
  if (confidence) query.sure = String(confidence);
  if (text.trim()) query.find = text.trim();
  return query;
}

/** @returns {object} what {@link filterQuery} has said, chosen again */
export function filtersOf({ labels, section, year, sure, find }) {
  return {
    labels: labels ? LABELS.filter((label) => labels.split(".").includes(label)) : [...LABELS],
    section: section ?? "", year: year ? Number(year) : null, confidence: Number(sure ?? 0), text: find ?? "",
  };
}

/** @returns {string} the query of a link to what is on screen */
export function shareQuery(view, work, filters) {
  const query = { ...(view === "papers" ? {} : { view }), ...(work ? { work } : {}), ...filterQuery(filters) };
  return `?${new URLSearchParams(query)}`;
}
