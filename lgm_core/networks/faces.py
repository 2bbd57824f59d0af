"""The feature network for faces of 48 x 48 pixels."""

from __future__ import annotations

from torch import nn


class FaceNetwork(nn.Sequential):
    """Small convolutional network from faces [N, 1, 48, 48] to features [N, D].

    Three convolutions, each followed by pooling; normalised within each face, so that a face has
    the same features in training and at test time but for dropout. Half of the last maps are
    dropped in training: thirty people with ten pictures each are soon learnt by heart, and
    verification of people never seen suffers from that.

    The first layer sees each 2 x 2 block of pixels as four channels: as a strided convolution of
    a single channel it would take a CPU twice as long, most of it for the gradient that the
    picture needs.

    Args:
        feature_dim: D.
    """

    def __init__(self, feature_dim: int) -> None:
        super().__init__(
            nn.PixelUnshuffle(2),
            *_stage(4, 24),
            *_stage(24, 64),
            *_stage(64, 64),
            nn.Flatten(),
            nn.Dropout(0.5),
            nn.Linear(64 * 3 * 3, feature_dim),
        )


def _stage(channels: int, width: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(channels, width, 3, padding=1),
        nn.MaxPool2d(2),
        nn.GroupNorm(4, width),
        nn.LeakyReLU(0.25),
    )
