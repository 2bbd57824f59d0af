"""The shipped L-GM run, loaded once."""

from __future__ import annotations

import pytest

from lgm_core.data import load
from lgm_core.detection.study import Study, Subject, study
from lgm_core.pretrained import FOLDER, LGM
from lgm_core.runs.bench_process import newest_keyframe
from lgm_core.runs.model import load_classifier
from lgm_core.runs.reader import RunReader
from lgm_core.training.frame import Frame
from tests.detection.asking import ask


@pytest.fixture(scope="session")
def reader() -> RunReader:
    return RunReader(LGM, FOLDER / LGM)


@pytest.fixture(scope="session")
def subject(reader: RunReader) -> Subject:
    return Subject(load_classifier(reader, reader.settings(), 10), load("bundled"))


@pytest.fixture(scope="session")
def frame(reader: RunReader) -> Frame:
    return newest_keyframe(reader)


@pytest.fixture(scope="session")
def attacked(subject: Subject) -> Study:
    return study(subject, ask())
