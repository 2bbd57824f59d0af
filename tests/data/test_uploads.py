import gzip
import hashlib
import io
import re
import time
import zipfile
from functools import partial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgm_core.data import DataError, load, uploads
from lgm_core.data.uploads import import_files, import_set
from tests.data.making import (
    class_folders,
    digits,
    header,
    idx,
    mnist_files,
    picture,
    table,
    zipped,
)

CSV = table(digits(20), [i % 4 for i in range(20)], header=header())


def refusal(data, filename="mine.zip", **options):
    with pytest.raises(DataError) as error:
        import_set(data, filename, **options)
    return str(error.value)


def zeros_in_a_zip(count):
    # Packed in haste: what it unpacks to is the same.
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("a.csv", bytes(count))
    return buffer.getvalue()


def zeros_in_a_gzip(count):
    return gzip.compress(bytes(count), 1)


def test_class_folders_become_a_set():
    data = zipped(class_folders(["ten", "two"], 10))
    own = import_set(data, "mine.zip")
    assert own.name == f"own-{hashlib.sha256(data).hexdigest()[:16]}" == own.dataset.name
    assert own.dataset.class_names == ("ten", "two")
    assert np.bincount(own.dataset.train_labels).tolist() == [8, 8]
    assert np.bincount(own.dataset.test_labels).tolist() == [2, 2]
    assert own.report == (
        "20 images in 2 classes: ten (10), two (10).",
        "16 to train with and 4 to test with, about a fifth of each class.",
    )
    assert own.dataset.note == " ".join(own.report)


def test_labels_stay_with_their_images():
    own = import_set(CSV, "mine.csv").dataset
    expected = {image.tobytes(): i % 4 for i, image in enumerate(digits(20))}
    seen = {
        image.tobytes(): int(label)
        for images, labels in (
            (own.train_images, own.train_labels),
            (own.test_images, own.test_labels),
        )
        for image, label in zip(images, labels, strict=True)
    }
    assert seen == expected


def test_what_was_imported_is_loaded():
    own = import_set(CSV, "mine.csv")
    read = load(own.name)
    assert np.array_equal(read.train_images, own.dataset.train_images)
    assert np.array_equal(read.displayed, own.dataset.displayed)
    assert (read.class_names, read.note) == (own.dataset.class_names, own.dataset.note)


def test_the_same_bytes_give_the_same_set_whatever_they_are_called():
    one, two = import_set(CSV, "one.csv"), import_set(CSV, "two")
    assert one.name == two.name
    assert np.array_equal(one.dataset.train_images, two.dataset.train_images)


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        (gzip.compress(CSV), "mine.csv.gz"),
        (zipped({"folder/mine.CSV": CSV}), "mine.zip"),
        (zipped({"mine.csv.gz": gzip.compress(CSV)}), "mine.zip"),
    ],
)
def test_a_table_may_be_packed(data, filename):
    own = import_set(data, filename).dataset
    assert len(own.train_labels) == 16
    assert own.class_names == ("0", "1", "2", "3")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_idx_files_in_a_zip_keep_their_test_part(pack):
    _, plain = mnist_files()
    own = import_set(zipped({name: pack(data) for name, data in plain.items()}), "mine.zip")
    assert np.array_equal(own.dataset.train_images, digits(20))
    assert own.dataset.test_labels.tolist() == list(range(10))
    assert own.report[-1] == "20 to train with and 10 to test with, as the upload says."


def test_two_tables_are_a_training_and_a_test_part():
    test = table(digits(4, seed=5), range(4), header=header())
    own = import_set(zipped({"mnist_test.csv": test, "mnist_train.csv": CSV}), "mine.zip").dataset
    assert np.array_equal(own.train_images, digits(20))
    assert np.array_equal(own.test_images, digits(4, seed=5))


def test_dim_pixels_are_scaled_and_told():
    own = import_set(table(digits(8, 8) // 16, [0, 1] * 4), "mine.csv")
    assert own.dataset.train_images.max() > 200
    assert own.report[1] == "Pixels of 0 to 15 were scaled to 0 to 255."
    assert "Resized from 8 x 8" in own.report[2]


def test_a_bright_background_is_inverted_and_told():
    own = import_set(table(255 - digits(20), [0, 1] * 10), "mine.csv")
    images = np.concatenate([own.dataset.train_images, own.dataset.test_images])
    assert sorted(map(bytes, images)) == sorted(map(bytes, digits(20)))
    assert "inverted to white on black" in own.report[1]


def test_what_is_not_read_is_counted():
    files = class_folders("ab") | {
        "more.zip": zipped(class_folders("cd")), "a/notes.txt": b"", "b/x.svg": b"",
        "__MACOSX/a/._0.png": b"", "a/.DS_Store": b"",
    }  # fmt: skip
    assert import_set(zipped(files), "mine.zip").report[1] == (
        "Not read: 1 archive and 2 other files in the zip."
    )


def test_a_long_list_of_classes_is_cut():
    report = import_set(zipped(class_folders(map(str, range(50)), 2)), "mine.zip").report
    assert report[0].startswith("100 images in 50 classes: 0 (2), 1 (2), ")
    assert report[0].endswith("9 (2) and 40 more.")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "mine is empty."),
        (picture(digits(1)[0]), "mine is a single picture; a zip with one folder of pictures a"),
        (idx(digits(3)), "mine is one IDX file; the images and their labels are needed, both"),
        (gzip.compress(idx(digits(3))), "mine is one IDX file; the images and their labels are"),
        (b"\x7fELF\0\0\0\0", "mine is not read; allowed: a zip with one folder of pictures"),
        (b"hello", "mine has"),
        (gzip.compress(CSV)[:-4], "mine ends too early."),
        (zipped({}), "The zip holds no pictures (png, jpg, gif, bmp, webp) in class folders, no"),
        (zipped({"a/x.zip": zipped(class_folders("ab"))}), "The zip holds no pictures"),
        (zipped({"a.csv": CSV, "b.csv": CSV}), "The zip holds 2 CSV files; allowed: one, or one"),
        (zipped({"a-test.csv": CSV, "test.csv": CSV}), "The zip holds 2 CSV files; allowed: one"),
        (
            zipped({"train.csv": CSV, "test.csv": table(digits(4, 8), range(4))}),
            "The images to train with and to test with differ in size.",
        ),
        (table(0 * digits(4), [0, 1, 0, 1]), "Every pixel is 0; allowed: 0 to 255, and some"),
        (table(digits(4), [1] * 4), "The set has one class (1); allowed: 2 to 50."),
        (table(digits(102), [*range(51)] * 2), "The set has 51 classes; allowed: 2 to 50."),
        (table(digits(4), "aaab"), "Class b has 1 image; allowed: 2 or more, one to test with."),
        (zipped(class_folders("ab") | {"../c/x.png": b""}), "The path ../c/x.png leads out of"),
        # Made by the test: that takes seconds, and every process reads this list.
        (partial(zeros_in_a_zip, 300 << 20), "The zip unpacks to 300 MB; allowed: 256 MB."),
        (partial(zeros_in_a_gzip, 257 << 20), "mine unpacks to more than 268,435,456 bytes."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence(cache, data, sentence):
    said = refusal(data() if callable(data) else data, "mine")
    assert said.startswith(sentence)
    assert said.endswith(".")
    assert "\n" not in said
    assert not (cache / "own").exists()


def test_an_upload_that_is_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(uploads, "_read", None)
    said = refusal(bytes((64 << 20) + 1), "a\nb" * 100)
    assert "has 64.0 MB; allowed: 64 MB." in said
    assert len(said) < 120
    assert said.isprintable()


def test_gzip_within_a_zip_counts_towards_what_it_unpacks_to(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UNPACKED", 30_000)
    _, plain = mnist_files()
    files = {f"{name}.gz": gzip.compress(data) for name, data in plain.items()}
    files["x-images-idx3-ubyte.gz"] = gzip.compress(idx(np.zeros((40, 28, 28), np.uint8)))
    assert "unpacks to more than" in refusal(zipped(files))


def test_time_is_bounded():
    start = time.monotonic()
    assert "took longer than 0 seconds" in refusal(zipped(class_folders("ab", 50)), seconds=0)
    assert time.monotonic() - start < 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from([CSV, zipped({"a.csv": CSV}), zipped(class_folders("ab", 2, side=9))]),
    st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(1, 255)), min_size=1, max_size=5),
    st.integers(0, 50),
)
def test_a_damaged_upload_is_imported_or_refused(cache, data, changes, cut):
    changed = bytearray(data)
    for place, flip in changes:
        changed[place % len(changed)] ^= flip
    try:
        own = import_set(bytes(changed[: len(changed) - cut]), "mine")
    except DataError:
        return
    assert 2 <= own.dataset.num_classes <= 50


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_with_a_data_error(cache, data):
    refusal(data)


def test_idx_files_may_be_brought_together_without_a_zip():
    _, files = mnist_files()
    own = import_files(sorted(files.items(), reverse=True))
    assert own.name == import_files(sorted(files.items())).name
    assert np.array_equal(load(own.name).train_images, own.dataset.train_images)
    assert len(own.dataset.train_labels) == 20
    assert len(own.dataset.test_labels) == 10


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([("a.zip", zipped({"x": b"1"})), ("b.csv", CSV)], "allowed: one zip alone"),
        ([(f"{i}.csv", CSV) for i in range(9)], "9 files were given; allowed: 4"),
        ([("a", b"1" * (33 << 20)), ("b", b"2" * (33 << 20))], "66.0 MB together; allowed: 64"),
        ([("../../a.csv", CSV), ("b.csv", CSV)], "2 CSV files"),
    ],
)
def test_what_does_not_belong_together_is_told(files, sentence):
    with pytest.raises(DataError, match=re.escape(sentence)):
        import_files(files)
