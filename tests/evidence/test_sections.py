"""Headings open the sections that a reader would say they do."""

from __future__ import annotations

import pytest

from lgm_core.evidence.reading.sections import inherited, section_of


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("Abstract", "abstract"),
        ("1. Introduction", "introduction"),
        ("Related work", "introduction"),
        ("Background", "introduction"),
        ("2 Previous studies", "introduction"),
        ("2.1 Materials and Methods", "methods"),
        ("Experimental setup", "methods"),
        ("III. PROPOSED METHOD", "methods"),
        ("Statistical analysis", "methods"),
        ("4 Experiments", "results"),
        ("Results", "results"),
        ("Results and Discussion", "results"),
        ("Experimental results", "results"),
        ("Discussion of the results", "discussion"),
        ("5 Conclusions", "discussion"),
        ("Conclusion", "discussion"),
        ("Limitations and future work", "discussion"),
        ("Acknowledgements", "other"),
        ("The background noise of cells", "other"),
        ("", "other"),
    ],
)
def test_a_heading_opens_its_section(heading: str, section: str) -> None:
    assert section_of(heading) == section


@pytest.mark.parametrize(
    ("kind", "section"),
    [
        ("intro", "introduction"),
        ("materials|methods", "methods"),
        ("results", "results"),
        ("results|discussion", "results"),
        ("conclusions", "discussion"),
        ("cases", "methods"),
        ("supplementary-material", "other"),
    ],
)
def test_what_the_format_says_goes_before_the_heading(kind: str, section: str) -> None:
    assert section_of("Mice and men", kind) == section


def test_a_subsection_with_a_heading_of_its_own_kind_inherits() -> None:
    assert inherited("Mice", "methods") == "methods"
    assert inherited("Discussion", "results") == "discussion"
