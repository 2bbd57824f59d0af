"""The part of docs/results.md out of the figures of :mod:`benchmarks.citations`."""

from __future__ import annotations

from typing import Any

from lgm_core.evidence.paper import LABELS

SECTION = "citations"
_PARTS = {
    "first": "of it, the nine hard fields",
    "everyday": "of it, the twelve everyday fields",
    "plain": "of it, plain statements",
    "hard": "of it, hard statements",
}


def citations_section(found: dict[str, Any]) -> str:
    """Heading, prose and tables of the figures."""
    parts = [
        "## Citation statements",
        "",
        "Made by `python -m benchmarks.citations --write`. Each statement is supporting, "
        "contrasting or mentioning towards one citation. The classifier learnt from "
        f"{found['trained_on']} of the lab's {found['statements']} labelled statements, and from "
        f"{found['practised_on']} that were written for practice alone by writers who saw none of "
        f"these; it was measured on the {found['held_out']} others. What it learnt from shares no "
        "near-duplicate with them. Hard statements are those that a reader of keywords gets "
        "wrong.",
        "",
        "| held-out third | statements | classifier | keywords | always the most frequent label |",
        "| --- | ---: | ---: | ---: | ---: |",
        f"| **all of it** | {found['held_out']} | **{found['macro_f1']:.3f}** "
        f"| {found['keyword_macro_f1']:.3f} | {found['majority_macro_f1']:.3f} |",
        *(_part(found, name, words) for name, words in _PARTS.items()),
        "",
        "The figures are macro F1. Of the fields, nine were written to be hard (four in ten "
        "statements are) and twelve to read like everyday papers.",
        "",
        f"Expected calibration error {found['ece']:.3f} (ten bins), Brier score "
        f"{found['brier']:.3f}, accuracy {100 * found['accuracy']:.1f} %.",
        "",
        f"| true label | {' | '.join(f'read as {label}' for label in LABELS)} "
        "| precision | recall | F1 |",
        f"| --- |{' ---: |' * (len(LABELS) + 3)}",
    ]
    for label in LABELS:
        counts = " | ".join(str(found["confusion"][label][given]) for given in LABELS)
        score = found["by_label"][label]
        parts.append(
            f"| {label} | {counts} | {score['precision']:.2f} | {score['recall']:.2f} "
            f"| {score['f1']:.2f} |"
        )
    by_field = found["by_field_left_out"]
    parts += [
        "",
        "Each field by a classifier that saw only the others, macro F1 over all of its statements; "
        f"the mean is {found['field_left_out_macro_f1']:.3f}. The list of phrases was drawn up "
        "with the training two thirds in view, so these figures flatter; over the statements of "
        f"the held-out third alone it is {found['field_left_out_macro_f1_held_out']:.3f}.",
        "",
        "| field | macro F1 |",
        "| --- | ---: |",
        *(f"| {name.replace('_', ' ')} | {value:.3f} |" for name, value in by_field.items()),
    ]
    return "\n".join(parts)


def _part(found: dict[str, Any], name: str, words: str) -> str:
    figures = (found[f"{which}macro_f1_{name}"] for which in ("", "keyword_", "majority_"))
    return f"| {words} | {found[f'of_{name}']} | {' | '.join(f'{f:.3f}' for f in figures)} |"
