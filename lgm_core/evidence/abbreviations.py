"""Words before and after a full stop that tell whether it ends a sentence; all in lower case."""

from __future__ import annotations


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


#: After these a sentence goes on, whatever follows.
NEVER = _words(
    "e.g i.e cf vs viz approx dr prof mr mrs ms st resp ca fig figs eq eqs eqn eqns sec sects sect "
    "secs ref refs tab tabs thm prop lem chap suppl supp univ dept subsp w.r.t incl assoc gen col "
    "sen rep gov hon rev jr esp ext sp spp"
)
#: These go on only before a number or a single letter.
COUNTED = _words("no nos p pp v ver vol vols ch art def cor app ed n s para par ex")
#: These may end a sentence; they do when the next word is one that begins sentences.
EITHER = _words("u.s u.k u.n e.u ph.d m.d a.m p.m b.c a.d d.c et.al al inc ltd co corp")
#: Words that begin sentences far more often than they follow an abbreviation.
STARTERS = _words(
    "the we in however this these those our it to here there thus therefore moreover furthermore "
    "for as although while whereas when if since because by on at from with after before both "
    "such a an they their its he she his her another other others many most some several all "
    "each no not one two first second third finally then also hence consequently conversely "
    "similarly likewise unlike contrary consistent despite given using nevertheless nonetheless "
    "additionally further overall together taken indeed instead yet but and so that what why how "
    "who which where results data previous earlier recent later subsequent subsequently "
    "interestingly importantly notably specifically"
)
#: A capital alone after one of these is a name of a thing, not somebody's initial.
LETTERED = _words(
    "group groups vitamin type types hepatitis model models class phase panel case step set method "
    "system figure table appendix theorem protein factor grade stage algorithm experiment study "
    "condition category part point variant version sample site arm cohort influenza"
)
