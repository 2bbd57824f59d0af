"""Models that the bench trains for a comparison: each once, then found again in the store.

Such a run has one frame, its last, and is written only when its training is over: a process that
is killed before leaves nothing, one that is killed amid the writing a run without a result.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from lgm_core.runs.reader import StoreError
from lgm_core.runs.store import Store
from lgm_core.training.frame import encode
from lgm_core.training.pace import StepPace
from lgm_core.training.settings import TrainSettings

#: Stands in the result of these runs: a person's run may have had its knobs turned on the way,
#: so that its settings do not say what it was trained with.
_MARK = "unattended"
#: Steps between two words on the progress.
_FRAME_EVERY = 40
_NEVER = 1 << 60


def finished_runs(store: Store, wanted: Collection[TrainSettings]) -> dict[TrainSettings, str]:
    """Ids of the runs that :func:`trained` has left for these settings, as far as there are any.

    Reads the settings of every run in the store.
    """
    found: dict[TrainSettings, str] = {}
    for run_id in store.run_ids():  # a newer one takes the place of an older one
        try:
            reader = store.open(run_id)
            settings = reader.digits_settings()
        except StoreError:  # damaged, or another process has just removed it
            continue
        if settings not in wanted or not (reader.folder / "weights.safetensors").is_file():
            continue
        result = reader.result() or {}
        if result.get("state") == "finished" and result.get(_MARK) is True:
            found[settings] = run_id
    return found


def trained(store: Store, wanted: TrainSettings, progress: Callable[[int, int], None]) -> str:
    """Id of a finished run of these settings: one of the store's, or a new one.

    Args:
        store: where it is looked for and kept.
        wanted: what to train.
        progress: called with the steps done and all steps of a new run, from 0 steps on.

    Raises:
        StoreError: if the run cannot be kept.
        DataError: if the digits cannot be had.
        ValueError: if the training diverged.
    """
    if known := finished_runs(store, [wanted]).get(wanted):
        return known
    # The server imports this module too, to look for runs: torch stays out of it.
    from lgm_core.training.loop import Diverged, Trainer

    trainer = Trainer(wanted)
    progress(0, trainer.total_steps)
    try:
        for frame in trainer.run(pace=StepPace(_FRAME_EVERY, _NEVER)):
            last = frame
            progress(frame.step, trainer.total_steps)
    except Diverged as error:
        raise ValueError(str(error)) from None
    # Room is made by the engine, which knows the live runs that must stay.
    with Store(store.root, max_runs=_NEVER, max_bytes=_NEVER).create(wanted) as writer:
        writer.append(encode(last, seconds=trainer.seconds))
        result = trainer.result() | {"state": "finished", "message": None, _MARK: True}
        writer.finish(result, trainer.state_dict())
    return writer.run_id
