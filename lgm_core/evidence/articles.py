"""The project's own articles, with which the page of evidence opens.

They were written for this project and are no peer-reviewed publications; each says so itself.
``python -m scripts.make_articles`` makes them from ``corpus/sources``.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from lgm_core.evidence.paper import EvidenceError, Format

#: The articles in the order of their editions, and the format in which the page opens each.
SHIPPED: Mapping[str, Format] = MappingProxyType(
    {
        "fgsm": "jats",
        "margins": "latex",
        "covariance": "markdown",
        "faces": "pdf",
        "pgd": "latex",
        "reader": "markdown",
        "adaptive": "pdf",
        "scores": "jats",
    }
)
_SUFFIXES: Mapping[Format, str] = {
    "jats": ".xml",
    "latex": ".tex",
    "markdown": ".md",
    "pdf": ".pdf",
}
#: Formats whose bibliography lies beside them.
_WITH_BIBLIOGRAPHY = ("latex", "markdown")
_BIBLIOGRAPHY = "references.bib"


def article_ids() -> tuple[str, ...]:
    """The articles that come with the lab, in the order of their editions."""
    return tuple(SHIPPED)


def article_files(article_id: str) -> dict[str, bytes]:
    """Every file of an article by name, ``statements.json`` included.

    That file says, from the article's source alone, which sentences cite, and what.

    Raises:
        EvidenceError: for an article that there is not.
    """
    return {
        entry.name: entry.read_bytes()
        for entry in sorted(_folder(article_id).iterdir(), key=lambda entry: entry.name)
        if entry.is_file()
    }


def article(article_id: str, form: Format) -> tuple[str, bytes, dict[str, bytes]]:
    """An article in one format: a name for the file, the file, and what belongs beside it by name.

    Args:
        article_id: one of :func:`article_ids`.
        form: "jats", "latex", "markdown" or "pdf".

    Raises:
        EvidenceError: for an article or a format that there is not.
    """
    folder = _folder(article_id)
    if form not in _SUFFIXES:
        raise EvidenceError(f"The format is {form!r}; allowed: {', '.join(_SUFFIXES)}.")
    beside = [_BIBLIOGRAPHY] if form in _WITH_BIBLIOGRAPHY else []
    suffix = _SUFFIXES[form]
    return (
        article_id + suffix,
        folder.joinpath("article" + suffix).read_bytes(),
        {name: folder.joinpath(name).read_bytes() for name in beside},
    )


def _folder(article_id: str) -> Traversable:
    if article_id not in SHIPPED:
        raise EvidenceError(f"The article is {article_id!r:.60}; allowed: {', '.join(SHIPPED)}.")
    return files("lgm_core.evidence").joinpath("corpus", article_id)
