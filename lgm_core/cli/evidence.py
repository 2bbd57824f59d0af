"""``python -m lgm_core evidence``: what papers say of the works they cite, and claims put to test.

Four forms: papers to read; ``claims``; ``check CLAIM``; ``train [FILE...]``. A paper that is named
like one of the words is given as ``./check``.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from tqdm import tqdm

from lgm_core.cli import evidence_papers
from lgm_core.evidence.claim import LIVE_SECONDS, Claim, Variant, claim, load_claims
from lgm_core.evidence.measure import MAX_SEEDS, Progress, Row, Runner, measure
from lgm_core.evidence.paper import EvidenceError

_PROG = "python -m lgm_core evidence"
_USAGE = f"""{_PROG} PAPER... [--cites TITLE_OR_DOI] [--json]
       {_PROG} claims [--json]
       {_PROG} check CLAIM [--variant NAME] [--seeds N] [--json]
       {_PROG} train [FILE...] [--json]"""
_SEEDS = 3
#: Options that belong to one form alone, by their place in the parsed ones.
_BELONGS = {"cites": "papers", "variant": "check", "seeds": "check"}


def add_parser(commands: Any) -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser(
        "evidence",
        help="read what papers say of the works they cite, or put a claim to the test",
        usage=_USAGE,
        description="Reads papers (JATS, TEI, LaTeX, Markdown, text, PDF) and says of each citing "
        "sentence whether it supports, contrasts or mentions; lists the claims that the lab "
        "teaches; measures one of them; or trains the classifier of sentences, on the shipped "
        "statements or on files in SciCite's form.",
    )
    parser.add_argument("words", nargs="+", metavar="PAPER", help="files, or one of: claims, "
                        "check CLAIM, train [FILE...]")  # fmt: skip
    parser.add_argument("--cites", metavar="TITLE_OR_DOI", help="only what is said of this work: "
                        "its title, DOI or arXiv id")  # fmt: skip
    parser.add_argument("--variant", metavar="NAME", help="which setting of the claim, or all; "
                        f"default: those that take at most {LIVE_SECONDS} seconds")  # fmt: skip
    parser.add_argument("--seeds", metavar="N", help="how many seeds, from 0 on. Allowed: 1 to "
                        f"{MAX_SEEDS}; default {_SEEDS}.")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the result as one JSON line")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Does what the first word says; returns the exit code."""
    first, *rest = options.words
    form = first if first in ("claims", "check", "train") else "papers"
    try:
        for name, owner in _BELONGS.items():
            if getattr(options, name) is not None and form != owner:
                raise EvidenceError(f"--{name} is given with {form}; allowed: with {owner}.")
        if form == "claims":
            return _claims(rest, as_json=options.json)
        if form == "check":
            return _check(rest, options)
        if form == "train":
            return evidence_papers.train(rest, as_json=options.json)
        return evidence_papers.read(options.words, options.cites, as_json=options.json)
    except EvidenceError as error:
        print(f"{_PROG}: {error}", file=sys.stderr)
        return 2


def _claims(rest: list[str], *, as_json: bool) -> int:
    if rest:
        raise EvidenceError(f"After claims stands {rest[0]!r:.60}; allowed: nothing.")
    if as_json:
        print(json.dumps([_described(known) for known in load_claims()]))
        return 0
    for known in load_claims():
        print(f"{known.id}: {known.statement} ({_family(known)}, {known.work.year})")
        for variant in known.variants:
            print(f"    {variant.name}, about {variant.seconds:,} s")
    return 0


def _family(known: Claim) -> str:
    return known.work.authors[0].split(",")[0]


def _described(known: Claim) -> dict[str, Any]:
    variants = [
        variant.model_dump(mode="json", by_alias=True, exclude={"runs", "studies"})
        | {"settings": variant.settings(), "live": variant.live}
        for variant in known.variants
    ]
    return known.model_dump(mode="json", exclude={"variants"}) | {"variants": variants}


def _check(rest: list[str], options: argparse.Namespace) -> int:
    if len(rest) != 1:
        raise EvidenceError(f"After check stand {len(rest)} words; allowed: one claim.")
    wanted = claim(rest[0])
    variants = _variants(wanted, options.variant)
    seeds = _number_of_seeds(options.seeds)
    # Only now: neither help nor a misspelt name has to wait for torch.
    from lgm_core.evidence.local_runner import LocalRunner

    try:
        runner = LocalRunner()
    except ValueError as error:  # a limit in the environment that is none
        raise EvidenceError(str(error)) from None
    rows = [_measured(wanted, variant, range(seeds), runner) for variant in variants]
    if options.json:
        found = [row.model_dump(mode="json") for row in rows]
        head = {"claim": wanted.id, "statement": wanted.statement}
        print(json.dumps(head | {"rows": found}, allow_nan=False))
        return 0
    print(wanted.statement)
    for row in rows:
        print(f"{row.variant}: {row.verdict}. {row.statistic}: {row.mean:+.3g} {row.unit}.")
        print(f"    {row.reason}")
    return 0


def _variants(wanted: Claim, name: str | None) -> list[Variant]:
    if name is None:
        return list(wanted.live_variants)
    return list(wanted.variants) if name == "all" else [wanted.variant(name)]


def _number_of_seeds(text: str | None) -> int:
    if text is None:
        return _SEEDS
    whole = text.isascii() and text.isdigit() and len(text) <= 3
    if not whole or not 1 <= int(text) <= MAX_SEEDS:
        raise EvidenceError(f"--seeds is {text[:40]!r}; allowed: 1 to {MAX_SEEDS}.")
    return int(text)


def _measured(wanted: Claim, variant: Variant, seeds: range, runner: Runner) -> Row:
    """The row of one variant; progress goes to stderr."""
    form = "{desc}{percentage:3.0f} %|{bar}| {elapsed}"
    with tqdm(bar_format=form, miniters=0, mininterval=0.5, file=sys.stderr) as bar:

        def tell(now: Progress) -> None:
            bar.total = now.total
            bar.update(now.done - bar.n)

        for event in measure(wanted, variant, seeds, runner, tell=tell):
            if isinstance(event, Row):
                bar.update((bar.total or 0) - bar.n)
                return event
            tell(event)
            bar.set_description(f"{variant.name}. {event.doing}")
    raise AssertionError("a measurement ends in a row")
