from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgm_core.evidence.sentences import sentences

#: "|" stands where one sentence ends and the next begins.
DIVIDED = [
    "We measured it. | Then we stopped.",
    "This agrees with Smith et al. (2010) and others. | We note it.",
    "Smith et al. proposed this. | We use it.",
    "It was proposed by Smith et al. | We use it.",
    "It was proposed by Smith et al. | The method is slow.",
    "As Smith et al. Nature paper shows, it holds. | Good.",
    "See Fig. 2 for details. | It is clear.",
    "See Figs. 2 and 3. | See also Fig. S1 and Eq. (3). | Then Sec. 4 follows.",
    "Many metals, e.g. Iron and Copper, rust. | Gold does not.",
    "Some, i.e. The North, agree. | Others do not.",
    "Compare cf. Smith (2001) and Jones vs. Brown. | It holds.",
    "It took approx. 5 min. | Dr. Smith and Prof. Li agreed.",
    "By J. R. Smith and A.-B. Jones this was shown. | It holds.",
    "We grew E. coli and S. Typhimurium together. | Both grew.",
    "The U.S. Government paid for it. | We thank the U.K. | The rest was free.",
    "He has a Ph.D. from Oxford. | She does not.",
    "The value was 0.5 in all. | A rate of .05 is low, p < .05 and P = .001. | So be it.",
    "We used v. 2.0 of the tool and ver. 3 of R. | It worked.",
    "We used R 4.1.2 and Python 3.11. | It worked.",
    "See No. 5 and vol. 3, pp. 4-6. | The answer was no. | We stopped.",
    "Does it hold? | Yes! | It does.",
    'He called it "a law." | We do not.',
    "They said “it fails.” | It does not.",
    "It holds (see below.) | We go on.",
    "It holds (e.g. in mice. And in rats) always. | We go on.",
    "(This is all. In brackets.) | The next is not.",
    "As shown before.[12] | We then did it.",
    "As shown before.[12,13] | We then did it.",
    "As shown before. [12] | We then did it.",
    "As shown before. | [12] proposed the same.",
    "As shown before.¹² | We then did it.",
    "As shown before.¹,²,⁵–⁷ | We then did it.",
    "As shown by Smith et al.¹² | We then did it.",
    "As shown by Smith et al. [12] and by Li [3]. | We then did it.",
    "As in Ref. [12] and Refs. [3, 4]. | We then did it.",
    "Several metals, e.g. [12] | ",
    "It began in 2010. | In 2011 it ended.",
    "It began in 2010. | 30 patients were seen.",
    "The levels of mRNA rose. | mRNA decays fast. | p53 was stable. | α-synuclein rose too.",
    "We took iron, zinc, etc. | Then we stopped.",
    "We took iron, zinc, etc. and stopped. | Then we slept.",
    "It went on ... and on. | Then it stopped... | We slept.",
    "It rose… | Then it fell.",
    "We gave vitamin C. | Patients improved.",
    "We looked at group A. | Patients in it improved.",
    "In type I. | We saw nothing.",
    "1. We do this. | 2. We do that.",
    "Is it so (Li, 2001)? | We doubt it.",
    "The site www.example.org holds it. | We used scikit-learn.Pipeline for it.",
    "Theorem 2. | Let x be a number.",
    "By Thm. 2 and Prop. 3 it holds. | So Def. 4 is met.",
    "Escherichia sp. ATCC grew. | Others did not.",
    "One sentence without a stop",
    "The loss (cf. Eq. 3) falls; see Table 2. | It is low.",
    "Bacon vs. Smith is a case. | It was lost.",
    "At 5 p.m. we stopped. | At 6 a.m. | The rest slept.",
    "Doses of 5 mg. | 10 mg. | Both worked.",
]


def cut(text: str, markers: list[tuple[int, int]] | None = None) -> list[str]:
    return [text[start:end] for start, end in sentences(text, markers or [])]


@pytest.mark.parametrize("line", DIVIDED)
def test_sentences_end_where_the_table_says(line: str) -> None:
    wanted = [part.strip() for part in line.split(" | ") if part.strip()]
    assert cut(" ".join(wanted)) == wanted


AROUND_MARKERS = [
    "As shown before.{12} | We then did it.",
    "As shown before. {(Li, 2001. Preprint)} | We then did it.",
    "It was shown. | {Smith et al. (2010)} found the same. | We did too.",
    "So {Smith vs. Jones. Appeal (2010)} held. | We did too.",
    "This was shown by others {(Lee et al. 2010; St. John, 2001)}. | We did too.",
    "First.{3}{4} | Then.",
    "By the U.S. {[3]} it was. | Then.",
    "It fell.”{[3]} | Then it rose.",
]


@pytest.mark.parametrize("line", AROUND_MARKERS)
def test_markers_are_whole_and_stay_with_the_sentence_before(line: str) -> None:
    wanted = [part.strip() for part in line.split(" | ")]
    plain = " ".join(wanted)
    spans, text = [], ""
    for piece in re.split(r"(\{[^}]*\})", plain):
        if piece.startswith("{"):
            spans.append((len(text), len(text) + len(piece) - 2))
        text += piece.strip("{}") if piece.startswith("{") else piece
    expected = [part.replace("{", "").replace("}", "") for part in wanted]
    assert cut(text, spans) == expected


def test_a_bracket_left_open_does_not_swallow_the_rest() -> None:
    assert len(cut("It holds (see there. We go on. " * 50)) >= 50


def test_nothing_gives_nothing() -> None:
    assert cut("") == []
    assert cut("  \n ") == []


@given(st.text(alphabet="aA .?![]()1²\"'…e", max_size=80))
@settings(max_examples=300, deadline=None)
def test_spans_are_in_order_and_lose_only_blanks(text: str) -> None:
    spans = sentences(text)
    assert all(start < end for start, end in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    assert "".join(text[a:b] for a, b in spans).split() == text.split() or "".join(
        "".join(text[a:b] for a, b in spans).split()
    ) == "".join(text.split())


@pytest.mark.parametrize("unit", ["It holds [1]. ", "(((", "A. ", "...", "[1].", "x" * 9 + " "])
def test_time_grows_in_proportion_to_length(unit: str) -> None:
    begun = time.process_time()
    sentences(unit * (400_000 // len(unit)))
    assert time.process_time() - begun < 5.0
