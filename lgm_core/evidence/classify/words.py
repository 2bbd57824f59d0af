"""The words that decided a verdict, as places in the original sentence."""

from __future__ import annotations

from collections.abc import Sequence

from lgm_core.evidence.classify.ngrams import Features, spans_of
from lgm_core.evidence.classify.tokens import Span

MOST = 4  #: places shown
_LOOKED_AT = 10  #: features that have a place, those that speak most for the label
_MOST_TRIED = 60  #: of all
_LEAST = 0.08  #: share below which a place decides nothing
_PART = 0.35  #: of the heaviest place's share that another must reach
_BARE_WORDS = 0.5  #: what words count that are not part of a cue: they say less to a reader
_SHORT = 4  #: letters; a shorter word by itself says nothing
_GAP = 1  #: characters between two places that become one


def deciding(features: Features, shares: Sequence[tuple[str, float]]) -> tuple[Span, ...]:
    """The few places that speak most for the label against the runner-up.

    Args:
        features: of the context.
        shares: what each feature adds to the label's lead, by the feature's name.
    """
    heaviest = sorted(shares, key=lambda item: (-item[1], item[0]))[:_MOST_TRIED]
    totals: dict[Span, float] = {}
    looked_at = 0
    for name, share in heaviest:
        bare = name not in features.cues
        if share <= 0 or looked_at == _LOOKED_AT:
            break
        spans = [] if bare and len(name) < _SHORT else spans_of(features, name)[:2]
        looked_at += bool(spans)
        for span in spans:
            totals[span] = totals.get(span, 0.0) + share * (_BARE_WORDS if bare else 1.0)
    if not totals:
        return ()
    most = max(totals.values())
    ranked = sorted(totals, key=lambda span: (-totals[span], span))
    chosen = [span for span in ranked if totals[span] >= max(_LEAST, _PART * most)]
    return tuple(_merged(chosen[:MOST]))


def _merged(spans: Sequence[Span]) -> list[Span]:
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1] + _GAP:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out
