import json
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save as save_tensors

from lgm_core.data import DataError, Dataset, own
from tests.data.making import digits

NAME = "own-0123456789abcdef"


def make(name=NAME, count=6):
    labels = np.arange(count) % 2
    return Dataset(
        name, digits(count), labels, digits(2), labels[:2], ("a", "ü b"), "What was done."
    )


def test_what_was_kept_is_read():
    kept = make()
    own.save(kept)
    read = own.read(NAME)
    for name in ("train_images", "train_labels", "test_images", "test_labels"):
        assert np.array_equal(getattr(read, name), getattr(kept, name))
        assert getattr(read, name).dtype == getattr(kept, name).dtype
        assert getattr(read, name).flags.writeable
    assert (read.name, read.class_names, read.note) == (NAME, ("a", "ü b"), "What was done.")


def test_a_set_that_is_gone_must_be_uploaded_again():
    with pytest.raises(DataError) as error:
        own.read(NAME)
    assert str(error.value) == f"The set {NAME} is no longer on this server; upload its file again."


@pytest.mark.parametrize("name", ["own-x", "../own-0123456789abcdef", "bundled", NAME + "\n", ""])
def test_a_name_that_is_none_touches_no_file(name):
    assert not own.is_name(name)
    with pytest.raises(DataError, match="is not the name of a set"):
        own.read(name)


def arrays(**changes):
    kept = make()
    names = ("train_images", "train_labels", "test_images", "test_labels")
    values = {name: getattr(kept, name) for name in names} | changes
    return {name: value for name, value in values.items() if value is not None}


ABOUT = {"set": json.dumps({"class_names": ["a", "b"], "note": ""})}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no tensors at all",
        save_tensors(arrays(), metadata=ABOUT)[:-1],
        save_tensors(arrays()),
        save_tensors(arrays(), metadata={"set": "no json"}),
        save_tensors(arrays(), metadata={"set": "[" * 100_000}),
        save_tensors(arrays(), metadata={"set": "[]"}),
        save_tensors(arrays(), metadata={"set": '{"class_names": 5, "note": ""}'}),
        save_tensors(arrays(), metadata={"set": '{"class_names": [1, 2], "note": ""}'}),
        save_tensors(arrays(), metadata={"set": '{"class_names": ["a", "b"], "note": 3}'}),
        save_tensors(arrays(), metadata={"set": '{"class_names": ["a"], "note": ""}'}),
        save_tensors(arrays(test_labels=None), metadata=ABOUT),
        save_tensors(arrays(test_labels=np.array([0, 7])), metadata=ABOUT),
        save_tensors(arrays(train_labels=np.array([0, 1])), metadata=ABOUT),
        save_tensors(arrays(test_images=digits(2).astype(np.float32)), metadata=ABOUT),
    ],
    ids=range(15),
)
def test_a_damaged_file_is_refused(cache, data):
    (cache / "own").mkdir(parents=True)
    (cache / "own" / f"{NAME}.safetensors").write_bytes(data)
    with pytest.raises(DataError) as error:
        own.read(NAME)
    assert str(error.value) == f"The set {NAME} is damaged on this server; upload its file again."


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 255)), min_size=1, max_size=5))
def test_a_changed_header_is_read_or_refused(cache, changes):
    data = bytearray(save_tensors(arrays(), metadata=ABOUT))
    for place, flip in changes:
        data[place] ^= flip
    (cache / "own").mkdir(parents=True, exist_ok=True)
    (cache / "own" / f"{NAME}.safetensors").write_bytes(data)
    try:
        read = own.read(NAME)
    except DataError:
        return
    assert read.train_images.shape == (6, 28, 28)


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch):
    own.save(make())
    monkeypatch.setattr(own, "MAX_FILE", 100)
    monkeypatch.setattr(own, "safe_open", None)
    with pytest.raises(DataError, match="is damaged on this server"):
        own.read(NAME)


def test_the_sets_used_least_recently_make_room(cache, monkeypatch):
    names = [f"own-{i:016x}" for i in range(4)]
    for i, name in enumerate(names[:3]):
        own.save(make(name))
        os.utime(cache / "own" / f"{name}.safetensors", (i, i))
    own.read(names[0])  # used just now
    size = (cache / "own" / f"{names[0]}.safetensors").stat().st_size
    monkeypatch.setattr(own, "MAX_TOTAL", 2 * size)
    own.save(make(names[3]))
    left = {path.stem for path in (cache / "own").iterdir()}
    assert left == {names[0], names[3]}


def test_the_set_just_kept_stays_even_if_it_fills_the_room(monkeypatch):
    monkeypatch.setattr(own, "MAX_TOTAL", 10)
    own.save(make())
    assert len(own.read(NAME).train_labels) == 6


def test_a_disk_that_fails_is_told(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    monkeypatch.setenv("LGM_CACHE_DIR", str(blocked))
    with pytest.raises(DataError, match="The set cannot be kept on this server"):
        own.save(make())
