"""The paragraphs of a LaTeX paper, below their headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lgm_core.evidence.paper import Paragraph, Section
from lgm_core.evidence.reading.enclosed import without_enclosed
from lgm_core.evidence.reading.latex_cites import Citing
from lgm_core.evidence.reading.latex_hidden import with_code_shown
from lgm_core.evidence.reading.latex_scan import group, replace_environments
from lgm_core.evidence.reading.latex_text import plain_latex
from lgm_core.evidence.reading.marking import running_text
from lgm_core.evidence.reading.sections import inherited

_PARSED_IN_ALL = 250_000
_MAX_PARAGRAPHS = 20_000
_FLOATS = re.compile(
    r"(?:wrap|sideways|SC|teaser)?(?:figure|table)|algorithm|listing|margin(?:figure|table)"
)
_DROPPED = re.compile(
    r"verbatim|Verbatim|lstlisting|minted|tikzpicture|pgfpicture|tabular[xy]?|longtable|comment"
    r"|CCSXML|thebibliography|filecontents|keywords?|IEEEkeywords|algorithmic|array|pspicture"
)
_DISPLAYS = re.compile(
    r"equation|align(?:ed|at)?|gather(?:ed)?|multline|eqnarray|displaymath|flalign|dmath|split"
)
_DISPLAYED = ((r"\[", r"\]"), ("$$", "$$"))
_LONGEST_DISPLAYED = 5000
_HEADING = re.compile(
    r"\\(part|chapter|section|subsection|subsubsection|paragraph|subparagraph|abstract)\*?"
    r"(?![A-Za-z])\s{0,5}(?=[\[{])"
)
_LEVELS = ("part", "chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph")
_ASIDE = re.compile(r"\\(footnote|footnotetext|caption|captionof|marginpar|thanks)\*?(?![A-Za-z])")
_BREAK = re.compile(
    r"\n[ \t]*\n\s*|\\par(?![A-Za-z])|\\item(?![A-Za-z])(?:\s?\[[^\]\n]{0,200}\])?"
    r"|\\(?:begin|end)\{(?:itemize|enumerate|description|quote|quotation|center|proof|theorem|lemma"
    r"|definition|remark|document|abstract|multicols|minipage)\*?\}(?:\[[^\]\n]{0,100}\])?"
)
_GAP = "\ue0fe"
# From the first blank of several: from each of them, a line of blanks would take forever.
_GAP_LINE = re.compile(rf"\n?(?<![ \t])[ \t]*{_GAP}[ \t]*\n?")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[^{}]{1,40}\}(?:\[[^\]\n]{0,100}\])?")
_WITHOUT_TEXT = re.compile(
    r"\\(?:maketitle|tableofcontents|appendix|newpage|clearpage|bibliographystyle\{[^{}]*\}"
    r"|bibliography\{[^{}]*\}|printbibliography(?:\[[^\]]*\])?|vspace\*?\{[^{}]*\}"
    r"|hspace\*?\{[^{}]*\}|includegraphics(?:\[[^\]]*\])?\{[^{}]*\}|index\{[^{}]*\}"
    r"|set\w{0,30}(?:\{[^{}]*\}){1,2}|pagestyle\{[^{}]*\}|thispagestyle\{[^{}]*\})(?![A-Za-z])"
)


@dataclass
class Body:
    """The paragraphs as they are found, and what is still allowed to be parsed."""

    citing: Citing
    paragraphs: list[Paragraph] = field(default_factory=list)
    parsed: int = 0

    def read(self, source: str) -> None:
        """Read the text between the beginning and the end of the document."""
        source = replace_environments(
            source, lambda name: bool(_DROPPED.fullmatch(name)), lambda _, __: " "
        )
        source = replace_environments(
            source,
            lambda name: name == "abstract",
            lambda _, text: "\n\n\\abstract{}" + text + "\n\n\\part{}",
        )
        source = self.citing.hold_places(source)
        above: dict[str, tuple[Section, str]] = {}
        section: Section = "other"
        heading = ""
        done = 0
        for found in _HEADING.finditer(source):
            if found.start() < done:
                continue
            self._read_part(source[done : found.start()], section, heading)
            option = group(source, found.end(), "[")
            title = group(source, option[1] if option else found.end())
            done = found.end()
            if title is None:
                continue
            done = title[1]
            if found[1] == "abstract":
                section, heading = "abstract", "Abstract"
                self._read_part(title[0], section, heading)
                continue
            level = _LEVELS.index(found[1])
            above = {name: it for name, it in above.items() if _LEVELS.index(name) < level}
            parent: Section = list(above.values())[-1][0] if above else "other"
            heading = self._plain(title[0])
            heading = running_text(self.citing.fill(heading), ())[0].rstrip(" .:")
            heading = with_code_shown(heading)
            section = inherited(heading, parent)
            above[found[1]] = (section, heading)
        self._read_part(source[done:], section, heading)

    def _read_part(self, source: str, section: Section, heading: str) -> None:
        asides: list[str] = []

        def set_aside(_: str, content: str) -> str:
            asides.extend(_captions(content))
            return _GAP

        source = replace_environments(source, lambda n: bool(_FLOATS.fullmatch(n)), set_aside)
        source = replace_environments(
            source, lambda n: bool(_DISPLAYS.fullmatch(n)), lambda _, __: _GAP
        )
        for opening, closing in _DISPLAYED:
            source = without_enclosed(
                source, opening, closing, instead=_GAP, most=_LONGEST_DISPLAYED
            )
        source = _WITHOUT_TEXT.sub(" ", source)
        # A line that held nothing but a formula or a float ends no paragraph.
        source = _GAP_LINE.sub(" ", source)
        source = _footnotes_out(source, asides)
        for text in (*_BREAK.split(source), *asides):
            if text and text.strip() and len(self.paragraphs) < _MAX_PARAGRAPHS:
                self._read_paragraph(text, section, heading)

    def _read_paragraph(self, source: str, section: Section, heading: str) -> None:
        plain = self._plain(_ENVIRONMENT.sub(" ", source))
        text, markers = running_text(self.citing.fill(plain), tuple(self.citing.references))
        text = with_code_shown(text)
        if re.search(r"\w", text):
            self.paragraphs.append(Paragraph(text, markers, section, heading))

    def _plain(self, source: str) -> str:
        self.parsed += len(source)
        return plain_latex(source, crude=self.parsed > _PARSED_IN_ALL)


def _captions(content: str) -> list[str]:
    found: list[str] = []
    for hit in re.finditer(r"\\caption(?:of)?\*?(?![A-Za-z])", content):
        option = group(content, hit.end(), "[")
        if text := group(content, option[1] if option else hit.end()):
            found.append(text[0])
    return found[:50]


def _footnotes_out(source: str, asides: list[str]) -> str:
    parts: list[str] = []
    done = 0
    for hit in _ASIDE.finditer(source):
        if hit.start() < done:
            continue
        option = group(source, hit.end(), "[")
        text = group(source, option[1] if option else hit.end())
        if text is None:
            continue
        parts.append(source[done : hit.start()])
        done = text[1]
        if hit[1] != "thanks":
            asides.append(text[0])
    parts.append(source[done:])
    return "".join(parts)
