import hashlib
import io
import subprocess
import sys

import numpy as np
import pytest
from scipy.io import savemat

from lgm_core.data import DataError
from lgm_core.data import people as door
from lgm_core.data.fetched_faces import FaceFile, lfw_people, olivetti_people
from lgm_core.data.people import load_people
from tests.data.conftest import send
from tests.data.making_faces import ARCHIVE, PAIRS


def face_file(name, data, url, **changes):
    parts = {
        "name": name,
        "url": url + name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "limit": len(data) + 10,
    }
    return FaceFile(**parts | changes)


@pytest.fixture
def lfw(mirror):
    """Files on a server: load them as LFW, with everything that may be different."""

    def load(pairs=PAIRS, archive=ARCHIVE, progress=None, **changes):
        stored = {"pairs.txt": pairs.encode(), "lfw-funneled.tgz": archive}
        load.server = mirror(lambda handler, name: send(handler, stored[name]))
        files = [face_file(name, data, load.server.url) for name, data in stored.items()]
        if changes:
            files[1] = face_file("lfw-funneled.tgz", archive, load.server.url, **changes)
        return lfw_people(files=tuple(files), progress=progress)

    return load


def refusal(load, **options):
    with pytest.raises(DataError) as error:
        load(**options)
    return str(error.value)


def test_what_was_downloaded_once_is_kept(lfw, cache):
    first = lfw()
    # The server is down or forgotten; the second time nothing is asked of it.
    again = load_people("lfw")
    assert lfw.server.asked == ["pairs.txt", "lfw-funneled.tgz"]
    assert np.array_equal(again.images, first.images)
    assert all(map(np.array_equal, again.pairs, first.pairs))
    assert [path.name for path in cache.rglob("*") if path.is_file()] == ["lfw.safetensors"]


def test_a_kept_file_that_is_damaged_is_downloaded_again(lfw, cache):
    lfw()
    (cache / "people" / "lfw.safetensors").write_bytes(b"torn")
    assert lfw().names[0] == "Ann Lee"
    assert load_people("lfw").names[0] == "Ann Lee"


def test_progress_grows_over_both_files(lfw):
    seen = []
    lfw(progress=lambda done, total: seen.append((done, total)))
    total = len(PAIRS) + len(ARCHIVE)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (total, total)


def test_files_in_the_data_folder_need_no_server(lfw, tmp_path, monkeypatch):
    (tmp_path / "pairs.txt").write_text(PAIRS)
    (tmp_path / "lfw-funneled.tgz").write_bytes(ARCHIVE)
    monkeypatch.setenv("LGM_DATA_DIR", str(tmp_path))
    assert lfw().title == "LFW, 4 people"
    assert lfw.server.asked == []


def test_a_wrong_file_in_the_data_folder_is_named_when_the_server_fails_too(
    lfw, tmp_path, monkeypatch
):
    (tmp_path / "lfw-funneled.tgz").write_bytes(b"another one")
    monkeypatch.setenv("LGM_DATA_DIR", str(tmp_path))
    assert refusal(lfw, sha256="0" * 64) == (
        "LFW cannot be downloaded: in LGM_DATA_DIR, lfw-funneled.tgz is not the expected file, its "
        "checksum differs; 127.0.0.1: lfw-funneled.tgz is not the expected file, its checksum "
        "differs. Use orl or synthetic."
    )


@pytest.mark.parametrize(("fetch", "name"), [(lfw_people, "LFW"), (olivetti_people, "Olivetti")])
def test_without_a_network_a_sentence_says_so(mirror, fetch, name):
    down = mirror(lambda handler, _: None)
    down.close()
    file = face_file("faces", b"", down.url)
    options = {"files": (file, file)} if fetch is lfw_people else {"file": file}
    with pytest.raises(DataError) as error:
        fetch(**options)
    assert str(error.value) == (
        f"{name} cannot be downloaded: 127.0.0.1: no connection. Use orl or synthetic."
    )


def test_a_server_that_refuses_is_told(mirror):
    server = mirror(lambda handler, _: handler.send_error(403))
    with pytest.raises(DataError, match=r"127\.0\.0\.1: it answered 403\. Use orl or synthetic"):
        olivetti_people(file=face_file("faces", b"", server.url))


def test_a_file_that_is_too_long_is_cut(lfw):
    assert "the file is longer than 100 bytes" in refusal(lfw, limit=100)


def matlab(faces):
    buffer = io.BytesIO()
    savemat(buffer, {"faces": faces, "p": 1.0})
    return buffer.getvalue()


def olivetti(mirror, data):
    server = mirror(lambda handler, _: send(handler, data))
    return olivetti_people(file=face_file("olivettifaces.mat", data, server.url))


@pytest.mark.parametrize("kind", [np.uint8, np.float64])
def test_olivetti_pictures_stand_upright_person_by_person(mirror, kind):
    images = np.random.default_rng(0).integers(0, 256, (30, 64, 64))
    # MATLAB stores columns: each picture's first column comes first.
    people = olivetti(mirror, matlab(images.transpose(0, 2, 1).reshape(30, -1).T.astype(kind)))
    assert np.array_equal(people.images, images)
    assert people.people.tolist() == [0] * 10 + [1] * 10 + [2] * 10
    assert people.title == "Olivetti, 3 people"
    assert np.array_equal(load_people("olivetti").images, images)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"no matlab file", "olivettifaces.mat is damaged: its faces cannot be read."),
        (matlab(np.zeros((4096, 20)))[:2000], "olivettifaces.mat is damaged: "),
        (matlab(np.zeros((4096, 13))), "has faces of shape [4096, 13]; allowed: [4096, 10 for"),
        (matlab(np.zeros((400, 4096))), "has faces of shape [400, 4096]; allowed: [4096, 10 for"),
        (matlab(np.full((4096, 10), np.nan)), "has pixels that are no numbers from 0 to 255."),
    ],
)
def test_an_olivetti_file_that_is_not_right_is_told(mirror, data, sentence):
    with pytest.raises(DataError) as error:
        olivetti(mirror, data)
    assert sentence in str(error.value)


def test_the_names_lead_to_the_fetchers_with_progress(monkeypatch):
    asked = []
    monkeypatch.setattr(
        "lgm_core.data.fetched_faces.lfw_people", lambda progress: asked.append(progress)
    )
    door.load_people("lfw", progress=print)
    assert asked == [print]


def test_nothing_that_reads_pickles_is_loaded():
    code = (
        "import sys; import lgm_core.data.fetched_faces, lgm_core.data.people;"
        "print({'sklearn', 'joblib', 'scipy', 'torch'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
