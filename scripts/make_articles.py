"""Makes the project's own articles in every format from their sentences.

``python -m scripts.make_articles``: seconds; takes the figures that stand in docs/results.md from
there anew, and writes below ``lgm_core/evidence/corpus``. Where a figure has changed so much that
a sentence is no longer true, it stops and says which.
"""

from __future__ import annotations

from pathlib import Path

from scripts.articles.bibtex import references_bib
from scripts.articles.figures import refreshed, results_cells, values
from scripts.articles.gold import statements_json
from scripts.articles.jats import article_xml
from scripts.articles.latex import article_tex
from scripts.articles.markdown import article_md
from scripts.articles.pdf import article_pdf
from scripts.articles.source import Article, load

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "lgm_core" / "evidence" / "corpus"
SOURCES = CORPUS / "sources"
FIGURES = SOURCES / "figures.toml"
RESULTS = ROOT / "docs" / "results.md"


def rendered(article: Article) -> dict[str, bytes]:
    """The files of one article by name."""
    texts = {
        "article.xml": article_xml(article),
        "article.tex": article_tex(article),
        "article.md": article_md(article),
        "references.bib": references_bib(article),
        "statements.json": statements_json(article),
    }
    files = {name: text.encode() for name, text in texts.items()}
    return files | {"article.pdf": article_pdf(article)}


def articles() -> list[Article]:
    """The articles as their sources have them now."""
    return load(SOURCES, values(FIGURES))


def main() -> None:
    """Takes the figures anew and writes every article."""
    cells = results_cells(RESULTS.read_text(encoding="utf-8"))
    FIGURES.write_text(refreshed(FIGURES.read_text(encoding="utf-8"), cells), encoding="utf-8")
    for article in articles():
        folder = CORPUS / article.id
        folder.mkdir(exist_ok=True)
        for name, data in rendered(article).items():
            (folder / name).write_bytes(data)
        print(f"{article.id}: {article.year}, {article.title}")


if __name__ == "__main__":
    main()
