from __future__ import annotations

import re
import time

from lgm_core.evidence.paper import Document, Marker, Paragraph, Reference
from lgm_core.evidence.statements import paper_of, statements


def paragraph(text: str, heading: str = "Results") -> Paragraph:
    markers = tuple(
        Marker(found.start(), found.end(), tuple(re.findall(r"\d", found.group())))
        for found in re.finditer(r"\[[\d, ]+\]", text)
    )
    return Paragraph(text, markers, "results", heading)


def test_a_statement_has_its_neighbours_and_its_places() -> None:
    first = paragraph("We began. This agrees with Smith et al. [1]. It was so. We stopped.")
    (statement,) = statements([first, paragraph("Another paragraph.")])
    assert statement.before == "We began."
    assert statement.sentence == "This agrees with Smith et al. [1]."
    assert statement.after == "It was so."
    assert (statement.section, statement.heading) == ("results", "Results")
    (citation,) = statement.citations
    assert statement.sentence[citation.marker.start : citation.marker.end] == "[1]"
    assert citation.clause == (0, len(statement.sentence))


def test_neighbours_never_come_from_another_paragraph() -> None:
    found = statements([paragraph("Before."), paragraph("It holds [1]."), paragraph("After.")])
    assert [(one.before, one.after) for one in found] == [("", "")]


def test_each_key_of_each_marker_is_a_citation_with_its_clause() -> None:
    (statement,) = statements([paragraph("It is in line with [1, 2] but in contrast to [3].")])
    assert [one.key for one in statement.citations] == ["1", "2", "3"]
    said = [statement.sentence[slice(*one.clause)] for one in statement.citations]
    assert said == ["It is in line with [1, 2]"] * 2 + ["but in contrast to [3]."]


def test_a_marker_after_the_stop_belongs_to_the_sentence_before() -> None:
    found = statements([paragraph("It was shown.[1] We did it too.[2]")])
    assert [one.sentence for one in found] == ["It was shown.[1]", "We did it too.[2]"]


def test_a_marker_that_points_to_nothing_makes_no_statement() -> None:
    assert statements([Paragraph("It holds [1].", (Marker(9, 12, ()),), "other")]) == ()


def test_markers_out_of_order_are_put_in_order() -> None:
    text = "It holds [1] and [2]."
    markers = (Marker(17, 20, ("2",)), Marker(9, 12, ("1",)))
    (statement,) = statements([Paragraph(text, markers, "other")])
    assert [one.key for one in statement.citations] == ["1", "2"]


def test_a_paper_keeps_what_its_document_says() -> None:
    references = (Reference("1", title="One"),)
    document = Document(
        "jats", "T", ("A",), 2020, "10.1/x", None, (paragraph("It [1]."),), references, ("Note.",)
    )
    paper = paper_of(document)
    assert (paper.title, paper.authors, paper.year, paper.doi) == ("T", ("A",), 2020, "10.1/x")
    assert (paper.references, paper.notes, paper.format) == (references, ("Note.",), "jats")
    assert len(paper.statements) == 1


def test_a_long_paper_is_quick() -> None:
    text = "While A [1] found x, B [2] found y, as in Fig. 2. We agree (p < .05). " * 2000
    begun = time.process_time()
    assert len(statements([paragraph(text)])) == 2000
    assert time.process_time() - begun < 4.0
