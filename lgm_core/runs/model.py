"""The trained model of a run, from its settings and weights; nothing untrusted gets through."""

from __future__ import annotations

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from torch import Tensor, nn

from lgm_core.losses import make_loss
from lgm_core.networks.classifier import Classifier
from lgm_core.networks.digits import make_network
from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.training.settings import TrainSettings

#: What the file may hold beside the numbers themselves.
_HEADER_BYTES = 1 << 16
_MISFIT = "The weights of this run do not fit its settings."


def load_classifier(reader: RunReader, settings: TrainSettings, num_classes: int) -> Classifier:
    """The classifier that a run ended with.

    Args:
        reader: of the run.
        settings: the run's.
        num_classes: K, of the run's data.

    Raises:
        StoreError: if the run has no weights yet, failed before it had any, or the file does
            not hold exactly the tensors that the settings ask for, finite and of their shapes.
    """
    network = make_network(settings.network, settings.feature_dim)
    loss = make_loss(
        settings.loss,
        num_classes,
        settings.feature_dim,
        alpha=settings.alpha,
        lambda_=settings.lambda_,
        covariance=settings.covariance,
    )
    parts = nn.ModuleDict({"network": network, "loss": loss})
    wanted = parts.state_dict()
    tensors = _read(reader, sum(tensor.nbytes for tensor in wanted.values()) + _HEADER_BYTES)
    if tensors.keys() != wanted.keys():
        raise StoreError(_MISFIT)
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape or tensor.dtype != wanted[name].dtype:
            raise StoreError(_MISFIT)
        if not bool(torch.isfinite(tensor).all()):
            raise StoreError("The weights of this run are not finite: its training diverged.")
    parts.load_state_dict(tensors)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Classifier(network, loss)


def _read(reader: RunReader, limit: int) -> dict[str, Tensor]:
    try:
        with (reader.folder / "weights.safetensors").open("rb") as file:
            data = file.read(limit + 1)
    except OSError:
        if reader.result() is None:
            sentence = "This run has not ended yet; its weights come with its end."
        else:
            sentence = "This run ended without weights: it failed, or its files were removed."
        raise StoreError(sentence) from None
    if len(data) > limit:
        raise StoreError(_MISFIT)
    try:
        return load_tensors(data)
    except (SafetensorError, ValueError, KeyError):
        raise StoreError("The weights of this run cannot be read.") from None
