"""The digits: bundled MNIST, full MNIST, and sets of a person's own.

``load`` is the one door: it turns the name that stands in the settings into a
:class:`Dataset`. ``lgm_core.data.uploads.import_set`` makes a set of one's own out of a file.
"""

from lgm_core.data.dataset import DataError, Dataset, atlas_png
from lgm_core.data.library import load

__all__ = ["DataError", "Dataset", "atlas_png", "load"]
