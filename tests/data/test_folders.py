import numpy as np
import pytest

from lgm_core.data import DataError
from lgm_core.data.folders import is_picture, read_folders
from lgm_core.data.packed import Archive
from lgm_core.data.parts import Clock
from tests.data.making import class_folders, digits, picture, zipped


def read(files, seconds=20):
    archive = Archive(zipped(files))
    entries = [entry for entry in archive.entries if is_picture(entry)]
    return read_folders(archive, entries, Clock(seconds))


def refusal(files, **options):
    with pytest.raises(DataError) as error:
        read(files, **options)
    return str(error.value)


def test_the_folder_is_the_class():
    found = read(class_folders(["cat", "dog"], 3))
    assert found.train.labels == ["cat"] * 3 + ["dog"] * 3
    assert np.array_equal(found.train.images, np.concatenate([digits(3), digits(3, seed=1)]))
    assert found.test is None
    assert found.report == []


def test_folders_may_stand_in_another_one():
    assert set(read(class_folders("ab", top="my set/")).train.labels) == {"a", "b"}


@pytest.mark.parametrize("word", ["test", "Testing", "val", "valid", "validation"])
def test_a_test_folder_is_the_test_part(word):
    files = class_folders("ab", 4, top="set/train/") | class_folders("ab", 2, top=f"set/{word}/")
    found = read(files)
    assert len(found.train.labels) == 8
    assert found.test.labels == ["a", "a", "b", "b"]
    assert np.array_equal(found.test.images[:2], digits(2))


def test_a_test_folder_alone_is_the_whole_set():
    found = read(class_folders("ab", 3, top="test/"))
    assert len(found.train.labels) == 6
    assert found.test is None


def test_each_picture_is_inverted_by_itself_and_the_number_told():
    files = class_folders("ab", 3)
    files["a/bright.png"] = picture(255 - digits(1)[0])
    found = read(files)
    assert np.array_equal(found.train.images[-1], digits(1)[0])
    assert found.report == [
        "1 picture of 7 inverted, from dark on bright to white on black.",
    ]


def test_colour_and_sizes_are_told():
    colour = np.zeros((40, 30, 3), np.uint8)
    colour[10:20, 10:20] = (250, 10, 10)
    files = {f"{k}/{i}.png": picture(colour) for k in "ab" for i in range(2)}
    assert read(files).report == [
        "Resized from 30 x 40 to 28 x 28 pixels, aspect kept, centred.",
        "4 pictures of 4 turned grey.",
    ]
    assert "Resized from 2 different sizes" in read(files | class_folders("ab", top="x/")).report[0]


def test_one_unreadable_picture_among_many_is_left_out_and_named():
    found = read(class_folders("ab", 60) | {"a/torn.png": b"torn"})
    assert len(found.train.labels) == len(found.train.images) == 120
    assert found.report == ["1 picture left out, unreadable: a/torn.png."]


def test_one_unreadable_picture_among_few_is_refused():
    assert refusal(class_folders("ab") | {"a/torn.png": b"torn"}) == (
        "a/torn.png is not a readable picture (png, jpg, gif, bmp, webp)."
    )


def test_more_than_one_unreadable_picture_in_a_hundred_is_refused():
    torn = {f"a/torn{i}.png": b"torn" for i in range(2)}
    assert refusal(class_folders("ab", 60) | torn) == (
        "a/torn0.png and 1 other picture cannot be read; at most one in 100 is left out."
    )


def test_a_picture_in_no_folder_is_refused():
    assert "stray.png lies in no class folder" in refusal(
        class_folders("ab") | {"stray.png": picture(digits(1)[0])}
    )


def test_pictures_directly_in_train_and_test_are_refused():
    assert refusal(class_folders(["train", "Test"])) == (
        "The pictures lie directly in test and train; each class needs a folder of its own in "
        "there."
    )


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (class_folders(["cat"]), "The set has one class (cat); allowed: 2 to 50."),
        (class_folders(map(str, range(51)), 2), "The set has 51 classes; allowed: 2 to 50."),
        (class_folders("ab", 1), "Class a has 1 image; allowed: 2 or more, one to test with."),
        (
            class_folders("ab", top="train/") | class_folders("c", top="test/"),
            "Class c is in the test part only.",
        ),
        (
            class_folders(["a", "b" * 41]),
            f"The class name {'b' * 41} is not used; allowed: plain text of at most 40 characters.",
        ),
    ],
)
def test_wrong_classes_are_refused_before_a_picture_is_decoded(files, sentence, monkeypatch):
    monkeypatch.setattr("lgm_core.data.folders.read_picture", None)
    assert refusal(files) == sentence


def test_fifty_classes_are_allowed():
    assert len(set(read(class_folders(map(str, range(50)), 2)).train.labels)) == 50


def test_a_picture_that_is_too_large_is_refused():
    files = class_folders("ab") | {"a/large.png": picture(np.zeros((4001, 4000), np.uint8))}
    assert refusal(files) == "a/large.png has 4,000 x 4,001 pixels; allowed: 16 million."


def test_reading_ends_when_the_time_is_up():
    assert "took longer than 0 seconds" in refusal(class_folders("ab"), seconds=0)
