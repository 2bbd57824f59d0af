"""What the browser computes of faces by itself: the trained localiser, poses, scores of pairs."""

from __future__ import annotations

import base64

import numpy as np
import pytest
import torch
from playwright.sync_api import Page
from safetensors.torch import save

from lgm_core.alignment.disturb import disturbed, pose_matrices
from lgm_core.alignment.families import FAMILIES
from lgm_core.alignment.transformer import SpatialTransformer
from lgm_core.alignment.verification import all_pairs, verify
from tests.browser.face_modules import SIDE, packed, run, unpacked


def some_faces(count: int) -> torch.Tensor:
    """Smooth pictures [N, 1, 48, 48] in 0 to 1."""
    random = torch.Generator().manual_seed(3)
    coarse = torch.rand(count, 1, 6, 6, generator=random)
    return torch.nn.functional.interpolate(coarse, size=(SIDE, SIDE), mode="bilinear")


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_its_localiser_is_torchs(tab: Page, name: str) -> None:
    torch.manual_seed(0)
    transformer = SpatialTransformer(FAMILIES[name], 2)
    for localiser in transformer.localisers:
        torch.nn.init.normal_(localiser[-1].weight, std=0.5)
        torch.nn.init.normal_(localiser[-1].bias, std=0.3)
    faces = some_faces(1)
    expected = transformer.thetas(faces)
    assert expected.abs().max() > 0.2
    weights = save({f"transformer.{k}": v for k, v in transformer.state_dict().items()})
    first = run(
        tab,
        "localiser.js",
        """const network = new m.Localisers(bytesOf(a.weights).buffer, a.name);
        return [network.stages.length, Array.from(network.theta(floatsOf(a.face), 48, 0))];
        """,
        {
            "weights": base64.b64encode(weights).decode(),
            "name": name,
            "face": packed(faces * 255),
        },
    )
    assert first[0] == 2
    np.testing.assert_allclose(first[1], expected[0, 0].numpy(), atol=2e-4)


def test_weights_of_something_else_are_refused(tab: Page) -> None:
    said = run(
        tab,
        "localiser.js",
        """const weights = bytesOf(a).buffer;
        try { new m.Localisers(weights, "affine"); } catch (error) { return error.message; }
        """,
        base64.b64encode(save({"network.0.weight": torch.zeros(3)})).decode(),
    )
    assert said == "this run has no transformer"


def test_it_poses_a_face_as_the_library_does(tab: Page) -> None:
    straight = torch.nn.functional.interpolate(some_faces(1), size=(64, 64), mode="bilinear")
    pose = torch.tensor([[0.4, 0.15, 0.2, -0.1, 0.0, 0.0, 0.0]], dtype=torch.float64)
    expected = disturbed(straight, pose_matrices(pose), size=SIDE)
    posed = run(
        tab,
        "posed.js",
        """const pose = { turn: 0.4, scale: 1.15, x: 0.2, y: -0.1 };
        return textOf(Float32Array.from(m.posedFace(floatsOf(a), 64, 48, pose)));""",
        packed(straight),
    )
    np.testing.assert_allclose(unpacked(posed), expected.flatten().numpy(), atol=1e-4)


def test_its_figures_of_a_verification_are_the_librarys(tab: Page) -> None:
    random = np.random.default_rng(0)
    people = np.repeat(np.arange(6), 5)
    pairs = all_pairs(people)
    # Rounded, so that there are equal scores.
    scores = np.round(random.normal(size=(2, len(pairs.same))) + 1.3 * pairs.same, 1) / 6
    expected = verify(scores.ravel().astype(np.float32), np.tile(pairs.same, 2))
    told = run(
        tab,
        "pair_scores.js",
        """const { same, left, right } = m.allPairs(a.people, 2);
        const { auroc, eer, curve } = m.rocOf(Float32Array.from(a.scores), same);
        const at = curve[Math.floor(curve.length / 2)];
        const accepted = m.acceptedAt(Float32Array.from(a.scores), same, at.threshold);
        const shares = m.scoreHistogram(Float32Array.from(a.scores), same, -1, 1, 7);
        const sum = (values) => values.reduce((all, value) => all + value, 0);
        return { auroc, eer: eer.rate, at, accepted,
          left: Array.from(left), right: Array.from(right), same: Array.from(same),
          sums: [sum(shares.genuine), sum(shares.impostors)],
          worst: m.worstMistakes(Float32Array.from(a.scores), same, 0.1, 3) };""",
        {"people": people.tolist(), "scores": scores.ravel().tolist()},
    )
    assert told["left"] == pairs.left.tolist()
    assert told["right"] == pairs.right.tolist()
    assert told["same"] == [*pairs.same, *pairs.same]
    assert told["auroc"] == pytest.approx(expected.auroc, abs=1e-9)
    assert told["eer"] == pytest.approx(expected.eer, abs=1e-9)
    corner = {name: told["at"][name] for name in ("genuine", "impostors")}
    assert told["accepted"] == pytest.approx(corner)
    assert told["sums"] == pytest.approx([1, 1])
    flat, same = scores.ravel().astype(np.float32), np.tile(pairs.same, 2)
    strangers = sorted(flat[~same & (flat >= np.float32(0.1))])[::-1][:3]
    refused = sorted(flat[same & (flat < np.float32(0.1))])[:3]
    assert [mistake["score"] for mistake in told["worst"]] == pytest.approx([*strangers, *refused])
