"""Trains the runs on faces that come with the lab: with a spatial transformer and without.

``python -m scripts.pretrain_faces``: two minutes; writes into ``lgm_core/pretrained``.
"""

from __future__ import annotations

import json
import shutil

from safetensors.torch import save

from lgm_core import pretrained
from lgm_core.alignment.frame import encode
from lgm_core.alignment.loop import AlignTrainer
from lgm_core.alignment.settings import AlignSettings
from lgm_core.runs.processes import cores
from lgm_core.runs.store import RunWriter

#: One frame in so many is kept.
EVERY = 4


def train(run_id: str, settings: AlignSettings, *, weights: bool) -> None:
    """Trains one run and writes its folder."""
    trainer = AlignTrainer(settings, threads=cores())
    folder = pretrained.FOLDER / run_id
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "settings.json").write_text(settings.model_dump_json(by_alias=True, indent=1) + "\n")
    with RunWriter(run_id, folder) as writer:
        for frame in trainer.run():
            if frame.step % EVERY == 0:
                writer.append(encode(frame, seconds=trainer.seconds))
        result = trainer.result() | {"state": "finished", "message": None}
        writer.finish_bytes(result, save(trainer.state_dict()) if weights else None)
    print(json.dumps({"run": run_id} | result))


if __name__ == "__main__":
    train(pretrained.FACES, AlignSettings(), weights=True)
    # Its curves are wanted, nobody asks it anything.
    train(pretrained.FACES_WITHOUT, AlignSettings(transform="none"), weights=False)
