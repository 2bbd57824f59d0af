import numpy as np
import pytest

from lgm_core.data import DataError
from lgm_core.data.pairs import is_idx_name, read_pairs
from lgm_core.data.parts import Clock
from tests.data.making import digits, idx, mnist_files

LABELS = np.arange(6, dtype=np.uint8) % 3


def pair(images="train-images-idx3-ubyte", labels="train-labels-idx1-ubyte", count=6, side=28):
    return {images: idx(digits(count, side)), labels: idx(LABELS[:count])}


def refusal(files):
    with pytest.raises(DataError) as error:
        read_pairs(files, Clock(10))
    return str(error.value)


def test_mnists_four_files_are_a_training_and_a_test_part():
    _, plain = mnist_files()
    found = read_pairs(plain, Clock(10))
    assert np.array_equal(found.train.images, digits(20))
    assert found.train.labels == [str(k % 10) for k in range(20)]
    assert np.array_equal(found.test.images, digits(10, seed=1))
    assert found.report == []


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("images.idx3", "labels.idx1"),
        ("set/images/train.idx3-ubyte", "set/labels/train.idx1-ubyte"),
        ("emnist-letters-train-images-idx3-ubyte.gz", "emnist-letters-train-labels-idx1-ubyte"),
        ("t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"),
    ],
)
def test_one_pair_is_the_whole_set(images, labels):
    found = read_pairs(pair(images, labels), Clock(10))
    assert found.train.labels == ["0", "1", "2", "0", "1", "2"]
    assert found.test is None


def test_other_sizes_are_resized():
    found = read_pairs(pair(side=14), Clock(10))
    assert found.train.images.shape == (6, 28, 28)
    assert found.report == ["Resized from 14 x 14 to 28 x 28 pixels, aspect kept."]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (
            {"a-images-idx3-ubyte": idx(digits(2))},
            "a-images-idx3-ubyte holds images, but the file with its labels is missing.",
        ),
        (
            {"a-labels-idx1-ubyte": idx(LABELS)},
            "a-labels-idx1-ubyte holds labels, but the file with its images is missing.",
        ),
        (
            pair() | {"train-labels-idx1-ubyte": idx(LABELS[:5])},
            "train-images-idx3-ubyte holds 6 images, but its labels are 5.",
        ),
        (
            pair() | {"train-images.idx3": idx(digits(2)), "train-labels.idx1": idx(LABELS[:2])},
            "train-images-idx3-ubyte and train-images.idx3 are two sets; allowed: one to train "
            "with, and one named test.",
        ),
        (
            pair() | pair("test-images-idx3", "test-labels-idx1", side=14),
            "The images to train with and to test with differ in size.",
        ),
        (
            {"images-idx3": idx(digits(2)), "image-idx3": idx(digits(2))},
            "images-idx3 and image-idx3 cannot be told apart by name.",
        ),
        (
            {"images-idx3": idx(np.zeros((1, 1, 1025), np.uint8)), "labels-idx1": idx(LABELS[:1])},
            "images-idx3 has images of 1,025 x 1 pixels; allowed: 1,024 x 1,024.",
        ),
        ({"images-idx3": b"nonsense"}, "images-idx3 is not an IDX file of unsigned bytes."),
    ],
)
def test_what_is_wrong_is_said(files, sentence):
    assert refusal(files) == sentence


def test_too_many_images_are_refused(monkeypatch):
    monkeypatch.setattr("lgm_core.data.pairs.MAX_IMAGES", 5)
    assert refusal(pair()) == "train-images-idx3-ubyte holds 6 images; allowed: 5."


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("train-images-idx3-ubyte.gz", True),
        ("train-images.idx3-ubyte", True),
        ("labels.IDX", True),
        ("index.html", False),
        ("photo.png", False),
    ],
)
def test_idx_files_are_known_by_name(name, answer):
    assert is_idx_name(name) is answer
