"""Running heads that are told by their place, and what must not be taken for one."""

from __future__ import annotations

import io
import random

import pytest
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from lgm_core.evidence.paper import Document
from lgm_core.evidence.reading.pdf import read_pdf

TITLE = "Margins and Spread of Handwritten Digits"
WORDS = "text goes over all that fills each line until its end with more of these"
#: Height above the bottom and size, in points, and text.
Line = tuple[float, float, str]
Page = list[Line]


def _made(pages: list[Page]) -> Document:
    held = io.BytesIO()
    canvas = Canvas(held, pagesize=letter)
    for page in pages:
        for height, size, text in page:
            canvas.setFont("Times-Roman", size)
            canvas.drawString(72, height, text)
        canvas.showPage()
    canvas.save()
    return read_pdf(held.getvalue())


def _text(top: float = 720, lines: int = 45) -> Page:
    draw = random.Random(f"{top} {lines}")
    said = [" ".join(draw.choices(WORDS.split(), k=17)) for _ in range(lines)]
    return [(top - 12.0 * i, 10.0, text) for i, text in enumerate(said)]


def _first(title: str = TITLE) -> Page:
    return [(700, 16.0, title), (676, 10.0, "Jane Doe and Wei Li"), *_text(640, 38)]


def _said(pages: list[Page]) -> str:
    return " ".join(one.text for one in _made(pages).paragraphs)


HEADS = {
    "smaller": [(750.0, 8.0, "Notes of a Group, 2024")],
    "a page number": [(750.0, 10.0, "Doe and Li 2")],
    "the title": [(750.0, 10.0, TITLE)],
    "a part of it": [(750.0, 10.0, "Spread of Handwritten Digits")],
    "two rows": [(752.0, 8.0, "Notes of a Group"), (742.0, 8.0, "Volume 7, 2024")],
    "a footer": [(30.0, 8.0, "Notes of a Group, 2024")],
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_head_that_stands_but_once_is_left_out(head: Page) -> None:
    pages = [_first(), _text() + head]
    without = _said([_first(), _text()])
    assert _said(pages) == without


def test_heads_of_odd_and_even_pages_are_left_out() -> None:
    pages = [
        _first(),
        [(750.0, 10.0, "Doe and Li"), *_text()],
        [(750.0, 10.0, "On margins in space"), *_text(lines=44)],
    ]
    assert _said(pages) == _said([_first(), _text(), _text(lines=44)])


KEPT = [
    # A line of the text, before a heading or a formula, on the height of the text.
    [(720.0, 10.0, "and so it ends here."), *_text(690, 40)],
    # The legend of a table, and a heading, even above the text.
    [(750.0, 9.0, "Table 2. Spread of digits"), *_text()],
    [(750.0, 10.0, "4 Discussion"), *_text()],
    # Nothing but its place would tell.
    [(750.0, 10.0, "Spread grows with the margin."), *_text()],
    # No more white than between paragraphs.
    [(738.0, 9.0, "Spread of digits"), *_text()],
]


@pytest.mark.parametrize("page", KEPT)
def test_other_lines_at_the_top_stay(page: Page) -> None:
    document = _made([_first(), page])
    told = [one.text for one in document.paragraphs] + [one.heading for one in document.paragraphs]
    assert page[0][2] in " ".join(told)


@pytest.mark.parametrize("pages", [2, 3, 6])
def test_a_title_is_kept_though_it_is_the_head_of_all_other_pages(pages: int) -> None:
    document = _made(
        [_first(), *([(750.0, 8.0, TITLE), *_text(lines=40 + n)] for n in range(pages - 1))]
    )
    assert document.title == TITLE
    assert TITLE not in " ".join(one.text for one in document.paragraphs)


def test_the_year_may_stand_in_the_head_of_the_first_page() -> None:
    head = (760.0, 8.0, "Journal of Tests 7 (2019) 1-9")
    pages = [
        [head, *_first()[:2], (652, 12.0, "Abstract"), *_text(640, 38)],
        [head, *_text()],
        [head, *_text(lines=44)],
    ]
    document = _made(pages)
    assert (document.title, document.year) == (TITLE, 2019)
    assert "Journal of Tests" not in " ".join(one.text for one in document.paragraphs)
