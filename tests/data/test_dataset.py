import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lgm_core.data import DataError, Dataset, atlas_png
from lgm_core.data.dataset import equal_shares, split
from tests.data.making import digits


def make(labels, names=("a", "b", "c"), **changes):
    labels = np.asarray(labels, np.int64)
    values = {
        "name": "own-0123456789abcdef",
        "train_images": digits(len(labels)),
        "train_labels": labels,
        "test_images": digits(3, seed=9),
        "test_labels": np.array([0, 1, 1]),
        "class_names": tuple(names),
        "note": "",
    }
    return Dataset(**(values | changes))


def labels_of(*counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    return np.random.default_rng(3).permutation(labels)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"train_labels": np.array([0, 1, 3])}, "A train label is 3; allowed: 0 to 2."),
        ({"test_labels": np.array([0, -1, 1])}, "A test label is -1; allowed: 0 to 2."),
        ({"train_labels": np.array([0, 1], np.int64)}, "allowed: uint8 [2, 28, 28]"),
        ({"train_labels": np.array([0, 1, 2], np.int32)}, "The train labels are int32 [3]"),
        ({"test_images": np.zeros((3, 28, 28), np.float32)}, "The test images are float32"),
        ({"test_images": np.zeros((3, 28, 27), np.uint8)}, "The test images are uint8 [3, 28, 27]"),
        (
            {"test_images": np.zeros((0, 28, 28), np.uint8), "test_labels": np.zeros(0, np.int64)},
            "The set has no test images.",
        ),
        ({"class_names": ("a",)}, "The set has 1 classes; allowed: 2 to 50."),
        ({"class_names": tuple(map(str, range(51)))}, "The set has 51 classes; allowed: 2 to 50."),
        ({"class_names": ("a", "a", "b")}, "Two classes of the set have the same name."),
        ({"class_names": ("a", "b", "c\n")}, "A class name is not plain text"),
        ({"class_names": ("a", "b", "c" * 41)}, "A class name is not plain text"),
        ({"class_names": ("a", "b", "")}, "A class name is not plain text"),
    ],
)
def test_a_set_that_is_not_what_it_says_is_refused(changes, sentence):
    with pytest.raises(DataError) as error:
        make([0, 1, 2], **changes)
    assert sentence in str(error.value)


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=50), st.integers(0, 3000))
def test_shares_are_as_equal_as_the_counts_allow(counts, total):
    counts = np.array(counts)
    shares = equal_shares(counts, total)
    assert (shares <= counts).all()
    assert shares.sum() == min(total, counts.sum())
    open_shares = shares[shares < counts]
    if open_shares.size:
        # Who has more left than it got, has at most one less than anyone got.
        assert shares.max() - open_shares.min() <= 1


def test_displayed_is_sorted_balanced_and_without_repetition():
    dataset = make(labels_of(3000, 100, 2000))
    displayed = dataset.displayed
    assert displayed.dtype == np.int64
    assert (np.diff(displayed) > 0).all()
    counts = np.bincount(dataset.train_labels[displayed])
    assert counts.tolist() == [950, 100, 950]


def test_displayed_is_every_digit_of_a_small_set():
    assert make([2, 0, 1, 1]).displayed.tolist() == [0, 1, 2, 3]


def test_displayed_goes_through_the_whole_set():
    dataset = make(labels_of(5000, 5000, 5000))
    assert dataset.displayed[-1] > 14_900


@given(st.lists(st.integers(2, 60), min_size=2, max_size=8))
def test_the_split_is_stratified_and_loses_nothing(counts):
    labels = labels_of(*counts)
    train, test = split(labels)
    assert sorted([*train, *test]) == list(range(len(labels)))
    expected = [min(max(round(0.2 * n), 1), n - 1) for n in counts]
    assert np.bincount(labels[test], minlength=len(counts)).tolist() == expected


def test_the_split_is_the_same_each_time_and_another_with_another_seed():
    labels = labels_of(50, 30)
    again = zip(split(labels), split(labels), strict=True)
    assert all(np.array_equal(a, b) for a, b in again)
    assert not np.array_equal(split(labels)[0], split(labels, seed=1)[0])


def test_the_split_follows_the_rule_that_can_be_repeated_anywhere():
    labels = labels_of(30, 11, 4)
    train, test = [], []
    taken = {0: 0, 1: 0, 2: 0}
    for i in np.random.default_rng(0).permutation(45):
        k = int(labels[i])
        if taken[k] < {0: 6, 1: 2, 2: 1}[k]:
            test.append(i)
        else:
            train.append(i)
        taken[k] += 1
    assert [part.tolist() for part in split(labels)] == [train, test]


def test_the_classes_are_mixed_in_each_part():
    labels = np.repeat([0, 1], 500)
    for part in split(labels):
        assert abs(labels[part[: len(part) // 2]].mean() - 0.5) < 0.15


def test_a_class_of_one_cannot_be_split():
    with pytest.raises(DataError, match="A class has one image"):
        split(labels_of(5, 1))


def test_the_atlas_shows_each_displayed_digit_at_its_place():
    dataset = make(labels_of(40, 40, 40))
    sheet = Image.open(io.BytesIO(atlas_png(dataset)))
    assert (sheet.format, sheet.mode, sheet.size) == ("PNG", "L", (50 * 28, 3 * 28))
    pixels = np.asarray(sheet)
    for place, digit in enumerate(dataset.displayed):
        row, column = divmod(place, 50)
        tile = pixels[row * 28 : row * 28 + 28, column * 28 : column * 28 + 28]
        assert np.array_equal(tile, dataset.train_images[digit])
    assert not pixels[56:, 20 * 28 :].any()
