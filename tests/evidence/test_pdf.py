from __future__ import annotations

import io
import random
import re
import time

import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf._crypt_providers._fallback import CryptAES
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from lgm_core.evidence.paper import EvidenceError
from lgm_core.evidence.reading.pdf import MOST_PAGES, read_pdf
from lgm_core.evidence.statements import paper_of
from tests.evidence.pdf_makers import BODY, FLAT, drawn, paper

TEXT = (
    "the margin of network training results accuracy robust likelihood feature distance class loss "
    "gradient evaluation effect measured analysis soil rainfall cell-type efficient first office"
)
NAMES = "Smith Jones Li Wu Müller Lee Kim Brown Zhang Okafor Novak O'Brien Dubois Ivanov"
WORDS, FAMILIES = TEXT.split(), NAMES.split()
STYLES = ("brackets", "names", "raised")
Cited = tuple[int, ...]


def _entry(style: str, number: int) -> str:
    family = FAMILIES[(number - 1) % len(FAMILIES)]
    text = (
        f"{family}, {family[0]}. and Tester, T. ({1990 + number}). A study of margins and of "
        f"their number {number} in the classes of a network. Journal of Tests, {number}, 10-20."
    )
    return {"brackets": f"[{number}] ", "names": "", "raised": f"{number}. "}[style] + text


def _mark(style: str, numbers: Cited) -> str:
    if style == "brackets":
        return " [" + ", ".join(map(str, numbers)) + "]."
    if style == "raised":
        return ".<super>" + ",".join(map(str, numbers)) + "</super>"
    works = [f"{FAMILIES[(n - 1) % len(FAMILIES)]} and Tester, {1990 + n}" for n in numbers]
    return " (" + "; ".join(works) + ")."


def _made(style: str, seed: int) -> tuple[list[tuple[str, list[str]]], list[tuple[str, Cited]]]:
    """Sections of random sentences, and which of them cite what."""
    draw = random.Random(seed)
    truth: list[tuple[str, Cited]] = []
    sections = []
    for heading in ("1 Introduction", "2 Methods", "3 Results", "4 Discussion"):
        texts = []
        for _ in range(5):
            said = []
            for _ in range(draw.randint(2, 5)):
                words = draw.choices(WORDS, k=draw.randint(8, 22))
                text = " ".join([words[0].capitalize(), *words[1:]])
                if draw.random() < 0.6:
                    numbers = tuple(sorted(draw.sample(range(1, 15), draw.choice([1, 1, 2]))))
                    text += _mark(style, numbers)
                    truth.append((re.sub("<[^>]*>", "", text), numbers))
                else:
                    text += "."
                said.append(text)
            texts.append(" ".join(said))
        sections.append((heading, texts))
    return sections, truth


def _bare(text: str) -> str:
    return re.sub(r"[\s\[\].,]+", "", text)


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("printed", [BODY, FLAT])
def test_every_statement_and_its_references(
    style: str, columns: int, printed: ParagraphStyle
) -> None:
    sections, truth = _made(style, seed=columns)
    entries = [_entry(style, number) for number in range(1, 15)]
    document = read_pdf(paper(sections, entries, columns=columns, style=printed))
    assert [one.year for one in document.references] == list(range(1991, 2005))
    year = {one.key: one.year for one in document.references}
    found = {
        _bare(one.sentence): tuple(sorted({(year[c.key] or 0) - 1990 for c in one.citations}))
        for one in paper_of(document).statements
    }
    assert found == {_bare(text): numbers for text, numbers in truth}
    assert {one.section for one in document.paragraphs} == {
        "introduction",
        "methods",
        "results",
        "discussion",
    }
    assert document.notes == ()


def test_front_matter() -> None:
    sections = [("Abstract", ["We look at margins."]), ("1 Introduction", ["It holds [1]."])]
    document = read_pdf(paper(sections, [_entry("brackets", 1)]))
    assert document.title == "A Study of Margins in Deep Feature Space"
    assert document.authors == ("Doe, Jane", "Smith, John R.", "Li, Wei")
    assert [(one.section, one.text) for one in document.paragraphs] == [
        ("abstract", "We look at margins."),
        ("introduction", "It holds [1]."),
    ]


def test_running_heads_and_page_numbers_are_left_out() -> None:
    sections, _ = _made("brackets", 3)
    said = " ".join(one.text for one in read_pdf(paper(sections * 3, [])).paragraphs)
    assert "Journal of Tests, vol" not in said
    assert not re.search(r"\b\d+\b(?![\d, ]*\])", re.sub(r"\[[\d, ]+\]", "", said))


def test_columns_drawn_row_by_row_are_read_one_after_the_other() -> None:
    left = [f"Left line {i} goes on to fill its own column here" for i in range(20)]
    right = [f"right line {i} goes on to fill its own column too" for i in range(20)]
    rows = []
    for i in range(20):
        rows += [(54, 700 - 12 * i, left[i]), (320, 700 - 12 * i, right[i])]
    (paragraph,) = read_pdf(drawn([rows])).paragraphs
    assert paragraph.text == " ".join(left + right)


def test_words_divided_at_line_ends_are_mended_and_ligatures_opened() -> None:
    lines = [
        "The likelihood is mea-",
        "sured with a well-known state-of-the-",
        "art method. It is state-of-the-art and L-",
        "GM is the ﬁrst one, in 2001-",
        "2004 at least, in the ﬂow of the text.",
    ]
    placed = [(72.0, 700.0 - 12 * i, line) for i, line in enumerate(lines)]
    (paragraph,) = read_pdf(drawn([placed], font="Vera")).paragraphs
    assert paragraph.text == (
        "The likelihood is measured with a well-known state-of-the-art method. It is "
        "state-of-the-art and L-GM is the first one, in 2001-2004 at least, in the flow of the "
        "text."
    )


def test_powers_and_formulas_are_no_markers() -> None:
    texts = [
        "We saw 10<super>2</super> of H<sub>2</sub>O in a m<super>2</super>. "
        "So<super>1,2</super> it is."
    ]
    entries = [_entry("raised", number) for number in (1, 2)]
    (paragraph,) = read_pdf(paper([("Results", texts)], entries)).paragraphs
    assert [one.keys for one in paragraph.markers] == [("1", "2")]
    assert paragraph.text.endswith("So [1,2] it is.")


def test_a_sentence_goes_on_over_the_page() -> None:
    page = [
        (72.0, 740 - 12.0 * i, "the text goes on and on and fills the line to its end here")
        for i in range(55)
    ]
    document = read_pdf(drawn([page, page]))
    assert len(document.paragraphs) == 1


def _image_only() -> bytes:
    held = io.BytesIO()
    canvas = Canvas(held)
    canvas.drawImage(ImageReader(Image.new("RGB", (40, 40), "grey")), 50, 50, 400, 600)
    canvas.save()
    return held.getvalue()


LINES = [(72.0, 700.0 - 12 * i, "Some text that goes on for a while.") for i in range(9)]
REFUSED = [
    (lambda: drawn([LINES], encrypt="secret"), "encrypted"),
    (_image_only, "holds no text"),
    (lambda: drawn([LINES] * 3)[:900], "cut short"),
    (lambda: b"%PDF-1.4\n" + bytes(range(256)) * 40, "cut short"),
    (lambda: b"%PDF-1.4\n" + bytes(range(256)) * 40 + b"%%EOF", "damaged"),
    (lambda: drawn([[(72.0, 700.0, "x")]] * (MOST_PAGES + 1)), "301 pages; at most 300"),
    (lambda: b"%PDF" + b" " * 30_000_001, "at most 30 MB"),
]


@pytest.mark.parametrize(("make", "said"), REFUSED)
def test_what_cannot_be_read_is_told_in_one_sentence(make, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(EvidenceError, match=said) as caught:
        read_pdf(make())
    assert str(caught.value).count(". ") == 0
    assert str(caught.value).endswith(".")


def test_reading_stops_when_the_time_is_up() -> None:
    data = drawn([LINES] * 20)
    with pytest.raises(EvidenceError, match="took longer than 0 seconds to read, at page 1 of 20"):
        read_pdf(data, seconds=0)


def test_an_encrypted_file_without_a_password_is_read() -> None:
    locked = drawn([LINES], encrypt=StandardEncryption("", ownerPassword="owner"))
    assert "goes on" in read_pdf(locked).paragraphs[0].text


def test_a_cipher_that_is_not_known_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without its optional package for AES the library has but this in its place.
    monkeypatch.setattr("pypdf._encryption.CryptAES", CryptAES)
    locked = drawn([LINES], encrypt=StandardEncryption("", ownerPassword="owner", strength=128))
    crypt = b"/V 4 /CF <</StdCF <</CFM /AESV2 /Length 16>>>> /StmF /StdCF /StrF /StdCF"
    locked = locked.replace(b"/R 3", b"/R 4").replace(b"/V 2", crypt)
    with pytest.raises(EvidenceError, match=r"is encrypted; a copy without encryption"):
        read_pdf(locked)


def test_thirty_pages_take_less_than_three_seconds() -> None:
    sections, _ = _made("brackets", 5)
    entries = [_entry("brackets", number) for number in range(1, 15)]
    data = paper(sections * 24, entries, columns=2)
    assert len(PdfReader(io.BytesIO(data)).pages) >= 30
    begun = time.process_time()
    document = read_pdf(data)
    assert time.process_time() - begun < 3.0
    assert len(paper_of(document).statements) > 500
