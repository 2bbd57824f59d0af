"""Pictures through warps against a bilinear sampler in numpy, and what must hold to the bit."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from lgm_core.alignment.families import FAMILIES
from lgm_core.alignment.warp import chained, pixel_offsets, sample, warp
from tests.alignment.longhand import (
    BORDERS,
    NAMES,
    centres,
    displaced,
    numpy,
    sampled,
    thetas,
    warped,
)

SIZES = {"48": ((48, 48), None), "47x53": ((47, 53), None), "64->48": ((64, 64), (48, 48))}
BARS = {torch.float32: 1e-5, torch.float64: 1e-6}

every_family = pytest.mark.parametrize("name", NAMES)
every_border = pytest.mark.parametrize("border", BORDERS)


def pictures(count: int, height: int, width: int, dtype: torch.dtype, channels: int = 1) -> Tensor:
    random = torch.Generator().manual_seed(height)
    return torch.rand(count, channels, height, width, generator=random, dtype=torch.float64).to(
        dtype
    )


@pytest.mark.parametrize("dtype", BARS, ids=str)
@pytest.mark.parametrize("sides", SIZES)
@every_border
@every_family
def test_a_warped_picture_is_the_longhand_one(name, border, sides, dtype):
    (height, width), size = SIZES[sides]
    images = pictures(2, height, width, dtype, channels=2)
    stages = [(FAMILIES[name], thetas(name, 2, dtype))]
    found = warp(images, stages, size=size, border=border)
    expected = warped(images, stages, size or (height, width), border)
    assert found.dtype == dtype
    np.testing.assert_allclose(numpy(found), expected, rtol=0, atol=BARS[dtype])


@every_border
def test_warps_in_a_chain_are_the_longhand_composition(border):
    images = pictures(2, 48, 48, torch.float64)
    names = ("tps", "projective", "similarity")
    stages = [(FAMILIES[n], thetas(n, 2, torch.float64, k)) for k, n in enumerate(names)]
    found = warp(images, stages, border=border)
    np.testing.assert_allclose(
        numpy(found), warped(images, stages, (48, 48), border), rtol=0, atol=1e-9
    )


@every_family
def test_the_last_warp_of_a_chain_moves_a_place_first(name):
    # The first stage saw the input picture: a place of the result goes through it last.
    first, last = (thetas(name, 1, torch.float64, seed) for seed in (1, 2))
    points = centres(5, 5)
    middle = points + displaced(name, numpy(last)[0], points)
    end = middle + displaced(name, numpy(first)[0], middle)
    stages = [(FAMILIES[name], theta) for theta in (first, last)]
    found = chained(stages, torch.from_numpy(points))
    np.testing.assert_allclose(found[0], end - points, rtol=0, atol=1e-10)


def test_no_warp_at_all_is_refused():
    with pytest.raises(ValueError, match="there is no warp; allowed: one at least"):
        chained([], torch.zeros(1, 2))


@pytest.mark.parametrize("dtype", BARS, ids=str)
@every_border
@every_family
def test_the_identity_leaves_every_pixel_as_it_is(name, border, dtype):
    family = FAMILIES[name]
    for height, width in ((48, 48), (47, 53), (64, 64), (33, 20), (1, 1)):
        for count in (1, 5):
            images = 300 * pictures(count, height, width, dtype) - 100
            stage = (family, family.bounded(torch.zeros(count, family.raw_size, dtype=dtype)))
            assert torch.equal(warp(images, [stage], border=border), images)
            assert torch.equal(warp(images, [stage, stage], border=border), images)


@pytest.mark.parametrize("side", [32, 47, 48, 64])
@every_border
def test_a_shift_by_whole_pixels_is_exact(border, side):
    images = pictures(1, side, side, torch.float32)
    places = pixel_offsets(side, side, images)
    for x, y in ((1, 0), (0, -1), (5, 3), (-7, 11), (side - 1, 0), (2 * side, 0)):
        found = sample(
            images, (places + torch.tensor([x, y])).view(1, side, side, 2), border=border
        )
        rows, columns = np.arange(side) + y, np.arange(side) + x
        kept = images[0, 0].numpy()[np.ix_(rows.clip(0, side - 1), columns.clip(0, side - 1))]
        if border == "black":
            inside = (rows >= 0) & (rows < side), (columns >= 0) & (columns < side)
            kept = kept * np.outer(*inside)
        np.testing.assert_array_equal(found[0, 0].numpy(), kept)


@pytest.mark.parametrize("side", [32, 47, 48, 64])
def test_a_translation_by_whole_pixels_is_exact(side):
    images = pictures(1, side, side, torch.float32)
    wrong = []
    for pixels in range(-side // 2, side // 2 + 1):
        theta = torch.tensor([[2 * pixels / side, 0.0]])
        found = warp(images, [(FAMILIES["translation"], theta)])
        columns = (np.arange(side) + pixels).clip(0, side - 1)
        if not np.array_equal(found[0, 0].numpy(), images[0, 0].numpy()[:, columns]):
            wrong.append(pixels)
    assert wrong == []


@every_border
def test_places_far_outside_show_what_lies_outside(border):
    images = 1 + pictures(1, 6, 9, torch.float64)
    random = torch.Generator().manual_seed(0)
    offsets = 40 * torch.rand(1, 50, 50, 2, generator=random, dtype=torch.float64) - 20
    found = sample(images, offsets, border=border)[0, 0]
    x, y = numpy(offsets[0, ..., 0]) + 4, numpy(offsets[0, ..., 1]) + 2.5
    expected = sampled(numpy(images[0, 0]), x, y, border)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert bool((found == 0).any()) == (border == "black")


@every_border
@every_family
def test_gradients_to_picture_and_theta_are_those_of_finite_differences(name, border):
    images = pictures(2, 6, 7, torch.float64).requires_grad_()
    theta = thetas(name, 2, torch.float64, size=0.2).requires_grad_()

    def through(images: Tensor, theta: Tensor) -> Tensor:
        return warp(images, [(FAMILIES[name], theta)] * 2, size=(4, 5), border=border)

    assert torch.autograd.gradcheck(through, (images, theta))


@every_family
def test_a_picture_looks_the_same_in_a_batch_of_any_size(name):
    images, theta = pictures(7, 24, 24, torch.float64), thetas(name, 7, torch.float64)
    together = warp(images, [(FAMILIES[name], theta)])
    for n in range(7):
        alone = warp(images[n : n + 1], [(FAMILIES[name], theta[n : n + 1])])
        torch.testing.assert_close(together[n : n + 1], alone, rtol=0, atol=1e-12)


@pytest.mark.parametrize("side", [21, 22])
@every_family
def test_looking_first_does_not_keep_from_training_later(name, side):
    # No other test has pictures of these sides: what is kept for them is made while looking.
    images, theta = pictures(2, side, side + 6, torch.float32), thetas(name, 2, torch.float32)
    with torch.inference_mode():
        looked = warp(images.clone(), [(FAMILIES[name], theta.clone())])
    theta.requires_grad_()
    images.requires_grad_()
    trained = warp(images, [(FAMILIES[name], theta)])
    trained.square().sum().backward()
    assert torch.equal(trained.detach(), looked)
    for gradient in (images.grad, theta.grad):
        assert bool(gradient.isfinite().all())
        assert bool(gradient.any())
