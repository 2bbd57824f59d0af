"""Turns what the training steps left behind into a frame."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lgm_core.data import Dataset
from lgm_core.losses.base import FeatureLoss
from lgm_core.losses.lgm import LGMLoss
from lgm_core.training.evaluation import TestFigures
from lgm_core.training.frame import Frame, FrameScalars
from lgm_core.training.places import Places
from lgm_core.training.settings import Knobs
from lgm_core.training.view import View

Float = npt.NDArray[np.float32]


class Batch(NamedTuple):
    """What one training step leaves: ``digits`` [B], ``features`` [B, D], ``logits`` [B, K]
    without margin, ``losses`` [3] (total, classification, likelihood)."""

    digits: Tensor
    features: Tensor
    logits: Tensor
    losses: Tensor


class Trained(NamedTuple):
    """Mean ``losses`` [3] and ``accuracy`` of the digits trained on since the last frame."""

    losses: Float | None
    accuracy: float | None


class Painter:
    """Keeps the newest places of the displayed digits and the view, and paints frames."""

    def __init__(self, loss: FeatureLoss, dataset: Dataset, feature_dim: int) -> None:
        self._loss = loss
        self._labels = dataset.train_labels
        self._dim = feature_dim
        self._raw = feature_dim <= 3
        self._view = View.identity() if feature_dim == 2 else None
        self._keyframes = 0
        self.places = Places(
            dataset.displayed, dataset.train_labels, dataset.num_classes, feature_dim
        )

    def frame(
        self,
        trained: Trained,
        *,
        step: int,
        epoch: float,
        keyframe: bool,
        knobs: Knobs,
        figures: TestFigures,
    ) -> Frame | None:
        """The frame of this moment, or None if the numbers are no longer finite."""
        losses, accuracy = trained
        if losses is not None and not np.isfinite(losses).all():
            return None
        places = self.places
        if not np.isfinite(places.features).all():
            return None
        view = self._fit(keyframe)
        shape = places.shape()
        points = places.features if self._raw else view.project(places.features)
        q, w, b = (t.cpu().numpy() for t in self._loss.quadratic_logits())
        means, covariances = self._gaussians(view, shape.means, points)
        ids = places.take_touched()
        if keyframe:
            self._keyframes += 1
            ids = np.arange(len(points), dtype=np.uint16)
        scalars = FrameScalars(
            step=step,
            epoch=round(epoch, 6),
            keyframe=keyframe,
            **{"lambda": knobs.lambda_},
            alpha=knobs.alpha,
            learning_rate=knobs.learning_rate,
            total=None if losses is None else float(losses[0]),
            classification=None if losses is None else float(losses[1]),
            likelihood=None if losses is None else float(losses[2]),
            train_accuracy=accuracy,
            test_accuracy=figures.accuracy,
            test_count=figures.number,
            log_likelihood=_finite(figures.log_likelihood),
            spread=_finite(shape.spread),
            separation=_finite(shape.separation),
            explained_variance=view.explained,
            gaussians="model" if self._loss.has_density else "empirical",
        )
        with_features = keyframe and not self._raw and self._keyframes % 2 == 1
        return Frame(
            scalars=scalars,
            ids=ids,
            points=points[ids].astype(np.float32),
            predicted=places.predicted[ids],
            view_means=means,
            view_covariances=covariances,
            regions=view.restrict(q, w, b),
            half_log_dets=self._half_log_dets(),
            basis=view.basis,
            centre=view.centre,
            parameters=self._parameters() if self._raw or with_features else {},
            features=places.features.copy() if with_features else np.zeros((0, 0), np.float32),
        )

    def absorb(self, batches: list[Batch]) -> Trained:
        """Notes where the batches' digits lie; returns what was measured on them."""
        if not batches:
            return Trained(None, None)
        digits = torch.cat([b.digits for b in batches]).numpy()
        features = torch.cat([b.features for b in batches]).cpu().numpy()
        predicted = torch.cat([b.logits for b in batches]).argmax(1).cpu().numpy()
        losses = torch.stack([b.losses for b in batches]).mean(0).cpu().numpy()
        self.places.update(digits, features, predicted)
        return Trained(losses, float((predicted == self._labels[digits]).mean()))

    def _fit(self, keyframe: bool) -> View:
        if self._dim > 2 and (keyframe or self._view is None):
            self._view = View.principal(self.places.features, self._view)
        assert self._view is not None
        return self._view

    def _gaussians(self, view: View, means: Float, points: Float) -> tuple[Float, Float]:
        """Class means [K, V] and covariances [K, V, V] in the view: the model's, else measured."""
        if isinstance(self._loss, LGMLoss):
            means = self._loss.means.detach().cpu().numpy()
            variances = self._loss.variances().cpu().numpy()
            covariances = (
                variances[:, :, None] * np.eye(self._dim, dtype=np.float32)
                if self._raw
                else view.project_diagonal(variances)
            )
        else:
            covariances = self.places.covariances(points)
        if not self._raw:
            means = view.project(means)
        return means.astype(np.float32), covariances.astype(np.float32)

    def _half_log_dets(self) -> Float:
        if isinstance(self._loss, LGMLoss):
            variances: Float = self._loss.variances().cpu().numpy()
            half: Float = 0.5 * np.log(variances).sum(1)
            return half
        return np.zeros(self._loss.num_classes, np.float32)

    def _parameters(self) -> dict[str, Float]:
        return {
            name: tensor.detach().cpu().numpy().copy()
            for name, tensor in self._loss.state_dict().items()
        }


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
