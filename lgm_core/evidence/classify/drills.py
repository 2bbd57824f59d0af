"""Everyday citing sentences, put together out of the frames of ``drills.toml``.

The labelled statements are varied and many of them hard; in papers stock phrases prevail. These
sentences show the model what a stock phrase means by itself, denied, said of another citation, by
somebody else, or of a method. They are practised, never measured on.
"""

from __future__ import annotations

import random
import re
import tomllib
from functools import cache
from importlib.resources import files

from lgm_core.evidence.classify.labelled import Example
from lgm_core.evidence.paper import LABELS

ROUNDS = {"supporting": 5, "contrasting": 5, "mentioning": 4}  #: sentences out of each frame
_SLOT = re.compile(r"\{(\w+)\}")


@cache
def drills() -> tuple[Example, ...]:
    """The sentences, the same at every call."""
    text = files(__package__).joinpath("drills.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    fillers: dict[str, list[str]] = table["fillers"]
    chance = random.Random(0)
    made: dict[str, Example] = {}
    for label in LABELS:
        for frame in table["frames"][label]:
            for _ in range(ROUNDS[label]):
                filled = _SLOT.sub(lambda slot: chance.choice(fillers[slot[1]]), frame)
                sentence = filled[0].upper() + filled[1:]
                made.setdefault(sentence, Example(sentence, label, field="drills"))
    return tuple(made.values())
