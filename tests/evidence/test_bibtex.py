"""BibTeX and printed entries give the same facts of a work."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.evidence.paper import EvidenceError
from lgm_core.evidence.reading.bibtex import references_from_bibtex
from lgm_core.evidence.reading.printed import reference_from_text

BIB = r"""
@string{cvpr = "Proc. CVPR"}
@comment{nothing}
@inproceedings{wan2018,
  title = {Rethinking {F}eature {\emph{Distribution}} -- a study},
  author = {Wan, Weitao and M{\"u}ller, J{\"o}rg and Laurens van der Maaten and others},
  booktitle = cvpr, year = 2018, doi = {https://doi.org/10.1109/CVPR.2018.00950},
}
@article{hendrycks, title="A Baseline", author={Dan Hendrycks}, journal={arXiv preprint
 arXiv:1610.02136}, date={2016-10-07}}
@misc{group, title={Report}, author={{World Health Organization}}, eprint={1803.02988v2},
 archivePrefix={arXiv}, year={2018}}
@article{wan2018, title={A second of that name}}
@article{broken, title={never closed
@misc{jr, title={After the break}, author={King, Jr, Martin}, year={forthcoming}}
"""


def test_entries_are_read_and_a_broken_or_repeated_one_is_left_out() -> None:
    found = references_from_bibtex(BIB)
    assert list(found) == ["wan2018", "hendrycks", "group", "jr"]
    wan = found["wan2018"]
    assert wan.title == "Rethinking Feature Distribution – a study"
    assert wan.authors == ("Wan, Weitao", "Müller, Jörg", "van der Maaten, Laurens")
    assert (wan.year, wan.venue, wan.doi) == (2018, "Proc. CVPR", "10.1109/cvpr.2018.00950")
    assert (found["hendrycks"].arxiv, found["hendrycks"].year) == ("1610.02136", 2016)
    assert (found["group"].authors, found["group"].arxiv) == (
        ("World Health Organization",),
        "1803.02988",
    )
    assert (found["jr"].authors, found["jr"].year) == (("King, Martin",), None)


@pytest.mark.parametrize("text", ["", "no bibtex at all", "@", "@article{", "@article{}", "}}}{"])
def test_what_is_no_bibtex_is_no_reference(text: str) -> None:
    assert references_from_bibtex(text) == {}


@given(st.text(alphabet='@{}",=\\#ab \n', max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert isinstance(references_from_bibtex("@misc{a, title={" + text), dict)


def test_size_and_count_are_bounded() -> None:
    with pytest.raises(EvidenceError, match="4000000"):
        references_from_bibtex("x" * 4_000_001)
    with pytest.raises(EvidenceError, match="5000 entries"):
        references_from_bibtex("@misc{a}\n" * 10_001)


ENTRIES = [
    "W. Wan, Y. Zhong, and J. Chen. Margins of feature space. In CVPR, pages 9117–9126, 2018.",
    '[3] W. Wan, Y. Zhong, and J. Chen, "Margins of feature space," in CVPR, 2018, pp. 91-99.',
    "Wan, W., Zhong, Y., & Chen, J. (2018). Margins of feature space. CVPR, 12(3), 1–20.",
    "12. Wan W, Zhong Y, Chen J. Margins of feature space. CVPR. 2018;12:1-30.",
    "Wan, W., Zhong, Y., Chen, J.: Margins of feature space. In: CVPR, pp. 1–2 (2018)",
    "Wan, W., Zhong, Y. & Chen, J. Margins of feature space. CVPR 12, 1–3 (2018).",
    "Wan W, Zhong Y, Chen J (2018) Margins of feature space. CVPR 12:1-2",
    "Weitao Wan, Yuanyi Zhong, and Jin Chen. 2018. Margins of feature space. In CVPR. 1–10.",
    "Weitao Wan, Yuanyi Zhong, and Jin Chen. Margins of feature space. In CVPR, 2018.",
    'Wan, Weitao, Yuanyi Zhong, and Jin Chen. "Margins of feature space." CVPR 86.1 (2018): 2-4.',
]


@pytest.mark.parametrize("entry", ENTRIES)
def test_one_work_in_ten_styles(entry: str) -> None:
    found = reference_from_text("k", entry)
    assert found.title == "Margins of feature space"
    assert [name.split(",")[0] for name in found.authors] == ["Wan", "Zhong", "Chen"]
    assert (found.key, found.year, found.venue) == ("k", 2018, "CVPR")


def test_identifiers_are_told_from_years() -> None:
    entry = "D. Hendrycks et al. A baseline of 1984. CoRR, abs/2010.02136v2, 2016. doi:10.1/x"
    found = reference_from_text("k", entry)
    assert (found.arxiv, found.year, found.title) == ("2010.02136", 2016, "A baseline of 1984")
    bare = reference_from_text("k", "Hinton. Deep learning. 2015.")
    assert (bare.authors, bare.title, bare.year) == (("Hinton",), "Deep learning", 2015)
    alone = reference_from_text("k", "Attention. In Proc. NeurIPS, 2017.")
    assert (alone.authors, alone.title) == ((), "Attention")
    doi = reference_from_text("k", "Wan W. Margins. J. 2018. https://doi.org/10.1016/S0(18)3-1.")
    assert doi.doi == "10.1016/s0(18)3-1"
    assert reference_from_text("k", "See arXiv:hep-th/9901001.").arxiv == "hep-th/9901001"


def test_a_question_may_be_part_of_a_title() -> None:
    long = reference_from_text("k", "Kurakin, A.: Is it safe? A study. In: ICLR (2017)")
    short = reference_from_text("k", "A. Kurakin. Is it really safe? JMLR 15:31, 2014.")
    assert (long.title, short.title) == ("Is it safe? A study", "Is it really safe?")


LONE = [
    ("John R. Hill. A table driven approach to sums. Review, 1979.", ["Hill, John R."]),
    ("Dilip V. Sarwate. Computation of Sums via Tables. Letters, 1988.", ["Sarwate, Dilip V."]),
    ("H. Michael Ji and Earl Killian. Fast parallel sums. In X, 2002.", "Ji, H. M|Killian, Earl"),
    ("J. R. Smith, Earl B. Killian, and Jane Doe. A sum. 2001.", "Smith, J|Killian, E|Doe, Jane"),
    ("Breiman L. Random forests. Machine Learning. 2001;45:5.", ["Breiman, L"]),
    ("Wan W. Margins. J. 2018.", ["Wan, W"]),
    ("A. Kurakin, Adversarial Examples and More, 2014.", ["Kurakin, A."]),
    ("L-GM Lab Project. Margins and Spread. Notes, 2024.", ["L-GM Lab Project"]),
    ("L-GM Lab Project (2024). Margins and Spread. Notes.", ["L-GM Lab Project"]),
    ("World Health Organization. A global report. WHO Press, 2016.", ["World Health Organization"]),
    (
        "National Institute of Standards, 2015. A standard. FIPS.",
        ["National Institute of Standards"],
    ),
    ("R Core Team. R: A language for statistics. 2021.", ["R Core Team"]),
    ("OpenAI. A report on models. arXiv:2303.08774, 2023.", ["OpenAI"]),
    ("OpenAI (2023). A report.", ["OpenAI"]),
    ("Deep learning for everyone. 2020.", []),
    ("BERT: Pre-training of transformers. 2019.", []),
]


@pytest.mark.parametrize(("entry", "authors"), LONE)
def test_given_names_first_and_organisations(entry: str, authors: list[str] | str) -> None:
    found = reference_from_text("k", entry)
    wanted = authors.split("|") if isinstance(authors, str) else authors
    assert len(found.authors) == len(wanted)
    assert all(name.startswith(begin) for name, begin in zip(found.authors, wanted, strict=True))
    assert found.title is not None
    assert not any(name.split(",")[0] in found.title for name in wanted)


@given(st.text(max_size=300))
def test_no_printed_entry_breaks_the_reader(text: str) -> None:
    assert reference_from_text("k", text).key == "k"


@pytest.mark.parametrize("unit", ["A. ", "Aa ", "Aa, ", "van ", '"', "Aa Bb, ", "A.-", "10.1000/"])
def test_a_hostile_entry_takes_no_time(unit: str) -> None:
    began = time.perf_counter()
    reference_from_text("k", unit * 100_000)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("field", "authors"),
    [
        ("{{L-GM Lab Project}}", ("L-GM Lab Project",)),
        ("{L-GM Lab Project}", ("L-GM Lab Project",)),
        ("{{The {ATLAS} Experiment} and Jane Doe}", ("The ATLAS Experiment", "Doe, Jane")),
        ('{{Barnes and Noble} and {M{\\"u}ller AG}}', ("Barnes and Noble", "Müller AG")),
        ("{{van der} {Berg}}", ("van der Berg",)),
        ("{{Jane} {Doe}}", ("Doe, Jane",)),
        ("{OpenAI and Jane Doe}", ("OpenAI", "Doe, Jane")),
    ],
)
def test_a_name_in_braces_of_its_own_is_a_groups(field: str, authors: tuple[str, ...]) -> None:
    found = references_from_bibtex(f"@misc{{a, title={{T}}, author={field}}}")
    assert found["a"].authors == authors
