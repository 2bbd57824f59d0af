"""Runs that come with the lab, so that there is something to attack before anybody trained.

``python -m scripts.pretrain`` makes them. Each is a folder as the store writes it: settings,
result, weights as safetensors, and one frame to be shown.
"""

from pathlib import Path

FOLDER = Path(__file__).parent

#: Ids of the pair of 64 features that was trained on the bundled digits.
SOFTMAX, LGM = "0000000000640001", "0000000000640002"
#: Id of the spatial transformer that was trained on the ORL faces.
FACES = "0000000000640003"
