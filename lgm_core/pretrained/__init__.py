"""Runs that come with the lab, so that there is something to attack before anybody trained.

``python -m scripts.pretrain`` and ``python -m scripts.pretrain_faces`` make them. Each is a folder
as the store writes it: settings, result, weights as safetensors, and frames to be shown.
"""

from pathlib import Path

FOLDER = Path(__file__).parent

#: Ids of the pair of 64 features that was trained on the bundled digits.
SOFTMAX, LGM = "0000000000640001", "0000000000640002"
#: Ids of the runs on the ORL faces: with a spatial transformer, and without one (no weights).
FACES, FACES_WITHOUT = "0000000000640003", "0000000000640004"
