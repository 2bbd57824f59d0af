"""How well faces are aligned: in pixels where the disturbance is known, and by their mean."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lgm_core.alignment.families import Family
from lgm_core.alignment.warp import chained

#: Both eyes and the mouth of a straight face, in units of the picture's frame: the ORL
#: pictures are framed alike, and their mean face has eyes and mouth there.
FACE_POINTS = ((-0.30, -0.08), (0.30, -0.08), (0.0, 0.48))
_NEWTON_STEPS = 12
#: A place is found if the warp leads from it to within so much of the point.
_CLOSE = 1e-3
#: A point that lies farther out than this has been lost.
_FAR = 1e3


def face_points(like: Tensor) -> Tensor:
    """:data:`FACE_POINTS` as a tensor [3, 2]."""
    return like.new_tensor(FACE_POINTS)


def places_after(
    matrices: Tensor, stages: Sequence[tuple[Family, Tensor]], points: Tensor
) -> Tensor:
    """Where points of the straight faces lie once they are disturbed and straightened.

    Args:
        matrices: homographies [N, 3, 3] of the disturbance.
        stages: the learned warps, from output to input; none: not straightened.
        points: [P, 2] on the straight face.

    Returns:
        [N, P, 2] in units of the frame: the output places that the warps map to the disturbed
        points, found by Newton's method (in one step for affine warps); ``_FAR`` where none is.
    """
    flat = points @ matrices[:, :, :2].mT + matrices[:, None, :, 2]
    wanted = flat[..., :2] / flat[..., 2:]
    if not stages:
        return wanted.clamp(-_FAR, _FAR)
    stages = [(family, theta.to(wanted)) for family, theta in stages]
    found = wanted.clone()
    nudge = 1e-4
    steps = wanted.new_tensor([[0.0, 0.0], [nudge, 0.0], [0.0, nudge]])
    for _ in range(_NEWTON_STEPS):
        around = found.unsqueeze(2) + steps  # [N, P, 3, 2]
        there = (around.flatten(1, 2) + chained(stages, around.flatten(1, 2))).view_as(around)
        slopes = ((there[:, :, 1:] - there[:, :, :1]) / nudge).mT  # [N, P, 2, 2]
        missing = wanted - there[:, :, 0]
        found = found + (torch.linalg.pinv(slopes) @ missing.unsqueeze(-1)).squeeze(-1)
        found = torch.nan_to_num(found).clamp(-_FAR, _FAR)
        if float(missing.abs().max()) < 1e-9:
            break
    # A warp that folds may show a point nowhere, or twice.
    lost = missing.norm(dim=-1, keepdim=True) > _CLOSE
    return torch.where(lost, torch.full_like(found, _FAR), found)


def misalignment(places: Tensor, points: Tensor, *, size: int) -> float:
    """Spread of face points over many faces, in pixels of a picture of ``size`` a side.

    The root mean square distance of each point to that point's mean over the faces: which pose
    the network chose as the straight one is free. Its scale is not: distances count at the size
    of the face ``points``, so that a network cannot win by making all faces small. A point that
    no place shows counts as lying as far off as the face is large.

    Args:
        places: [N, P, 2] as :func:`places_after` gives them, in units of the frame.
        points: [P, 2] of the straight face.
        size: pixels a side.
    """
    inside = (places.abs() < _FAR).all(-1)
    mean = (places * inside.unsqueeze(-1)).sum(0) / inside.sum(0).clamp_min(1).unsqueeze(-1)
    whole = places[inside.all(-1)]
    # How large a face is on average, whichever way it is turned.
    size_now = _radii(whole).mean() if len(whole) else _radii(points.to(mean)[None])[0]
    relative = (places - mean).square().sum(-1) / size_now.square().clamp_min(1e-6)
    # What is lost lies as far off as the face is large: nothing is won by throwing it out.
    relative = torch.where(inside, relative, torch.ones_like(relative))
    return float(relative.mean().sqrt() * _radii(points.to(mean)[None])[0] * size / 2)


def sharpness(images: Tensor) -> float:
    """Mean length of the grey values' gradient in the mean picture of [N, 1, H, W]; it grows a
    little with the size of the faces too.

    The mean of aligned faces is sharp, that of scattered ones is a blur. In units of the
    pictures' range a pixel.
    """
    mean = images.mean(0)[0]
    down, right = mean.diff(dim=0)[:, :-1], mean.diff(dim=1)[:-1]
    return float((down.square() + right.square()).sqrt().mean())


def _radii(faces: Tensor) -> Tensor:
    """Root mean square distance of each face's points [N, P, 2] to their centre, [N]."""
    return (faces - faces.mean(1, keepdim=True)).square().sum(-1).mean(1).sqrt()
