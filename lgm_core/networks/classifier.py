"""A trained network and its loss as one thing: pictures in; features, logits, likelihood out."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lgm_core.losses.base import FeatureLoss
from lgm_core.networks.digits import PIXEL_MEAN, PIXEL_STD
from lgm_core.networks.frozen import first_layer


class Classifier(nn.Module):
    """What is attacked and asked, never trained: its parameters take no gradient.

    Pictures are float32 [N, 1, 28, 28] with 0 black and 1 white, so that a perturbation is
    measured in the pixels' own range.

    Args:
        network: from normalised pictures to features [N, D].
        loss: on those features, for logits [N, K] and, where it has one, the likelihood.
    """

    def __init__(self, network: nn.Module, loss: FeatureLoss) -> None:
        super().__init__()
        self.network = network
        self.loss = loss
        self.requires_grad_(False).eval()

    def features(self, images: Tensor) -> Tensor:
        """Features [N, D] of pictures [N, 1, 28, 28] in 0 to 1."""
        normal = images * (1 / PIXEL_STD) - PIXEL_MEAN / PIXEL_STD
        layers = list(self.network.children())
        if not (isinstance(self.network, nn.Sequential) and layers):
            features: Tensor = self.network(normal)
            return features
        features = first_layer(layers[0], normal)
        for layer in layers[1:]:
            features = layer(features)
        return features

    def forward(self, images: Tensor) -> Tensor:
        """Logits [N, K] without margin of pictures [N, 1, 28, 28] in 0 to 1."""
        return self.loss.logits(self.features(images))

    @torch.inference_mode()
    def look(self, images: Tensor, *, batch_size: int = 500) -> tuple[Tensor, Tensor]:
        """Features [N, D] and logits [N, K] of any number of pictures, a batch at a time."""
        features = torch.cat([self.features(batch) for batch in torch.split(images, batch_size)])
        return features, self.loss.logits(features)


def to_pixels(images: Tensor) -> Tensor:
    """uint8 pictures [N, 28, 28] to float32 [N, 1, 28, 28] in 0 to 1."""
    return images.unsqueeze(1).to(torch.float32) / 255
