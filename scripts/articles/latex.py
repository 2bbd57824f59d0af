"""An article as LaTeX with natbib."""

from __future__ import annotations

import re

from scripts.articles.source import NOTICE, PROJECT, Article, Cite, Sentence

_SPECIAL = str.maketrans({"%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "_": r"\_", "–": "--"})
#: After these a plain space would be set as wide as after a sentence.
_SHORT = re.compile(r"\b(e\.g\.|i\.e\.|cf\.|et al\.) ")
_TIED = re.compile(r"\b(Fig\.|Sec\.|Eq\.) (?=\d)")


def article_tex(article: Article) -> str:
    """The whole file."""
    numeric = article.style == "numeric"
    columns = "twocolumn" if article.columns == 2 else "11pt"
    natbib = "numbers,sort&compress" if numeric else "authoryear,round"
    body = "\n".join(
        f"\\section{{{_escaped(section.heading)}}}\n\n"
        + "\n".join(
            "".join(f"{_sentence(article, sentence)}\n" for sentence in paragraph)
            for paragraph in section.paragraphs
        )
        for section in article.sections
    )
    abstract = "\n".join(map(_escaped, article.abstract))
    return (
        f"% {NOTICE}\n"
        f"\\documentclass[{columns}]{{article}}\n"
        "\\usepackage[utf8]{inputenc}\n"
        f"\\usepackage[{natbib}]{{natbib}}\n"
        f"\\title{{{_escaped(article.title)}\\thanks{{{NOTICE}}}}}\n"
        f"\\author{{{PROJECT}}}\n"
        f"\\date{{{article.year}}}\n\n"
        "\\begin{document}\n\\maketitle\n\n"
        f"\\begin{{abstract}}\n{abstract}\n\\end{{abstract}}\n\n{body}\n"
        f"\\bibliographystyle{{{'unsrtnat' if numeric else 'plainnat'}}}\n"
        "\\bibliography{references}\n\\end{document}\n"
    )


def _sentence(article: Article, sentence: Sentence) -> str:
    parts: list[str] = []
    for piece in sentence:
        if isinstance(piece, str):
            parts.append(_escaped(piece))
            continue
        command = _command(article, piece)
        if command.startswith("\\cite{") and parts and parts[-1].endswith(" "):
            # A number shall not begin a line.
            parts[-1] = parts[-1][:-1] + "~"
        parts.append(command)
    return "".join(parts)


def _command(article: Article, cite: Cite) -> str:
    keys = ",".join(cite.keys)
    option = f"[{cite.prefix}][]" if cite.prefix else ""
    if article.style == "author-year":
        return f"\\{'citet' if cite.narrative else 'citep'}{option}{{{keys}}}"
    if cite.narrative:
        return f"{article.work(keys).names().translate(_SPECIAL)}~\\cite{{{keys}}}"
    return f"\\cite{option}{{{keys}}}"


def _escaped(text: str) -> str:
    return _TIED.sub(r"\1~", _SHORT.sub(r"\1\\ ", text.translate(_SPECIAL)))
