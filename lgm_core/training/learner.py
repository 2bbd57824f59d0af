"""A network, a loss on its features, and the digits in their order: what one step changes."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from lgm_core.data import Dataset
from lgm_core.losses import make_loss, margin_at
from lgm_core.networks.digits import at_test_time, make_network, normalise
from lgm_core.training.adam import Adam
from lgm_core.training.painter import Batch
from lgm_core.training.settings import Knobs, TrainSettings

Ints = npt.NDArray[np.int64]


class Learner:
    """What is trained, and the order in which it sees the digits.

    Two learners whose settings differ only in the loss start from the same network weights and
    see the same batches.

    Args:
        settings: everything needed to repeat the run.
        dataset: the digits.
        device: where the tensors live.
    """

    def __init__(self, settings: TrainSettings, dataset: Dataset, device: torch.device) -> None:
        self.settings = settings
        self.dataset = dataset
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            network = make_network(settings.network, settings.feature_dim)
            # The loss draws from its own seed: it must not shift the network's weights.
            torch.manual_seed(settings.seed + 1)
            self.loss = make_loss(
                settings.loss,
                dataset.num_classes,
                settings.feature_dim,
                alpha=settings.alpha,
                lambda_=settings.lambda_,
                covariance=settings.covariance,
            ).to(device)
        # Channels last: half again as many images a second through small convolutions.
        self.network: nn.Module = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.knobs: Knobs = settings.knobs
        self.steps = 0
        self.batches_per_epoch = max(1, len(dataset.train_labels) // settings.batch_size)
        self._images = torch.from_numpy(dataset.train_images).to(device)
        self._labels = torch.from_numpy(dataset.train_labels).to(device)
        self._order = torch.Generator().manual_seed(settings.seed)
        self._shuffled = torch.empty(0, dtype=torch.int64)
        self._optimizer = Adam(
            [*self.network.parameters(), *self.loss.parameters()],
            lr=settings.learning_rate,
            fused=device.type in ("cpu", "cuda"),
        )

    @property
    def epoch(self) -> float:
        """Passes over the training digits so far."""
        return self.steps / self.batches_per_epoch

    @property
    def total_steps(self) -> int:
        """Steps of the whole run."""
        return self.settings.epochs * self.batches_per_epoch

    @property
    def knobs_in_force(self) -> Knobs:
        """The knobs with the margin as its schedule has it now."""
        return self.knobs.model_copy(update={"alpha": self._margin()})

    def step(self) -> Batch:
        """Trains on the next batch."""
        self._apply_knobs()
        digits = self._next_digits()
        features = self.network(normalise(self._images[digits]))
        terms, logits = self.loss.loss_and_logits(features, self._labels[digits])
        self._optimizer.zero_grad()
        terms.total.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self.steps += 1
        losses = torch.stack([terms.total, terms.classification, terms.likelihood]).detach()
        return Batch(digits, features.detach(), logits, losses)

    @torch.inference_mode()
    def classify(self, digits: Ints) -> tuple[npt.NDArray[np.float32], Ints]:
        """Features [m, D] and predicted classes [m] of training digits given by index."""
        with at_test_time(self.network):
            features = self.network(normalise(self._images[torch.from_numpy(digits)]))
        predicted = self.loss.logits(features).argmax(1)
        return features.cpu().numpy(), predicted.cpu().numpy()

    def state_dict(self) -> dict[str, Tensor]:
        """Weights of network and loss, by name, on the CPU."""
        parts = {"network": self.network, "loss": self.loss}
        return {
            f"{part}.{name}": tensor.detach().cpu().contiguous()
            for part, module in parts.items()
            for name, tensor in module.state_dict().items()
        }

    def blame(self, step: int) -> str:
        """After a divergence at a step: the knob farthest above its default, in words."""
        ratios = {
            field: getattr(self.knobs, field) / float(info.default)
            for field, info in Knobs.model_fields.items()
        }
        field = max(ratios, key=lambda name: ratios[name])
        info = Knobs.model_fields[field]
        return (
            f"Training diverged at step {step}: the numbers are no longer finite. "
            f"Lower the {info.title} (now {getattr(self.knobs, field):g}; "
            f"{info.default:g} is the default) and start again."
        )

    def _margin(self) -> float:
        settings = self.settings
        return margin_at(settings.margin_schedule, self.knobs.alpha, self.epoch, settings.epochs)

    def _apply_knobs(self) -> None:
        self.loss.alpha = self._margin()
        self.loss.lambda_ = self.knobs.lambda_
        rate = self.knobs.learning_rate
        if self.settings.decay == "cosine":
            rate *= 0.5 * (1 + math.cos(math.pi * self.steps / self.total_steps))
        for group in self._optimizer.param_groups:
            group["lr"] = rate

    def _next_digits(self) -> Tensor:
        place = self.steps % self.batches_per_epoch
        if place == 0:
            self._shuffled = torch.randperm(len(self._images), generator=self._order)
        size = self.settings.batch_size
        return self._shuffled[place * size : (place + 1) * size]
