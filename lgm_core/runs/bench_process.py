"""What a lane of the bench runs: it answers questions about trained models until it is told off."""

from __future__ import annotations

import base64
import contextlib
import json
import signal
import threading
import time
from collections import OrderedDict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lgm_core.alignment.settings import AlignSettings
from lgm_core.data import DataError, load
from lgm_core.data.dataset import SIDE
from lgm_core.detection.drawing import judge_drawing
from lgm_core.detection.encoding import encode_scores, encode_study
from lgm_core.detection.settings import DetectSettings
from lgm_core.detection.study import Subject, study
from lgm_core.runs.bench import CANCEL, PROGRESS, RESULT, SENTENCE
from lgm_core.runs.bench_training import trained
from lgm_core.runs.model import load_classifier
from lgm_core.runs.processes import leave_with
from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.runs.store import Store
from lgm_core.training.frame import Frame, FrameError, decode
from lgm_core.training.settings import TrainSettings

#: Models that are kept with what was fitted to them.
_REMEMBERED = 4
#: Progress is told at most this often, seconds.
_BEAT = 0.1


def serve_answers(connection: Connection) -> None:
    """Answers questions until the other end goes; what runs in the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    threading.Thread(target=leave_with, args=(connection,), daemon=True).start()
    subjects: OrderedDict[tuple[str, str], Subject] = OrderedDict()
    with contextlib.suppress(EOFError, OSError):
        while True:
            message = connection.recv_bytes()
            if message == CANCEL:  # it came when the answer was already on its way
                continue
            question = json.loads(message)
            try:
                answer = RESULT + _answer(question, subjects, connection)
            except _Cancelled:
                answer = SENTENCE + b"Cancelled."
            except (StoreError, DataError, ValueError) as error:
                answer = SENTENCE + str(error).encode()
            except MemoryError:
                answer = SENTENCE + b"The machine has no memory left for this."
            connection.send_bytes(answer)


class _Cancelled(Exception):  # noqa: N818 - it is a wish, not an error
    """Nobody wants the answer that is being worked on."""


def _answer(
    question: dict[str, Any],
    subjects: OrderedDict[tuple[str, str], Subject],
    connection: Connection,
) -> bytes:
    if not question:  # to be ready is all that is asked for
        return b""
    told = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told
        if connection.poll():
            connection.recv_bytes()
            raise _Cancelled
        if time.monotonic() - told >= _BEAT:
            told = time.monotonic()
            connection.send_bytes(PROGRESS + json.dumps([done, total]).encode())

    if "train" in question:
        wanted = TrainSettings.model_validate(question["train"])
        return trained(Store(Path(question["runs"])), wanted, tell).encode()
    folder = Path(question["folder"])
    reader = RunReader(question["run"], folder)
    if question.get("faces_gif"):
        settings = reader.settings()
        if not isinstance(settings, AlignSettings):
            raise StoreError("This run was trained on digits; allowed: runs trained on faces.")
        # Only now: digits are what a bench is asked about most.
        from lgm_core.export.faces_gif import faces_gif

        return faces_gif(reader, settings)
    subject = _subject(reader, subjects)
    if "picture" in question:
        pixels = base64.b64decode(question["picture"], validate=True)
        if len(pixels) != SIDE * SIDE:
            raise ValueError(f"a picture has {len(pixels)} pixels; allowed: {SIDE * SIDE}")
        picture = np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE).copy()
        drawn = judge_drawing(subject, picture, newest_keyframe(reader))
        return json.dumps(drawn, allow_nan=False).encode()
    asked = DetectSettings.model_validate(question["settings"])
    if question.get("summary"):
        tell(0, 1)  # the waiting is over
        summary = study(subject, asked, progress=tell).summary()
        return json.dumps(summary, allow_nan=False).encode()
    found = study(subject, asked, progress=tell)
    if question.get("scores_only"):
        return encode_scores(found, subject)
    return encode_study(found, subject, newest_keyframe(reader))


def _subject(reader: RunReader, subjects: OrderedDict[tuple[str, str], Subject]) -> Subject:
    key = (reader.run_id, str(reader.folder))
    if key in subjects:
        subjects.move_to_end(key)
        return subjects[key]
    settings = reader.digits_settings()
    dataset = load(settings.data)
    subject = Subject(load_classifier(reader, settings, dataset.num_classes), dataset)
    subjects[key] = subject
    if len(subjects) > _REMEMBERED:
        subjects.popitem(last=False)
    return subject


def newest_keyframe(reader: RunReader) -> Frame:
    """The newest frame of a run that holds every displayed digit.

    Raises:
        StoreError: if there is none that can be read.
    """
    index = reader.keyframe_before(reader.count() - 1)
    if index is None:
        raise StoreError("This run has no frame that shows its digits.")
    try:
        return decode(reader.frame(index))
    except FrameError:
        raise StoreError("A frame of this run cannot be read.") from None
