"""PDFs made for the tests, in the layouts that papers have."""

from __future__ import annotations

import io
from typing import Any

from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate
from reportlab.platypus import Paragraph as Printed

BODY = ParagraphStyle(
    "body", fontName="Times-Roman", fontSize=10, leading=12, alignment=4, firstLineIndent=12
)
FLAT = ParagraphStyle("flat", parent=BODY, firstLineIndent=0, spaceAfter=6)
HEAD = ParagraphStyle("head", fontName="Times-Bold", fontSize=12, leading=15, spaceBefore=8)
TITLE = ParagraphStyle("title", fontName="Times-Bold", fontSize=18, leading=22, alignment=1)
CENTRED = ParagraphStyle("centred", fontName="Times-Roman", fontSize=11, leading=16, alignment=1)
ENTRY = ParagraphStyle("entry", parent=BODY, fontSize=8, leading=10, leftIndent=14)
ENTRY.firstLineIndent = -14
pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))  # comes with reportlab and has ligatures


def paper(
    sections: list[tuple[str, list[str]]],
    entries: list[str],
    *,
    columns: int = 1,
    style: ParagraphStyle = BODY,
    heads: bool = True,
    title: str = "A Study of Margins in Deep Feature Space",
) -> bytes:
    """A paper with a title, two lines below it, headed sections and a hanging bibliography."""
    flow: list[Flowable] = [
        Printed(title, TITLE),
        Printed("Jane Doe, John R. Smith and Wei Li", CENTRED),
        Printed("Department of Tests, University of Somewhere", CENTRED),
    ]
    for heading, texts in sections:
        flow.append(Printed(heading, HEAD))
        flow += [Printed(text, style) for text in texts]
    if entries:
        flow.append(Printed("References", HEAD))
        flow += [Printed(entry, ENTRY) for entry in entries]

    def furnish(canvas: Canvas, document: Any) -> None:
        if heads:
            canvas.setFont("Helvetica", 8)
            canvas.drawString(60, 765, f"Journal of Tests, vol. 7, {document.page}")
            canvas.drawCentredString(306, 30, str(document.page))

    if columns == 2:
        frames = [Frame(54, 54, 246, 690), Frame(312, 54, 246, 690)]
    else:
        frames = [Frame(72, 54, 468, 690)]
    held = io.BytesIO()
    made = BaseDocTemplate(held, pagesize=letter, title="untitled")
    made.addPageTemplates(PageTemplate(frames=frames, onPage=furnish))
    made.build(flow)
    return held.getvalue()


def drawn(
    pages: list[list[tuple[float, float, str]]], font: str = "Times-Roman", **options: Any
) -> bytes:
    """Pages of lines, each drawn where it is said to stand, in the order given."""
    held = io.BytesIO()
    canvas = Canvas(held, pagesize=letter, **options)
    for page in pages:
        canvas.setFont(font, 10)
        for x, y, text in page:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return held.getvalue()
