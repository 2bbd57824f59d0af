import numpy as np
import pytest

from lgm_core.data import DataError
from lgm_core.data.lfw import read_lfw
from tests.data.making_faces import ARCHIVE, PAIRS, photo, photos, tarred


def small(archive=ARCHIVE, pairs=PAIRS):
    return read_lfw(archive, pairs.encode())


def refusal(**options):
    with pytest.raises(DataError) as error:
        small(**options)
    return str(error.value)


def test_lfw_has_its_people_in_the_order_of_their_names():
    people = small()
    assert (people.name, people.title) == ("lfw", "LFW, 4 people")
    assert people.names == ("Ann Lee", "Bo Di", "Cy Ork", "Di Eng")
    assert people.people.tolist() == [0, 0, 0, 1, 1, 2, 3, 3]


def test_the_square_around_the_face_is_kept_and_nothing_else():
    shades = np.array([20, 30, 40, 60, 70, 100, 140, 150])
    images = small().images
    assert images.shape == (8, 64, 64)
    assert np.abs(images[:, 4:-4, 4:-4].astype(int) - shades[:, None, None]).max() <= 4
    assert images[:, 0].mean() < 120


def test_the_official_pairs_come_fold_by_fold():
    people = small()
    left, right, same, fold = people.pairs
    assert left.tolist() == [0, 3, 1, 4, 6, 1, 5, 7]
    assert right.tolist() == [2, 4, 5, 6, 7, 2, 3, 0]
    assert same.tolist() == [True, True, False, False] * 2
    assert fold.tolist() == [0] * 4 + [1] * 4


ONE = "lfw_funneled/Bo_Di/Bo_Di_0001.jpg"


@pytest.mark.parametrize(
    ("archive", "sentence"),
    [
        (ARCHIVE[:-400], "The LFW archive is damaged: it cannot be unpacked."),
        (b"not an archive", "The LFW archive is damaged: it cannot be unpacked."),
        (
            tarred({"other/file.txt": b""}),
            "The LFW archive holds no pictures; allowed: <name>/<name>_0001.jpg.",
        ),
        (tarred(photos() | {ONE: b"torn"}), f"{ONE} of the LFW archive is damaged."),
        (
            tarred(photos() | {ONE: photo(9, 200)}),
            f"{ONE} has 200 x 200 pixels; allowed: 250 x 250.",
        ),
        (
            tarred(photos() | {ONE: bytes((1 << 20) + 1)}),
            f"The LFW archive is too large at {ONE}; allowed: 20,000 pictures of at most 1 MB.",
        ),
    ],
    ids=["cut", "other", "empty", "torn", "size", "large"],
)
def test_an_archive_that_is_not_right_is_told(archive, sentence):
    assert refusal(archive=archive) == sentence


def test_an_archive_that_unpacks_without_end_is_cut(monkeypatch):
    monkeypatch.setattr("lgm_core.data.lfw._MAX_UNPACKED", 1 << 20)
    bomb = tarred(photos() | {"lfw_funneled/zeros": bytes(3 << 20)})
    assert refusal(archive=bomb) == "The LFW archive unpacks to more than 1 MB."


def test_a_path_that_leads_elsewhere_is_no_person():
    people = small(archive=tarred(photos() | {"../../evil/evil_0001.jpg": photo(1)}))
    assert len(people.names) == 4


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ("", "pairs.txt does not begin with the number of folds and of pairs."),
        ("ten 300\n", "pairs.txt does not begin with the number of folds and of pairs."),
        ("10\t-300\n", "pairs.txt announces 10 folds of -300 pairs; allowed: 1 to 100"),
        (PAIRS + "Bo_Di\t1\t2\n", "pairs.txt has 9 pairs, not 8."),
        (
            PAIRS.replace("Bo_Di\t1\t2", "Bo_Di\t1\t7"),
            "pairs.txt names Bo_Di 7, which is not in the LFW archive.",
        ),
        (PAIRS.replace("Bo_Di\t1\t2", "Bo_Di\t1"), "has a line of 2 words; allowed: 3 or 4."),
    ],
)
def test_pairs_that_are_not_right_are_told(pairs, sentence):
    assert sentence in refusal(pairs=pairs)
