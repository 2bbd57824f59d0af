"""The works that an article cites as a BibTeX file."""

from __future__ import annotations

from scripts.articles.source import PROJECT, Article, Work

_PLACE = {"inproceedings": "booktitle", "article": "journal", "techreport": "institution"}
_ACCENTS = {"è": r"{\`e}", "é": r"{\'e}", "&": r"\&"}


def references_bib(article: Article) -> str:
    """The whole file."""
    return "\n".join(_entry(work) for work in article.works)


def _entry(work: Work) -> str:
    braced = [f"{{{name}}}" if name == PROJECT else name for name in work.authors]
    fields = {
        "author": " and ".join(braced),
        # Twice in braces, or styles would lower the capitals.
        "title": f"{{{work.title}}}",
        _PLACE.get(work.kind, "howpublished"): work.venue,
        "volume": work.volume,
        "number": work.number,
        "pages": work.pages.replace("-", "--"),
        "year": str(work.year),
        "doi": work.doi,
        "eprint": work.arxiv,
        "archivePrefix": "arXiv" if work.arxiv else "",
        "note": "Written for the project; not a peer-reviewed publication" if work.own else "",
    }
    lines = [f"  {name} = {{{_escaped(text)}}},\n" for name, text in fields.items() if text]
    return f"@{work.kind}{{{work.key},\n{''.join(lines)}}}\n"


def _escaped(text: str) -> str:
    return "".join(_ACCENTS.get(letter, letter) for letter in text)
