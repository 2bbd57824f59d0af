"""The part of docs/results.md out of the figures of :mod:`benchmarks.citations`."""

from __future__ import annotations

from typing import Any

from lgm_core.evidence.paper import LABELS

SECTION = "citations"


def citations_section(found: dict[str, Any]) -> str:
    """Heading, prose and tables of the figures."""
    parts = [
        "## Citation statements",
        "",
        "Made by `python -m benchmarks.citations --write`. Each statement is supporting, "
        "contrasting or mentioning towards one citation. The classifier learnt from "
        f"{found['trained_on']} of the lab's {found['statements']} labelled statements and was "
        f"measured on the {found['held_out']} others; what it learnt from shares no "
        "near-duplicate with them. Hard statements are those that a reader of keywords gets "
        "wrong.",
        "",
        "| held-out third | macro F1 |",
        "| --- | ---: |",
        f"| classifier | {found['macro_f1']:.3f} |",
        f"| of it, plain statements | {found['macro_f1_plain']:.3f} |",
        f"| of it, hard statements | {found['macro_f1_hard']:.3f} |",
        f"| keywords | {found['keyword_macro_f1']:.3f} |",
        f"| always the most frequent label | {found['majority_macro_f1']:.3f} |",
        f"| each field by a classifier that saw only the others, mean over the "
        f"fields of all statements | {found['field_left_out_macro_f1']:.3f} |",
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
    return "\n".join(parts)
