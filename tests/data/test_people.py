import numpy as np
import pytest

from lgm_core.data import DataError
from lgm_core.data.faces import orl_faces
from lgm_core.data.kept_people import read, save
from lgm_core.data.people import Pairs, People, load_people, orl_people, shrunk, split_people


def some_people(count=5, each=2, **changes):
    """Plain squares, one shade a person."""
    people = np.repeat(np.arange(count), each)
    images = np.empty((count * each, 64, 64), np.uint8)
    images[:] = (10 * people)[:, None, None]
    parts = {
        "name": "own-0123456789abcdef",
        "title": f"Own set, {count} people",
        "images": images,
        "people": people,
        "names": tuple(f"P{i}" for i in range(count)),
    }
    return People(**parts | changes)


def pairs(left, right, same, fold):
    return Pairs(np.array(left), np.array(right), np.array(same), np.array(fold))


def test_orl_has_ten_pictures_of_each_of_forty_people():
    orl = load_people("orl")
    assert (orl.name, orl.title) == ("orl", "ORL, 40 people")
    assert orl.images.shape == (400, 64, 64)
    assert orl.people.tolist() == [person for person in range(40) for _ in range(10)]
    assert orl.names[0] == "Person 1"
    assert orl.pairs is None
    assert load_people("orl") is orl


def test_an_orl_face_keeps_its_shape_between_repeated_edges():
    face, orl = orl_faces().images[37].astype(float), orl_people().images[37].astype(float)
    # 112 x 92 becomes 112 x 112 with ten columns on either side, and then 64 x 64.
    first, last = round(10 * 64 / 112), round(102 * 64 / 112)
    assert np.abs(orl[:, : first - 2] - orl[:, :1]).max() <= 1
    assert np.abs(orl[:, last + 2 :] - orl[:, -1:]).max() <= 1
    # As bright as the picture, row by row: nothing is cut off, above or below.
    rows = face.mean(1).reshape(16, 7).mean(1)
    assert np.abs(orl[:, first:last].reshape(16, 4, -1).mean((1, 2)) - rows).max() < 6


def test_shrinking_takes_every_pixel_into_account():
    stripes = np.zeros((256, 256), np.uint8)
    stripes[:, ::2] = 200
    assert np.abs(shrunk(stripes)[:, 1:-1].astype(int) - 100).max() <= 3


def test_the_arrays_cannot_be_written_to():
    for array in (orl_people().images, orl_people().people):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_orl_is_divided_into_thirty_people_and_ten_others():
    orl = orl_people()
    train, test = split_people(orl)
    assert (len(train), len(test)) == (300, 100)
    assert sorted([*train, *test]) == list(range(400))
    known, unknown = set(orl.people[train].tolist()), set(orl.people[test].tolist())
    assert (len(known), len(unknown)) == (30, 10)
    assert not known & unknown


def test_the_seed_alone_says_who_is_tested():
    first, again, other = (split_people(orl_people(), seed=seed)[1].tolist() for seed in (3, 3, 4))
    assert first == again != other


def test_the_rule_of_the_split_is_the_one_that_is_documented():
    orl = orl_people()
    order = np.random.default_rng(5).permutation(40)
    assert set(orl.people[split_people(orl, 0.5, 5)[1]]) == set(order[:20])


@pytest.mark.parametrize(("share", "tested"), [(0.01, 2), (0.4, 2), (0.6, 3), (0.99, 3)])
def test_two_people_at_least_are_on_either_side(share, tested):
    people = some_people(5)
    train, test = split_people(people, share)
    assert len(set(people.people[test])) == tested
    assert len(set(people.people[train])) == 5 - tested


def test_three_people_cannot_be_divided():
    with pytest.raises(DataError) as error:
        split_people(some_people(3))
    assert str(error.value) == (
        "Own set, 3 people cannot be divided: it has 3; allowed: 4 or more, two to train with and "
        "two to test with."
    )


@pytest.mark.parametrize("share", [0, 1, -0.5, float("nan")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(DataError, match=r"^The test share is .*; allowed: above 0 and below 1\.$"):
        split_people(some_people(), share)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"images": np.zeros((10, 32, 32), np.uint8)}, "uint8 [10, 32, 32]; allowed: uint8 [10, "),
        ({"images": np.zeros((10, 64, 64))}, "The faces are float64 [10, 64, 64]; allowed: uint8"),
        ({"people": np.repeat(np.arange(5), 2) - 1}, "contain -1; allowed: 0 to 4."),
        ({"people": np.repeat(np.arange(5), 2) + 1}, "contain 5; allowed: 0 to 4."),
        ({"people": np.zeros(10, np.int64)}, "4 of 5 people have no picture; allowed: 0."),
        ({"names": ("a", "b", "c", "d", "a")}, "Two people of the set have the same name."),
        ({"names": ("a", "b", "c", "d", "e\n")}, "is not plain text of 1 to 60 characters."),
        ({"pairs": pairs([0], [10], [True], [0])}, "contain 10; allowed: 0 to 9."),
        ({"pairs": pairs([0], [9], [True], [0])}, "The pairs and the names of the people disagree"),
    ],
)
def test_what_does_not_fit_is_told(changes, sentence):
    with pytest.raises(DataError) as error:
        some_people(**changes)
    assert sentence in str(error.value)


def test_a_kept_set_comes_back_as_it_was():
    kept = some_people(pairs=pairs([0, 0], [1, 9], [True, False], [0, 1]))
    save(kept)
    back = load_people(kept.name)
    assert (back.name, back.title, back.names) == (kept.name, kept.title, kept.names)
    assert np.array_equal(back.images, kept.images)
    assert np.array_equal(back.people, kept.people)
    assert all(map(np.array_equal, back.pairs, kept.pairs))
    save(some_people())
    assert load_people(kept.name).pairs is None


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: b"", lambda data: b"{" * 99]
)
def test_a_damaged_file_is_told(cache, damage):
    save(some_people())
    (path,) = (cache / "people").iterdir()
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match=r"^The faces own-\w+ are damaged on this server\.$"):
        load_people("own-0123456789abcdef")


def test_names_that_nothing_stands_under_are_told():
    with pytest.raises(DataError) as error:
        load_people("mnist")
    assert str(error.value) == (
        "faces is 'mnist'; allowed: orl, synthetic, olivetti, lfw, own-… (a set of your own)."
    )
    with pytest.raises(DataError, match="own-00000000000000aa are not on this server"):
        load_people("own-00000000000000aa")
    with pytest.raises(DataError, match="is not the name of kept faces"):
        read("../orl")
