"""Where a printed bibliography stands, and where its entries begin."""

from __future__ import annotations

import pytest

from lgm_core.evidence.reading.plain import read_text

NAMES = ("Adams", "Baker", "Clark", "Dixon", "Evans", "Frank", "Grant", "Huber")
FORMS = [
    "{name}, A. B. (200{n}). On {n}. Journal of X, 1{n}(2), 3–4. https://doi.org/10.1111/j.1467-{n}.x",
    "{name}, A. B. (200{n}). On {n}. Journal of X, 1{n}(2), 3–4. doi:10.1111/j.1467-{n}.x",
    "{name}, A. B., & Jones, C. (200{n}). On {n} things\nthat are many. Oxford University Press",
    "{name} A, Jones C. On {n} things. 200{n}, Oxford University Press",
    "{name}, A., Jones, C., Li, B.,\nWu, X. (200{n}). On {n} things. Journal",
]


@pytest.mark.parametrize("form", FORMS)
def test_entries_without_a_stop_or_a_blank_line_between_them(form: str) -> None:
    listed = "\n".join(form.format(name=name, n=n) for n, name in enumerate(NAMES, 1))
    text = f"Introduction\n\nSo say Adams (2001) and Huber (2008).\n\nReferences\n\n{listed}\n"
    document = read_text(text.encode())
    assert [one.key for one in document.references] == [
        f"{name.lower()}200{n}" for n, name in enumerate(NAMES, 1)
    ]
    assert [one.text for one in document.references] == [
        line.replace("\n", " ")
        for line in (form.format(name=name, n=n) for n, name in enumerate(NAMES, 1))
    ]
    keys = [marker.keys for marker in document.paragraphs[0].markers]
    assert keys == [("adams2001",), ("huber2008",)]


def test_an_entry_that_ends_in_an_address_does_not_take_in_the_next() -> None:
    listed = (
        "De Grauwe, P., & Polan, M. (2005). Inflation. Journal, 107(2), 239–259. "
        "https://doi.org/10.1111/j.1467-9442.2005.00406.x\n"
        "Frain, J. C. (2004). Money. Review, 35(3), 251–266.\n"
        "Friedman, M. (1968). The role of policy. Review, 58(1), 1–17.\n"
    )
    document = read_text(f"Results\n\nSee Frain (2004).\n\nReferences\n\n{listed}".encode())
    assert [one.key for one in document.references] == ["degrauwe2005", "frain2004", "friedman1968"]


def test_a_list_of_authors_over_two_lines_is_one_entry() -> None:
    listed = (
        "Lee, K., Adams, B., &\nSmith, J. (2001). One of\nthem. Journal of X, 1.\n"
        "Wu, X. (2003). Reprinted in\nSmith, J. (2001), Collected papers. Press.\n"
        "Young, Z. (2004). Three of\nthem. Journal of X, 3.\n"
    )
    document = read_text(f"Results\n\nSee Wu (2003).\n\nReferences\n\n{listed}".encode())
    assert [one.key for one in document.references] == ["lee2001", "wu2003", "young2004"]


HEADINGS = [
    *("Références", "Références bibliographiques", "Bibliographie", "Literatur"),
    *("Literaturverzeichnis", "LITERATURVERZEICHNIS", "5. Literatur", "Quellenverzeichnis"),
    *("Bibliografía", "Referencias", "Referencias bibliográficas", "Riferimenti bibliografici"),
    *("Bibliografia", "Referências", "REFERÊNCIAS BIBLIOGRÁFICAS", "Literatuur", "Referenser"),
    *("Литература", "Список литературы", "Література", "Piśmiennictwo", "Kaynakça", "Lähteet"),
    *(
        "参考文献",
        "参 考 文 献",
        "六、参考文献",
        "引用文献",
        "참고 문헌",
        "R´ef´erences",
        "Références :",
    ),
    *("References", "References and notes", "VII. REFERENCES", "Works cited", "references"),
]


@pytest.mark.parametrize("heading", HEADINGS)
def test_headings_of_bibliographies_in_many_languages(heading: str) -> None:
    entries = "[1] W. Wan. Rethinking features. CVPR, 2018.\n[2] Y. Wen. Centres. ECCV, 2016."
    text = f"Introduction\n\nNous suivons [2].\n\n{heading}\n\n{entries}\n"
    document = read_text(text.encode())
    assert [one.key for one in document.references] == ["1", "2"]
    assert [one.text for one in document.paragraphs] == ["Nous suivons [2]."]
    assert document.notes == ()


@pytest.mark.parametrize(
    "heading", ["Anhang A", "Annexe", "Agradecimientos", "Приложение", "Appendix"]
)
def test_what_follows_a_bibliography_is_no_part_of_it(heading: str) -> None:
    entries = "[1] W. Wan. Features. CVPR, 2018.\n[2] Y. Wen. Centres. ECCV, 2016."
    text = f"Introduction\n\nWir [2].\n\nLiteratur\n\n{entries}\n\n{heading}\n\nEs gilt [1].\n"
    document = read_text(text.encode())
    assert [one.text for one in document.paragraphs] == ["Wir [2].", "Es gilt [1]."]
    assert document.references[-1].text == "Y. Wen. Centres. ECCV, 2016."


@pytest.mark.parametrize(
    "line", ["Literature review", "The literature", "literatura.", "Reference"]
)
def test_a_heading_that_only_speaks_of_works_opens_no_list(line: str) -> None:
    text = f"{line}\n\nIt was so (Smith, 2001).\n\nIt is so.\n"
    assert [one.text for one in read_text(text.encode()).paragraphs][-2:] == [
        "It was so (Smith, 2001).",
        "It is so.",
    ]
