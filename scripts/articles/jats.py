"""An article as JATS 1.2."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from scripts.articles.printed import bits
from scripts.articles.source import NOTICE, PROJECT, VENUE, Article, Section, Sentence, Work

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD '
    'v1.2 20190208//EN" "JATS-archivearticle1.dtd">\n'
)
_PUBLICATION = {"inproceedings": "confproc", "article": "journal", "techreport": "report"}


def article_xml(article: Article) -> str:
    """The whole file."""
    sections = "\n".join(
        _section(article, number, section) for number, section in enumerate(article.sections, 1)
    )
    references = "\n".join(_reference(work, number) for number, work in enumerate(article.works, 1))
    return (
        f'{_HEAD}<article article-type="other" dtd-version="1.2" xml:lang="en">\n'
        f"<front>\n{_meta(article)}\n</front>\n"
        f"<body>\n{sections}\n</body>\n"
        f"<back>\n<ref-list>\n<title>References</title>\n{references}\n</ref-list>\n</back>\n"
        "</article>\n"
    )


def _meta(article: Article) -> str:
    return (
        "<article-meta>\n"
        f'<article-id pub-id-type="publisher-id">{article.key}</article-id>\n'
        f"<title-group><article-title>{escape(article.title)}</article-title></title-group>\n"
        f'<contrib-group><contrib contrib-type="author"><collab>{PROJECT}</collab></contrib>'
        "</contrib-group>\n"
        f"<author-notes><fn><p>{escape(NOTICE)}</p></fn></author-notes>\n"
        f'<pub-date date-type="pub"><year>{article.year}</year></pub-date>\n'
        f"<abstract><p>{escape(' '.join(article.abstract))}</p></abstract>\n"
        "<custom-meta-group><custom-meta><meta-name>series</meta-name>"
        f"<meta-value>{VENUE}</meta-value></custom-meta></custom-meta-group>\n"
        "</article-meta>"
    )


def _section(article: Article, number: int, section: Section) -> str:
    paragraphs = "\n".join(_paragraph(article, one) for one in section.paragraphs)
    return (
        f'<sec id="s{number}" sec-type="{section.kind}">\n'
        f"<title>{escape(section.heading)}</title>\n{paragraphs}\n</sec>"
    )


def _paragraph(article: Article, paragraph: tuple[Sentence, ...]) -> str:
    return "<p>" + "\n".join(_sentence(article, sentence) for sentence in paragraph) + "</p>"


def _sentence(article: Article, sentence: Sentence) -> str:
    return "".join(
        f'<xref ref-type="bibr" rid={quoteattr(" ".join(keys))}>{escape(text)}</xref>'
        if keys
        else escape(text)
        for text, keys in bits(article, sentence)
    )


def _reference(work: Work, number: int) -> str:
    first, _, last = work.pages.partition("-")
    # What the tags hold, in the order in which they are printed.
    held = [
        ("year", str(work.year)),
        ("article-title", work.title),
        ("source", work.venue),
        ("volume", work.volume),
        ("issue", work.number),
        ("fpage", first),
        ("lpage", last),
    ]
    ids = "".join(
        f'<pub-id pub-id-type="{kind}">{escape(value)}</pub-id>'
        for kind, value in (("doi", work.doi), ("arxiv", work.arxiv))
        if value
    )
    return (
        f'<ref id="{work.key}"><label>{number}</label>'
        f'<element-citation publication-type="{_PUBLICATION.get(work.kind, "other")}">'
        f'<person-group person-group-type="author">{"".join(map(_person, work.authors))}'
        "</person-group>"
        + "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in held if text)
        + f"{ids}</element-citation></ref>"
    )


def _person(name: str) -> str:
    family, _, given = name.partition(", ")
    if not given:
        return f"<collab>{escape(name)}</collab>"
    surname = f"<surname>{escape(family)}</surname>"
    return f"<name>{surname}<given-names>{escape(given)}</given-names></name>"
