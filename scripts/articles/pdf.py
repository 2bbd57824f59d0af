"""An article as PDF, in one column or two, always the same bytes."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageTemplate, Paragraph
from reportlab.platypus.doctemplate import FrameBreak

from scripts.articles.hyphens import with_soft_hyphens
from scripts.articles.printed import plain, reference
from scripts.articles.source import NOTICE, PROJECT, VENUE, Article

_WIDTH, _HEIGHT = A4
_MARGIN = 20 * mm
_GUTTER = 7 * mm
_HEAD = 62 * mm  #: what title, authors and abstract take of the first page above two columns


def article_pdf(article: Article) -> bytes:
    """The whole file."""
    stream = io.BytesIO()
    document = BaseDocTemplate(
        stream,
        pagesize=A4,
        title=article.title,
        author=PROJECT,
        subject=NOTICE,
        creator=VENUE,
        # Neither a date nor a random identifier, and no compression, which differs by library.
        invariant=1,
        pageCompression=0,
    )

    def furniture(canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setFont("Times-Italic", 9)
        number = canvas.getPageNumber()
        if number > 1:
            canvas.drawString(_MARGIN, _HEIGHT - 13 * mm, f"{VENUE}, {article.year}")
            canvas.drawRightString(_WIDTH - _MARGIN, _HEIGHT - 13 * mm, article.title)
        canvas.setFont("Times-Roman", 9)
        canvas.drawCentredString(_WIDTH / 2, 11 * mm, str(number))
        canvas.restoreState()

    document.addPageTemplates(
        [
            PageTemplate("first", _frames(article.columns, first=True), onPage=furniture),
            PageTemplate("later", _frames(article.columns, first=False), onPage=furniture),
        ]
    )
    document.build([NextPageTemplate("later"), *_story(article)])
    return stream.getvalue()


def _frames(columns: int, *, first: bool) -> list[Frame]:
    wide, high = _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN
    bare = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    if columns == 1:
        return [Frame(_MARGIN, _MARGIN, wide, high, **bare)]
    top = [Frame(_MARGIN, _HEIGHT - _MARGIN - _HEAD, wide, _HEAD, **bare)] if first else []
    high -= _HEAD if first else 0
    each = (wide - _GUTTER) / 2
    sides = [
        Frame(_MARGIN + side * (each + _GUTTER), _MARGIN, each, high, **bare) for side in (0, 1)
    ]
    return [*top, *sides]


def _story(article: Article) -> list[Paragraph | FrameBreak]:
    size = 11.0 if article.columns == 1 else 9.5
    text = ParagraphStyle(
        "text",
        fontName="Times-Roman",
        fontSize=size,
        leading=1.2 * size,
        alignment=TA_JUSTIFY,
        firstLineIndent=1.2 * size,
        # Divides words at their soft hyphens, which are given in the two-column ones alone.
        embeddedHyphenation=1,
    )
    opening = ParagraphStyle("opening", parent=text, firstLineIndent=0)
    entry = ParagraphStyle(
        "entry", parent=text, firstLineIndent=-1.5 * size, leftIndent=1.5 * size, spaceAfter=2
    )
    heading = ParagraphStyle(
        "heading",
        fontName="Times-Bold",
        fontSize=1.2 * size,
        leading=1.5 * size,
        spaceBefore=size,
        spaceAfter=0.4 * size,
        keepWithNext=1,
    )
    title = ParagraphStyle(
        "title", fontName="Times-Bold", fontSize=17, leading=21, alignment=TA_CENTER, spaceAfter=6
    )
    author = ParagraphStyle(
        "author", fontName="Times-Roman", fontSize=11, leading=14, alignment=TA_CENTER
    )

    story: list[Paragraph | FrameBreak] = [
        Paragraph(escape(article.title), title),
        Paragraph(PROJECT, author),
        Paragraph(f"{VENUE}, edition of {article.year}", author),
        Paragraph("Abstract", heading),
        Paragraph(_set(article, " ".join(article.abstract)), opening),
    ]
    if article.columns == 2:
        story.append(FrameBreak())
    for number, section in enumerate(article.sections, 1):
        # Numbers go with numbers: author-year journals leave them out.
        label = f"{number} " if article.style == "numeric" else ""
        story.append(Paragraph(label + escape(section.heading), heading))
        for index, paragraph in enumerate(section.paragraphs):
            printed = " ".join(plain(article, sentence) for sentence in paragraph)
            story.append(Paragraph(_set(article, printed), text if index else opening))
    story.append(Paragraph("References", heading))
    for number, work in enumerate(article.works, 1):
        label = f"[{number}] " if article.style == "numeric" else ""
        story.append(Paragraph(_set(article, label + reference(article, work)), entry))
    return story


def _set(article: Article, text: str) -> str:
    return escape(with_soft_hyphens(text) if article.columns == 2 else text)
