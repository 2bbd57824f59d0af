"""Trains the spatial transformer that comes with the lab: ORL faces, the default settings.

``python -m scripts.pretrain_faces``: a minute or two; writes into ``lgm_core/pretrained``.
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


def main() -> None:
    """Trains one run and writes its folder."""
    settings = AlignSettings()
    trainer = AlignTrainer(settings, threads=cores())
    folder = pretrained.FOLDER / pretrained.FACES
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "settings.json").write_text(settings.model_dump_json(by_alias=True, indent=1) + "\n")
    with RunWriter(pretrained.FACES, folder) as writer:
        for frame in trainer.run():
            if frame.step % EVERY == 0:
                writer.append(encode(frame, seconds=trainer.seconds))
        result = trainer.result() | {"state": "finished", "message": None}
        writer.finish_bytes(result, save(trainer.state_dict()))
    del result["scores"]
    print(json.dumps({"run": pretrained.FACES} | result))


if __name__ == "__main__":
    main()
