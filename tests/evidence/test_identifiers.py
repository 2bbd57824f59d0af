from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.evidence.indexes.identifiers import Identifier, parse
from lgm_core.evidence.paper import EvidenceError

LGM = ("doi", "10.1109/cvpr.2018.00950")
ARXIV = ("arxiv", "1803.02988")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("https://doi.org/10.1109/CVPR.2018.00950", *LGM),
        ("http://dx.doi.org/10.1109/CVPR.2018.00950.", *LGM),
        ("doi.org/10.1109/CVPR.2018.00950", *LGM),
        ("doi:10.1109/CVPR.2018.00950", *LGM),
        ("DOI: 10.1109/CVPR.2018.00950", *LGM),
        ("  10.1109/CVPR.2018.00950;\n", *LGM),
        ("https://doi.org/10.1109%2FCVPR.2018.00950", *LGM),
        ("(10.1109/CVPR.2018.00950)"[1:], *LGM),
        ("10.1016/S0092-8674(00)80000-1", "doi", "10.1016/s0092-8674(00)80000-1"),
        (
            "https://doi.org/10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O",
            "doi",
            "10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o",
        ),
        ("https://dl.acm.org/doi/pdf/10.1145/3065386", "doi", "10.1145/3065386"),
        ("https://link.example/article/10.1007/s11263-019-1.pdf", "doi", "10.1007/s11263-019-1"),
        ("https://journal.example/doi/10.1098/rspa.2020.1/full", "doi", "10.1098/rspa.2020.1"),
        ("arXiv:1803.02988v1", *ARXIV),
        ("arxiv: 1803.02988 [cs.CV]", *ARXIV),
        ("1803.02988", *ARXIV),
        ("1803.02988v12", *ARXIV),
        ("https://arxiv.org/abs/1803.02988v2", *ARXIV),
        ("http://www.arxiv.org/pdf/1803.02988.pdf", *ARXIV),
        ("https://export.arxiv.org/abs/1803.02988", *ARXIV),
        ("arxiv.org/abs/1803.02988", *ARXIV),
        ("10.48550/arXiv.1803.02988", *ARXIV),
        ("https://doi.org/10.48550/arXiv.hep-th/9901001", "arxiv", "hep-th/9901001"),
        ("math.GT/0309136", "arxiv", "math.gt/0309136"),
        (
            "Rethinking Feature Distribution\n for Loss Functions in Image Classification",
            "title",
            "Rethinking Feature Distribution for Loss Functions in Image Classification",
        ),
        ("Über die Grenzen", "title", "Über die Grenzen"),
    ],
)
def test_what_people_type(text, kind, value):
    assert parse(text) == Identifier(kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?!",
        "margins",
        "doi:",
        "doi:banana",
        "10.1109",
        "10.1109/",
        "10.12/short-prefix",
        '10.1109/a"b',
        "10.1109/a/../../secret",
        "arXiv:1813.02988",
        "arxiv:banana",
        "https://arxiv.org/list/cs.CV/recent",
        "https://example.org/a/paper",
        "https://[::bad/10.1109/x",
        "two\x00words here",
    ],
)
def test_what_names_no_paper_is_named_and_told(text):
    with pytest.raises(EvidenceError) as error:
        parse(text)
    sentence = str(error.value)
    assert sentence.startswith(repr(" ".join(text.split())))
    assert "allowed: a DOI such as 10.1109/cvpr.2018.00950, an arXiv id" in sentence


def test_too_much_text_is_told_with_its_length():
    with pytest.raises(EvidenceError, match=r"has 2,999 characters; allowed: at most 500\.$"):
        parse("word " * 600)


def test_an_arxiv_paper_has_the_doi_that_arxiv_registers():
    assert parse("arXiv:1803.02988").doi == "10.48550/arxiv.1803.02988"
    assert parse("10.1109/CVPR.2018.00950").doi == "10.1109/cvpr.2018.00950"
    assert parse("A title of words").doi is None


@given(st.text(max_size=120))
def test_any_text_is_a_paper_or_a_sentence(text):
    try:
        found = parse(text)
    except EvidenceError:
        return
    assert parse(found.value).value == found.value


@given(st.from_regex(r"10\.[0-9]{4,9}/[a-zA-Z0-9._()-]{0,20}[a-zA-Z0-9]", fullmatch=True))
def test_a_doi_is_the_same_by_every_way_it_is_written(doi):
    found = parse(doi)
    assert found == parse(f"https://doi.org/{doi}") == parse(f"doi:{doi}") == parse(doi.upper())
    assert found.value == doi.lower()
