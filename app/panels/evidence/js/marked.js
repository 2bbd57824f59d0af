import { make } from "./dom.js";

/**
 * A sentence with the citation in question in bold and the deciding words highlighted. Offsets
 * count Unicode characters, as Python does, not the browser's halves of them.
 *
 * @param {{sentence: string, marker: number[], words: number[][], label: string,
 *   relabelled: boolean}} statement the words decided the classifier's label, not a person's own
 * @returns {(Node|string)[]}
 */
export function markedSentence({ sentence, marker, words: decisive, label, relabelled }) {
  const words = relabelled ? [] : decisive;
  const letters = Array.from(sentence);
  const cuts = new Set([0, letters.length]);
  for (const [start, end] of [marker, ...words]) {
    cuts.add(Math.min(start, letters.length)).add(Math.min(end, letters.length));
  }
  const places = [...cuts].sort((a, b) => a - b);
  const within = (place, [start, end]) => place >= start && place < end;
  return places.slice(0, -1).map((start, index) => {
    const text = letters.slice(start, places[index + 1]).join("");
    if (within(start, marker)) return make("b.cited", {}, text);
    return words.some((span) => within(start, span)) ? make(`mark.${label}`, {}, text) : text;
  });
}
