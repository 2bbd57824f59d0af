"""References to one work are joined whatever their spelling; others are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.evidence.paper import Reference
from lgm_core.evidence.works import Works, normal_title, works_equal

LONG = "Rethinking feature distribution for loss functions in image classification"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Deep {R}esidual Learning", "Deep residual learning."),
        ("Classi\ufb01cation of \ufb02owers", "CLASSIFICATION OF FLOWERS"),
        ("Large-margin feature-space", "Large margin feature space"),
        ("Classi-\nfication", "Classification"),
        (r"M{\"u}ller's law", "Muller’s Law"),
        (r"$\beta$-VAE for faces", "beta-VAE for faces"),
        ("Ångström & Łódź", "Angstrom, Lodz"),
    ],
)
def test_spellings_of_a_title_are_one(one: str, other: str) -> None:
    assert normal_title(one) == normal_title(other) != ""


@given(st.text(max_size=80))
def test_normalising_again_changes_nothing(title: str) -> None:
    once = normal_title(title)
    assert normal_title(once) == once


def test_a_doi_and_a_title_join_three_references_transitively() -> None:
    works = Works()
    by_doi = works.identify(Reference("a", doi="10.1109/cvpr.2018.00950"))
    by_title = works.identify(Reference("c", title=LONG, year=2018))
    assert by_doi != by_title
    both = works.identify(Reference("b", title=LONG.upper(), doi="10.1109/CVPR.2018.00950"))
    assert works.canonical(by_doi) == works.canonical(by_title) == both == by_doi


def test_the_doi_of_arxiv_is_the_arxiv_id() -> None:
    assert works_equal(
        Reference("a", doi="10.48550/arxiv.1803.02988"), Reference("b", arxiv="1803.02988")
    )
    assert not works_equal(
        Reference("a", doi="10.48550/arxiv.1803.02988"), Reference("b", arxiv="1803.02989")
    )


def test_a_generic_title_needs_the_first_author_and_the_year() -> None:
    lecun = Reference("a", "Deep learning", ("LeCun, Y.", "Bengio, Y."), 2015)
    assert works_equal(lecun, Reference("b", "Deep Learning", ("LeCun, Yann",), 2016))
    assert not works_equal(lecun, Reference("b", "Deep Learning", ("Goodfellow, Ian",), 2016))
    assert not works_equal(lecun, Reference("b", "Deep Learning", ("LeCun, Yann",), 2019))
    assert not works_equal(lecun, Reference("b", "Deep Learning"))


def test_a_telling_title_is_enough_unless_the_authors_differ() -> None:
    wan = Reference("a", LONG, ("Wan, Weitao",), 2018)
    assert works_equal(wan, Reference("b", LONG + "."))
    assert works_equal(wan, Reference("b", LONG, ("W. Wan",), 2021))
    assert not works_equal(wan, Reference("b", LONG, ("Chen, J.",), 2018))


def test_a_subtitle_may_be_left_out() -> None:
    full = Reference("a", "ArcFace margins: additive angular loss", ("Deng, J.",), 2019)
    assert works_equal(full, Reference("b", "ArcFace margins", ("Deng, Jiankang",), 2018))
    assert not works_equal(full, Reference("b", "ArcFace margins", ("Deng, Jiankang",), 2011))


def test_references_that_say_nothing_stay_apart() -> None:
    assert not works_equal(Reference("x"), Reference("x"))


def test_an_id_that_was_never_given_is_refused() -> None:
    with pytest.raises(KeyError):
        Works().canonical("w3")


@given(st.permutations(range(5)))
def test_the_partition_does_not_depend_on_the_order(order: list[int]) -> None:
    references = [
        Reference("a", doi="10.1/x1234"),
        Reference("b", LONG, doi="10.1/x1234", arxiv="1803.02988"),
        Reference("c", LONG.title()),
        Reference("d", doi="10.48550/arxiv.1803.02988"),
        Reference("e", "Another work on quite a different matter"),
    ]
    works = Works()
    given_ids = {index: works.identify(references[index]) for index in order}
    joined = [works.canonical(given_ids[index]) for index in range(5)]
    assert len(set(joined[:4])) == 1
    assert joined[4] != joined[0]


def test_looking_for_a_work_joins_nothing_and_a_title_of_two_is_neithers() -> None:
    title = "A survey of deep metric learning methods"
    works = Works()
    adams, brown = (
        Reference("", title, (name,), year)
        for name, year in (("Adams, Ann", 2018), ("Brown, Bob", 2021))
    )
    ids = works.identify(adams), works.identify(brown)
    assert ids[0] != ids[1]
    assert works.find(Reference("", title)) is None
    assert (works.find(adams), works.find(brown)) == ids
    assert works.find(Reference("", "A title of five words that nobody has")) is None
