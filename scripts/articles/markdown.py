"""An article as Markdown with pandoc's citations."""

from __future__ import annotations

from scripts.articles.source import NOTICE, PROJECT, VENUE, Article, Cite, Sentence


def article_md(article: Article) -> str:
    """The whole file."""
    body = "\n".join(
        f"# {section.heading}\n\n"
        + "\n".join(
            "".join(f"{_sentence(sentence)}\n" for sentence in paragraph)
            for paragraph in section.paragraphs
        )
        for section in article.sections
    )
    abstract = "\n".join(article.abstract[1:])
    return (
        f'---\ntitle: "{article.title}"\nauthor: "{PROJECT}"\ndate: {article.year}\n'
        f'series: "{VENUE}"\nnote: "{NOTICE}"\nbibliography: references.bib\n---\n\n'
        f"> {NOTICE}\n\n# Abstract\n\n{abstract}\n\n{body}"
    )


def _sentence(sentence: Sentence) -> str:
    return "".join(_citation(piece) if isinstance(piece, Cite) else piece for piece in sentence)


def _citation(cite: Cite) -> str:
    if cite.narrative:
        return f"@{cite.keys[0]}"
    prefix = f"{cite.prefix} " if cite.prefix else ""
    return f"[{prefix}{'; '.join(f'@{key}' for key in cite.keys)}]"
