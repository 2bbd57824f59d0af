"""One text out of a paper's files: the main one, with the others where it asks for them."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from lgm_core.evidence.paper import EvidenceError
from lgm_core.evidence.reading.latex_files import Sources, inner_path
from lgm_core.evidence.reading.latex_scan import without_comments

_MAX_DEPTH = 10
_MAX_COUNT = 300
MAX_CHARACTERS = 6_000_000
_INPUT = re.compile(
    r"\\(?:input|include|subfile|subfileinclude)\s*\{([^{}]{0,300})\}"
    r"|\\input[ \t]+([^\s{}\\]{1,300})"
    r"|\\(?:sub)?import\*?\s*\{([^{}]{0,300})\}\s*\{([^{}]{0,300})\}"
)


def main_file(sources: Sources) -> str:
    """The path of the file that holds the paper; raises EvidenceError if there is none."""
    papers = [name for name in sources.files if not name.lower().endswith((".bbl", ".bib"))]
    if not papers:
        raise EvidenceError("No .tex file was found; a .tex or an archive with one is needed.")

    def rank(name: str) -> tuple[bool, bool, int, int]:
        text = sources.files[name]
        return (
            r"\begin{document}" not in text,
            r"\documentclass" not in text and r"\documentstyle" not in text,
            name.count("/"),
            -len(text),
        )

    return min(papers, key=rank)


def whole_text(sources: Sources, main: str) -> str:
    """The main file without comments and with every file inside the archive that it inputs.

    Nothing outside the archive is ever opened; each thing that was left out is a note.
    """
    return _Inputs(sources, posixpath.dirname(main)).text(main, ())


@dataclass
class _Inputs:
    sources: Sources
    folder: str
    count: int = 0
    length: int = 0
    cleaned: dict[str, str] = field(default_factory=dict)

    def text(self, path: str, above: tuple[str, ...]) -> str:
        if path not in self.cleaned:
            self.cleaned[path] = without_comments(self.sources.files[path])
        source = self.cleaned[path]
        self.length += len(source)
        if self.length > MAX_CHARACTERS:
            raise EvidenceError(
                f"The LaTeX has more than the {MAX_CHARACTERS} characters allowed with its inputs."
            )
        here = (*above, path)
        return _INPUT.sub(lambda found: self._input(found, here), source)

    def _input(self, found: re.Match[str], above: tuple[str, ...]) -> str:
        name = (found[1] or found[2] or posixpath.join(found[3] or "", found[4] or "")).strip()
        name = name.strip('"')
        shown = repr(name[:80])
        if inner_path(name) is None:
            self.sources.note(f"The input {shown} points outside the paper and was not opened.")
            return " "
        path = self._find(name, posixpath.dirname(above[-1]))
        if path is None:
            self.sources.note(f"The input {shown} is not among the paper's files.")
        elif path in above:
            self.sources.note(f"The input {shown} includes itself and was cut there.")
        elif len(above) >= _MAX_DEPTH or self.count >= _MAX_COUNT:
            self.sources.note(
                f"The input {shown} was left out: {_MAX_DEPTH} levels and {_MAX_COUNT} are allowed."
            )
        else:
            self.count += 1
            return self.text(path, above)
        return " "

    def _find(self, name: str, beside: str) -> str | None:
        for folder in (self.folder, beside, ""):
            for ending in ("", ".tex", ".ltx", ".bbl"):
                path = inner_path(posixpath.join(folder, name + ending))
                if path is not None and path in self.sources.files:
                    return path
        return None
