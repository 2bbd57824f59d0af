"""Measures in this process, for the command line: one training after the other, into the store."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch

from lgm_core.alignment.frame import encode
from lgm_core.alignment.loop import AlignTrainer
from lgm_core.alignment.settings import AlignSettings
from lgm_core.data import DataError, load
from lgm_core.detection.settings import DetectSettings
from lgm_core.detection.study import Subject, study
from lgm_core.evidence.finished import figures_of, finished_run, shipped
from lgm_core.evidence.measure import Tell
from lgm_core.evidence.paper import EvidenceError
from lgm_core.runs.bench_training import trained
from lgm_core.runs.kinds import RunSettings
from lgm_core.runs.model import load_classifier
from lgm_core.runs.processes import cores
from lgm_core.runs.reader import RunReader
from lgm_core.runs.store import Store, StoreError
from lgm_core.training.loop import Diverged
from lgm_core.training.threads import useful_threads

#: Models that are kept with what was fitted to them: those of one seed.
_REMEMBERED = 2


class LocalRunner:
    """See :class:`lgm_core.evidence.measure.Runner`.

    Args:
        store: where runs are looked for and kept; the person's own by default.
    """

    def __init__(self, store: Store | None = None) -> None:
        self.store = store or Store()
        self._subjects: OrderedDict[str, Subject] = OrderedDict()

    def train(self, wanted: Sequence[RunSettings], tell: Tell) -> list[str]:
        """See :meth:`lgm_core.evidence.measure.Runner.train`."""

        def share(number: int, done: int, total: int) -> None:
            tell((number + done / max(total, 1)) / len(wanted))

        found = []
        for number, settings in enumerate(wanted):
            run_id = finished_run(self.store, settings)
            try:
                found.append(run_id or self._trained(settings, partial(share, number)))
            except (DataError, StoreError, Diverged, ValueError) as error:
                raise EvidenceError(str(error)) from None
        return found

    def study(self, run_id: str, settings: DetectSettings, tell: Tell) -> Mapping[str, Any]:
        """See :meth:`lgm_core.evidence.measure.Runner.study`."""
        try:
            subject = self._subject(run_id)
            found = study(subject, settings, progress=lambda done, total: tell(done / total))
        except (DataError, StoreError, ValueError) as error:
            raise EvidenceError(str(error)) from None
        return found.summary()

    def figures(self, run_id: str) -> Mapping[str, Any]:
        """See :meth:`lgm_core.evidence.measure.Runner.figures`."""
        try:
            return figures_of(self._reader(run_id))
        except StoreError as error:
            raise EvidenceError(str(error)) from None

    def cancelled(self) -> bool:
        """Never: who measures at the command line has the keyboard."""
        return False

    def _trained(self, settings: RunSettings, progress: Callable[[int, int], None]) -> str:
        threads = useful_threads(settings, cores())
        if isinstance(settings, AlignSettings):
            return _align(self.store, settings, threads, progress)
        torch.set_num_threads(threads)
        return trained(self.store, settings, progress)

    def _reader(self, run_id: str) -> RunReader:
        try:
            return self.store.open(run_id)
        except StoreError:
            return shipped().open(run_id)

    def _subject(self, run_id: str) -> Subject:
        if run_id not in self._subjects:
            reader = self._reader(run_id)
            settings = reader.digits_settings()
            dataset = load(settings.data)
            classifier = load_classifier(reader, settings, dataset.num_classes)
            self._subjects[run_id] = Subject(classifier, dataset)
            if len(self._subjects) > _REMEMBERED:
                self._subjects.popitem(last=False)
        return self._subjects[run_id]


def _align(
    store: Store, settings: AlignSettings, threads: int, progress: Callable[[int, int], None]
) -> str:
    """Trains on faces, with every frame kept, as a person's run has them."""
    trainer = AlignTrainer(settings, threads=threads)
    with store.create(settings) as writer:
        for frame in trainer.run():
            writer.append(encode(frame, seconds=trainer.seconds))
            progress(frame.step, settings.steps)
        end = {"state": "finished", "message": None}
        writer.finish(trainer.result() | end, trainer.state_dict())
    return writer.run_id
