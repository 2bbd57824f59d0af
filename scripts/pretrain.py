"""Trains the pair of runs that comes with the lab: softmax and L-GM, 64 features, bundled digits.

``python -m scripts.pretrain``: about two minutes; writes ``lgm_core/pretrained``.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
from safetensors.torch import save

from lgm_core import pretrained
from lgm_core.detection.dimensions import settings_for
from lgm_core.runs.processes import cores
from lgm_core.runs.store import RunWriter
from lgm_core.training.frame import Frame, encode
from lgm_core.training.loop import Trainer
from lgm_core.training.settings import LossName
from lgm_core.training.threads import useful_threads


def train(run_id: str, loss: LossName) -> None:
    """Trains one run and writes its folder, with the last frame alone."""
    asked = settings_for(loss, 64)
    trainer = Trainer(asked, threads=useful_threads(asked, cores()))
    last: Frame | None = None
    for frame in trainer.run():
        if frame.scalars.keyframe:
            last = frame
    assert last is not None
    folder = pretrained.FOLDER / run_id
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "settings.json").write_text(asked.model_dump_json(by_alias=True, indent=1) + "\n")
    with RunWriter(run_id, folder) as writer:
        # Only the inspector needs the features themselves, and they are most of the file.
        shown = replace(last, features=np.zeros((0, 0), np.float32), parameters={})
        writer.append(encode(shown, seconds=trainer.seconds))
        result = trainer.result() | {"state": "finished", "message": None}
        writer.finish_bytes(result, save(trainer.state_dict()))
    print(json.dumps({"run": run_id, "loss": loss} | result))


if __name__ == "__main__":
    train(pretrained.SOFTMAX, "softmax")
    train(pretrained.LGM, "lgm")
