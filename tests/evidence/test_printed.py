"""Printed entries that have no title, or whose authors and venues are easily mistaken for one."""

from __future__ import annotations

import time

import pytest

from lgm_core.evidence.reading.printed import reference_from_text
from lgm_core.evidence.works import works_equal

UNTITLED = [
    "P. W. Higgs, Phys. Lett. 12, 132 (1964).|Higgs|1964|Phys. Lett.",
    "P. W. Higgs, Phys. Rev. Lett. 13, 508 (1964).|Higgs|1964|Phys. Rev. Lett.",
    "S. Weinberg, Phys.Rev.Lett. 19 (1967) 1264-1266.|Weinberg|1967|Phys.Rev.Lett.",
    "G. Aad et al. [ATLAS Collaboration], Phys. Lett. B 716, 1 (2012) [arXiv:1207.7214 [hep-ex]]."
    "|Aad|2012|Phys. Lett. B",
    "G. Aad et al. (ATLAS Collaboration), Phys. Lett. B 716, 1 (2012).|Aad|2012|Phys. Lett. B",
    "ATLAS Collaboration, G. Aad et al., Phys. Lett. B 716 (2012) 1.|Aad|2012|Phys. Lett. B",
    "[ATLAS Collaboration], Phys. Lett. B 716 (2012) 1.|ATLAS Collaboration|2012|Phys. Lett. B",
    "J. Ellis and D. Ross, Nucl. Phys. B 106, 292 (1976).|Ellis Ross|1976|Nucl. Phys. B",
    "V. Ginzburg, Zh. Eksp. Teor. Fiz. 20, 1064 (1950).|Ginzburg|1950|Zh. Eksp. Teor. Fiz.",
    "A. Einstein, Ann. Phys. (Leipzig) 17, 891 (1905).|Einstein|1905|Ann. Phys. (Leipzig)",
    "D. Hall, J. Phys. C: Solid State Phys. 6, 1181 (1973)|Hall|1973|J. Phys. C: Solid State Phys.",
    "J. Smith and A. Lee, J. Am. Chem. Soc., 2010, 132, 1234.|Smith Lee|2010|J. Am. Chem. Soc.",
    "P. Dirac, Proc. R. Soc. London A 117, 610 (1928).|Dirac|1928|Proc. R. Soc. London A",
    "R. Aaij et al., JHEP 08 (2013) 117.|Aaij|2013|JHEP",
    "J. Watson and F. Crick, Nature (London) 171, 737 (1953).|Watson Crick|1953|Nature (London)",
    "S. Weinberg, Physical Review Letters 19, 1264 (1967).|Weinberg|1967|Physical Review Letters",
    "Perlmutter S. et al., 1999, Astrophys. J., 517, 565|Perlmutter|1999|Astrophys. J.",
    "Weinberg S., 1967, PhRvL, 19, 1264|Weinberg|1967|PhRvL",
    "Riess, A. G., et al. 1998, AJ, 116, 1009|Riess|1998|AJ",
    "Anderson PW. Science. 1972;177:393.|Anderson|1972|Science",
    "Kelly JR. Brain Behav Immun. 2017;61:50-59.|Kelly|2017|Brain Behav Immun",
    "A. M. Turing, Mind, vol. 59, no. 236, pp. 433-460, 1950.|Turing|1950|Mind",
    "J. Smith, Phys. Rev. Lett. (to be published).|Smith||Phys. Rev. Lett.",
]


@pytest.mark.parametrize("case", UNTITLED)
def test_no_title_is_made_of_a_journals_name(case: str) -> None:
    printed, families, year, venue = case.split("|")
    found = reference_from_text("k", printed)
    assert (found.title, found.venue, found.text) == (None, venue, printed)
    assert " ".join(name.split(",")[0] for name in found.authors) == families
    assert str(found.year or "") == year


TITLED = [
    "Smith, J. Deep Learning. Nature 521, 436 (2015).|Smith|Deep Learning|Nature",
    "Smith, J. Deep Nets. Phys. Rev. Lett. 12, 43 (2015).|Smith|Deep Nets|Phys. Rev. Lett.",
    "Wan, W. Margins. CVPR 12, 1-3 (2018).|Wan|Margins|CVPR",
    "Wan, W. Margins. Phys. Rev. Lett. 12, 1-3 (2018).|Wan|Margins|Phys. Rev. Lett.",
    "Breiman L. Random forests. Nat Rev. 2001;45:5.|Breiman|Random forests|Nat Rev",
    "L. Breiman. Random Forests. Mach. Learn. 45, 5 (2001).|Breiman|Random Forests|Mach. Learn.",
    "C. Cortes and V. Vapnik. Support Networks. Machine Learning 20, 273 (1995).|Cortes Vapnik"
    "|Support Networks|Machine Learning",
    "S. Weinberg, A Model of Leptons, Phys. Rev. Lett. 19, 1264 (1967).|Weinberg"
    "|A Model of Leptons|Phys. Rev. Lett.",
    "A. M. Turing, Computing machinery and intelligence, Mind, vol. 59, pp. 433-460, 1950.|Turing"
    "|Computing machinery and intelligence|Mind",
    "ATLAS Collaboration, Observation of a particle, Phys. Lett. B 716 (2012) 1."
    "|ATLAS Collaboration|Observation of a particle|Phys. Lett. B",
    "Lee, K. (2010). Apollo 11: 30 years later. NASA.|Lee|Apollo 11: 30 years later|NASA",
    "Hodrick, R. (1997). Cycles. Journal of Money, Credit and Banking, 29(1), 1-16."
    "|Hodrick|Cycles|Journal of Money, Credit and Banking",
    "Hodrick, R. (1997). Cycles. Journal of Money, Credit, and Banking 29 (1): 1-16."
    "|Hodrick|Cycles|Journal of Money, Credit, and Banking",
    "Jang, J. (1993). Fuzzy rules. IEEE Transactions on Systems, Man, and Cybernetics, 23(3), 665."
    "|Jang|Fuzzy rules|IEEE Transactions on Systems, Man, and Cybernetics",
    "Ng, A. (2001). Some title here. CRC Press, Boca Raton and London, 2001."
    "|Ng|Some title here|CRC Press",
]


@pytest.mark.parametrize("case", TITLED)
def test_a_title_stays_beside_its_journal(case: str) -> None:
    printed, families, title, venue = case.split("|")
    found = reference_from_text("k", printed)
    assert " ".join(name.split(",")[0] for name in found.authors) == families
    assert (found.title, found.venue) == (title, venue)


@pytest.mark.parametrize(
    "names",
    [
        *("Hestness J et al.", "Hestness J. et al.", "Hestness J., et al.", "Hestness, J. et al."),
        *("Hestness J., Narang S., et al.", "Hestness J, Narang S, et al."),
    ],
)
def test_others_are_no_part_of_the_title(names: str) -> None:
    found = reference_from_text("k", f"{names} Scaling is predictable, empirically. 2017.")
    assert found.title == "Scaling is predictable, empirically"
    families = [name.split(",")[0] for name in found.authors]
    assert families == [name for name in ("Hestness", "Narang") if name in names]
    assert (found.year, found.venue) == (2017, None)


SAME = [
    ("G. Aad et al. [ATLAS Collaboration], Phys. Lett. B 716, 1 (2012).", True),
    ("G. Aad et al., Phys.Lett. B716 (2012) 1-29, arXiv:1207.7214.", True),
    ("Aad, G. and others, Phys. Lett. B, 716, 1 (2012)", True),
    ("G. Aad et al., Phys. Lett. B 716(1), 1-29 (2012).", True),
    ("G. Aad et al., Phys. Lett. B, vol. 716, no. 1, pp. 30-41, 2012.", False),
    ("G. Aad et al., Phys. Lett. B 717, 1 (2012).", False),
    ("G. Aad et al., Phys. Lett. B 716, 30 (2012).", False),
    ("G. Aad et al., Phys. Lett. B 716, 1 (2013).", False),
    ("G. Aad et al., Phys. Rev. B 716, 1 (2012).", False),
    ("S. Chatrchyan et al., Phys. Lett. B 716, 1 (2012).", False),
]


@pytest.mark.parametrize(("printed", "same"), SAME)
def test_untitled_works_are_one_by_author_year_journal_volume_and_page(
    printed: str, same: bool
) -> None:
    one = reference_from_text("a", "G. Aad et al., Phys. Lett. B 716, 1 (2012).")
    assert works_equal(one, reference_from_text("b", printed)) is same
    assert works_equal(reference_from_text("b", printed), one) is same


def test_letters_of_one_author_and_year_stay_apart() -> None:
    printed = ["Phys. Lett. 12, 132", "Phys. Rev. Lett. 13, 508", "Phys. Rev. Lett. 14, 508"]
    found = [reference_from_text("k", f"P. W. Higgs, {one} (1964).") for one in printed]
    assert [[works_equal(a, b) for b in found] for a in found] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


HOSTILE = [
    "Phys. ",
    "Phys. Rev. Lett. 12, ",
    "J. Phys. ",
    "(A. B) ",
    "Aa-",
    "Phys. 12(1-2), no. 1-2, ",
]
HOSTILE += ["[for the A ", "Aa et al., Bb Collaboration ", "Aa, Bb and Cc, ", "1, 2, "]


@pytest.mark.parametrize("unit", HOSTILE)
def test_journals_without_end_take_no_time(unit: str) -> None:
    began = time.process_time()
    reference_from_text("k", "J. Lee, " + unit * 100_000)
    reference_from_text("k", "J. Lee. A title here. " + unit * 100_000)
    assert time.process_time() - began < 1
