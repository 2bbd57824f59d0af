"""What the readers have to find in an article, made from its source alone."""

from __future__ import annotations

import json

from scripts.articles.source import NOTICE, Article, Cite, Sentence

#: Stands for a marker, whatever a style prints there, the names of a narrative one included.
TOKEN = "[*]"


def statements_json(article: Article) -> str:
    """The article's citing sentences with section, neighbours and references, as JSON."""
    statements = []
    for section in article.sections:
        for paragraph in section.paragraphs:
            for index, sentence in enumerate(paragraph):
                cites = [piece for piece in sentence if isinstance(piece, Cite)]
                if cites:
                    statements.append(
                        {
                            "sentence": tokenised(sentence),
                            "before": tokenised(paragraph[index - 1]) if index else "",
                            "after": "".join(map(tokenised, paragraph[index + 1 : index + 2])),
                            "section": section.kind,
                            "heading": section.heading,
                            "keys": [list(cite.keys) for cite in cites],
                            "roles": [cite.role for cite in cites],
                        }
                    )
    references = [
        {"key": work.key, "title": work.title, "year": work.year}
        | {"names": work.names(), "doi": work.doi or None, "arxiv": work.arxiv or None}
        for work in article.works
    ]
    found = {"id": article.id, "title": article.title, "year": article.year, "notice": NOTICE}
    found |= {"style": article.style, "columns": article.columns}
    found |= {"references": references, "statements": statements}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def tokenised(sentence: Sentence) -> str:
    """A sentence with a neutral token for each of its markers."""
    return "".join(TOKEN if isinstance(piece, Cite) else piece for piece in sentence)
