"""Citations and references as print shows them: [3] or (Wan et al., 2018)."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.articles.source import Article, Cite, Sentence, Work

#: Text, and the works that it points to, if any.
Bit = tuple[str, tuple[str, ...]]


def bits(article: Article, sentence: Sentence) -> Iterator[Bit]:
    """A sentence in bits, those of its markers pointing to works."""
    for piece in sentence:
        if isinstance(piece, str):
            yield piece, ()
        elif article.style == "numeric":
            yield from _numeric(article, piece)
        else:
            yield from _author_year(article, piece)


def plain(article: Article, sentence: Sentence) -> str:
    """A sentence as it is printed."""
    return "".join(text for text, _ in bits(article, sentence))


def _numeric(article: Article, cite: Cite) -> Iterator[Bit]:
    if cite.narrative:
        yield f"{article.work(cite.keys[0]).names()} ", ()
    numbers = sorted((article.number(key), key) for key in cite.keys)
    runs: list[list[tuple[int, str]]] = []
    for number, key in numbers:
        if runs and number == runs[-1][-1][0] + 1:
            runs[-1].append((number, key))
        else:
            runs.append([(number, key)])
    yield "[" + (f"{cite.prefix} " if cite.prefix else ""), ()
    for index, run in enumerate(runs):
        if index:
            yield ", ", ()
        yield str(run[0][0]), (run[0][1],)
        if len(run) > 1:
            yield "–" if len(run) > 2 else ", ", ()
            yield str(run[-1][0]), (run[-1][1],)
    yield "]", ()


def _author_year(article: Article, cite: Cite) -> Iterator[Bit]:
    if cite.narrative:
        yield f"{article.work(cite.keys[0]).names()} (", ()
        yield article.dated(cite.keys[0]), cite.keys
        yield ")", ()
        return
    yield "(" + (f"{cite.prefix} " if cite.prefix else ""), ()
    for index, key in enumerate(cite.keys):
        if index:
            yield "; ", ()
        yield f"{article.work(key).names()}, {article.dated(key)}", (key,)
    yield ")", ()


def reference(article: Article, work: Work) -> str:
    """An entry of the list of references, without its number."""
    more = "".join(
        (
            f" {work.volume}" if work.volume else "",
            f"({work.number})" if work.number else "",
            f":{work.pages.replace('-', '–')}" if work.pages else "",
        )
    )
    ids = "".join(
        (
            f" doi:{work.doi}." if work.doi else "",
            f" arXiv:{work.arxiv}." if work.arxiv else "",
        )
    )
    venue = f"In {work.venue}" if work.kind == "inproceedings" else work.venue
    if article.style == "numeric":
        people = _listed([_initials_first(name) for name in work.authors])
        return f"{people}. {work.title}. {venue}{more}, {work.year}.{ids}"
    people = _listed([_family_first(name) for name in work.authors])
    return f"{people} ({article.dated(work.key)}). {work.title}. {venue}{more}.{ids}"


def _listed(names: list[str]) -> str:
    if len(names) < 3:
        return " and ".join(names)
    return f"{', '.join(names[:-1])}, and {names[-1]}"


def _initials(given: str) -> str:
    return " ".join(part if part.endswith(".") else f"{part[0]}." for part in given.split())


def _initials_first(name: str) -> str:
    family, _, given = name.partition(", ")
    return f"{_initials(given)} {family}" if given else family


def _family_first(name: str) -> str:
    family, _, given = name.partition(", ")
    return f"{family}, {_initials(given)}" if given else family
