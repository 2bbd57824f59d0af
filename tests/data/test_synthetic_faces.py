from dataclasses import replace

import numpy as np
import pytest

from lgm_core.data import DataError
from lgm_core.data.face_drawing import draw_face
from lgm_core.data.face_looks import PLAIN, random_circumstance, random_identity
from lgm_core.data.people import load_people
from lgm_core.data.synthetic_faces import synthetic_people

#: Frame units of the middle of each column and row.
FRAME = (np.arange(64) + 0.5) / 32 - 1


def people(count=12):
    return [random_identity(np.random.default_rng(seed)) for seed in range(count)]


def test_the_set_is_like_orl_in_size():
    drawn = load_people("synthetic")
    assert (drawn.name, drawn.title) == ("synthetic", "Synthetic, 40 people")
    assert drawn.images.shape == (400, 64, 64)
    assert drawn.people.tolist() == [person for person in range(40) for _ in range(10)]
    assert len({image.tobytes() for image in drawn.images}) == 400


def test_the_seed_alone_says_what_is_drawn():
    drawn = synthetic_people.__wrapped__  # each time anew
    first = drawn(3, 2, seed=7).images
    assert np.array_equal(first, drawn(3, 2, seed=7).images)
    assert not np.array_equal(first, drawn(3, 2, seed=8).images)


def test_a_person_looks_the_same_in_a_larger_set():
    drawn = synthetic_people.__wrapped__
    few, many = drawn(2, 2).images, drawn(3, 4).images
    assert np.array_equal(few[2:4], many[4:6])


def test_everyone_is_closest_to_another_picture_of_themselves():
    drawn = synthetic_people()
    flat = drawn.images.reshape(400, -1).astype(np.float64)
    flat -= flat.mean(1, keepdims=True)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    alike = flat @ flat.T
    np.fill_diagonal(alike, -1)
    assert (drawn.people[alike.argmax(1)] == drawn.people).mean() > 0.95


def test_the_pupils_lie_where_the_frame_says():
    for who in people():
        face = draw_face(replace(who, glasses=0.0, beard=0.0, skin=0.7, iris=0.3), PLAIN)
        for middle in (-0.3, 0.3):
            near = (np.abs(FRAME + 0.08) < 0.1)[:, None] & (np.abs(FRAME - middle) < 0.1)
            rows, columns = np.nonzero(near & (face < 50))
            assert abs(FRAME[columns].mean() - middle) < 0.05
            assert abs(FRAME[rows].mean() + 0.08) < 0.05


def test_the_mouth_lies_where_the_frame_says():
    for who in people():
        face = draw_face(replace(who, beard=0.0), PLAIN).astype(int)
        column = face[:, 31:33].mean(1)
        rows = np.flatnonzero((FRAME > 0.35) & (FRAME < 0.65))
        assert abs(FRAME[rows[column[rows].argmin()]] - 0.48) < 0.06


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"smile": 0.06}, [(0.0, 0.48)]),
        ({"mouth_open": 0.05}, [(0.0, 0.48)]),
        ({"eyes_open": 0.6}, [(-0.3, -0.08), (0.3, -0.08)]),
        ({"gaze": 0.03}, [(-0.3, -0.08), (0.3, -0.08)]),
    ],
)
def test_an_expression_changes_its_own_place_and_no_other(change, places):
    who = people(1)[0]
    moved = draw_face(who, PLAIN) != draw_face(who, replace(PLAIN, **change))
    assert moved.sum() > 5
    near = np.zeros((64, 64), bool)
    for x, y in places:
        near |= (np.abs(FRAME - y) < 0.2)[:, None] & (np.abs(FRAME - x) < 0.4)
    assert not (moved & ~near).any()


def test_light_from_one_side_brightens_that_half_of_the_face():
    for who in people(4):
        left = draw_face(who, replace(PLAIN, light=-0.8)).astype(int)
        right = draw_face(who, replace(PLAIN, light=0.8)).astype(int)
        cheek = slice(32, 44)
        assert (left[cheek, 16:24].mean() - right[cheek, 16:24].mean()) > 5
        assert np.array_equal(left[:, ::-1][cheek, 24:40], right[cheek, 24:40])


def test_without_noise_edges_are_smooth():
    # A step of full height without anything between would be a jagged edge.
    who = replace(people(1)[0], background=1.0, hair_line=-1.2, hair_sides=0.0, skin=0.4)
    row = draw_face(who, PLAIN)[12].astype(int)
    between = (row > 120) & (row < 235)
    assert between[:32].any()
    assert between[32:].any()


def test_noise_is_as_strong_as_it_says():
    who = replace(people(1)[0], background=0.5)
    noisy = draw_face(who, replace(PLAIN, noise=0.02, seed=1)).astype(int)
    spread = (noisy - draw_face(who, PLAIN))[:, :4].std()
    assert 4.3 < spread < 6
    other = draw_face(who, replace(PLAIN, noise=0.02, seed=2))
    assert not np.array_equal(noisy, other)


def test_any_person_in_any_light_is_neither_black_nor_white():
    random = np.random.default_rng(0)
    for _ in range(60):
        face = draw_face(random_identity(random), random_circumstance(random))
        assert face.std() > 12
        assert ((face == 0) | (face == 255)).mean() < 0.2


@pytest.mark.parametrize(
    ("count", "pictures", "seed", "sentence"),
    [
        (0, 10, 0, "The set would have 0 people with 10 pictures each; allowed: 1 or more of both"),
        (40, 0, 0, "20,000 pictures together."),
        (201, 100, 0, "The set would have 201 people with 100 pictures each"),
        (4, 2, -1, "The seed is -1; allowed: 0 or more."),
    ],
)
def test_numbers_that_are_not_allowed_are_named(count, pictures, seed, sentence):
    with pytest.raises(DataError) as error:
        synthetic_people(count, pictures, seed)
    assert sentence in str(error.value)
