"""Networks from 28 x 28 digits [N, 1, 28, 28] to features [N, D].

``live`` and ``paper`` do not normalise over the batch: the features of a digit are the same in
training and at test time, so the points that a training step computes are the points to show. The
small one normalises within each image (GroupNorm, LayerNorm), which keeps that true. ``batchnorm``
is the small one with batch normalisation in its place: attacked digits stand out more by their
likelihood, and the points of a moving picture tremble a little with their batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

#: Mean and standard deviation of MNIST's training pixels, in units of white = 1.
PIXEL_MEAN, PIXEL_STD = 0.1307, 0.3081


def normalise(images: Tensor) -> Tensor:
    """uint8 images [N, 28, 28] to the networks' input, float32 [N, 1, 28, 28]."""
    scaled = images.unsqueeze(1).to(torch.float32)
    return scaled.mul_(1 / (255 * PIXEL_STD)).sub_(PIXEL_MEAN / PIXEL_STD)


class LiveNetwork(nn.Sequential):
    """Small convolutional network, quick enough to train in front of a class.

    Normalisation within the image, in four groups of channels, costs a few hundredths of a step
    and closes half the gap between training and test accuracy at D = 2. The slopes are learned
    only where the maps are small: PReLU's backward pass is slow on a CPU, and on the large maps
    it buys nothing.

    Args:
        feature_dim: D.
    """

    def __init__(self, feature_dim: int) -> None:
        super().__init__(
            nn.Conv2d(1, 16, 5, stride=2, padding=2),
            nn.LeakyReLU(0.25),
            nn.Conv2d(16, 16, 3, padding=1),
            nn.MaxPool2d(2),
            nn.GroupNorm(4, 16),
            nn.LeakyReLU(0.25),
            nn.Conv2d(16, 64, 3, padding=1),
            nn.MaxPool2d(2),
            nn.GroupNorm(4, 64),
            nn.PReLU(),
            nn.Flatten(),
            nn.Linear(64 * 3 * 3, 64),
            nn.LayerNorm(64),
            nn.PReLU(),
            nn.Linear(64, feature_dim),
        )


class BatchNormNetwork(nn.Sequential):
    """The small network, normalised over the batch in place of within each image.

    Args:
        feature_dim: D.
    """

    def __init__(self, feature_dim: int) -> None:
        super().__init__(
            nn.Conv2d(1, 16, 5, stride=2, padding=2),
            nn.LeakyReLU(0.25),
            nn.Conv2d(16, 16, 3, padding=1),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(16),
            nn.LeakyReLU(0.25),
            nn.Conv2d(16, 64, 3, padding=1),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(64),
            nn.PReLU(),
            nn.Flatten(),
            nn.Linear(64 * 3 * 3, 64),
            nn.BatchNorm1d(64),
            nn.PReLU(),
            nn.Linear(64, feature_dim),
        )


class PaperNetwork(nn.Sequential):
    """The six-convolution PReLU network of the center-loss and L-GM papers' 2-D figures.

    5 x 5 convolutions with 32, 32, 64, 64, 128, 128 channels, a 2 x 2 pooling after each pair
    (28 -> 14 -> 7 -> 3 pixels), one linear layer to D features.
    """

    def __init__(self, feature_dim: int) -> None:
        layers: list[nn.Module] = []
        channels = 1
        for width in (32, 64, 128):
            for _ in range(2):
                layers += [nn.Conv2d(channels, width, 5, padding=2), nn.PReLU(width)]
                channels = width
            layers.append(nn.MaxPool2d(2))
        super().__init__(*layers, nn.Flatten(), nn.Linear(128 * 3 * 3, feature_dim))


#: Every network by its name in the settings.
NETWORKS: dict[str, Callable[[int], nn.Module]] = {
    "live": LiveNetwork,
    "batchnorm": BatchNormNetwork,
    "paper": PaperNetwork,
}


def make_network(name: str, feature_dim: int) -> nn.Module:
    """The network of this name.

    Raises:
        ValueError: for any other name; the message names those that there are.
    """
    if name not in NETWORKS:
        raise ValueError(f"network is {name!r}; allowed: {', '.join(NETWORKS)}")
    return NETWORKS[name](feature_dim)


@contextmanager
def at_test_time(network: nn.Module) -> Iterator[None]:
    """The network as it is at test time, and afterwards as it was."""
    before = network.training
    network.eval()
    try:
        yield
    finally:
        network.train(before)
