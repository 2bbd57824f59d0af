"""A loss step at the scale of a face data set, against the N x K x D broadcasting way.

Forward and backward of the L-GM loss with N = 64, K = 10,575 (the people of CASIA-WebFace) and
D = 512. Times are medians of alternating steps in one process; added memory is the peak resident
size of a fresh process less what it held before the step.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from benchmarks._report import report
from lgm_core.losses import LGMLoss
from lgm_core.losses.lgm import Covariance

COUNT, CLASSES, DIM = 64, 10_575, 512
COVARIANCES: tuple[Covariance, ...] = ("identity", "diagonal")
ROUNDS = 3
#: Steps of the library between two broadcasting ones, which take far longer.
STEPS_A_ROUND = 3

Step = Callable[[], Tensor]


def broadcast_total(loss: LGMLoss, features: Tensor, labels: Tensor) -> Tensor:
    """The total loss by the plain way: every difference x - mu_k at once, in float32."""
    difference = features.unsqueeze(1) - loss.means
    squares = difference.square()
    half_log_det = loss.log_variances.new_zeros(loss.num_classes)
    if loss.covariance != "identity":
        squares = squares * torch.exp(-loss.log_variances)
        half_log_det = 0.5 * loss.log_variances.sum(1)
    distance = 0.5 * squares.sum(2)
    is_true = torch.nn.functional.one_hot(labels, loss.num_classes)
    with_margin = -(1.0 + loss.alpha * is_true) * distance - half_log_det
    classification = torch.nn.functional.cross_entropy(with_margin, labels)
    own = distance.gather(1, labels.unsqueeze(1)).squeeze(1)
    return classification + loss.lambda_ * (own + half_log_det[labels]).mean()


def make_steps(covariance: Covariance) -> dict[str, Step]:
    """One training step each way, on the same loss and batch."""
    torch.manual_seed(0)
    loss = LGMLoss(CLASSES, DIM, covariance=covariance)
    features = torch.randn(COUNT, DIM, requires_grad=True)
    labels = torch.randint(CLASSES, (COUNT,))

    def step(total: Callable[[], Tensor]) -> Tensor:
        loss.zero_grad()
        features.grad = None
        value = total()
        torch.autograd.backward(value)
        return value.detach()

    return {
        "library": lambda: step(lambda: loss(features, labels).total),
        "broadcast": lambda: step(lambda: broadcast_total(loss, features, labels)),
    }


def measure_seconds(covariance: Covariance) -> dict[str, float]:
    """Median seconds of a step each way."""
    steps = make_steps(covariance)
    totals = {way: float(step()) for way, step in steps.items()}
    if abs(totals["library"] / totals["broadcast"] - 1) > 1e-4:
        raise RuntimeError(f"the two ways disagree: {totals}")
    seconds: dict[str, list[float]] = {way: [] for way in steps}
    for _ in range(ROUNDS):
        for way, repeats in (("library", STEPS_A_ROUND), ("broadcast", 1)):
            for _ in range(repeats):
                start = time.perf_counter()
                steps[way]()
                seconds[way].append(time.perf_counter() - start)
    return {way: statistics.median(values) for way, values in seconds.items()}


def print_added_memory(covariance: Covariance, way: str) -> None:
    """Print the bytes that one step added to this process at its peak."""
    step = make_steps(covariance)[way]
    # Threads and kernels of the processor's library are no part of the step.
    product = torch.randn(64, 64, requires_grad=True) @ torch.randn(64, 64)
    torch.autograd.backward(product.sum())
    held = resident_bytes("VmRSS")
    step()
    # Not getrusage: its peak is handed down from the process that started this one.
    print(resident_bytes("VmHWM") - held)


def resident_bytes(which: str) -> int:
    """Resident size of this process as Linux counts it: ``VmRSS`` now, ``VmHWM`` at its peak."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{which}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"this system does not report {which}; the memory needs Linux")


def measure_added_bytes(covariance: Covariance, way: str) -> int:
    """The same from a fresh process."""
    command = [sys.executable, "-m", "benchmarks.loss_face_scale", "--added-memory"]
    run = subprocess.run(
        [*command, covariance, way], capture_output=True, text=True, check=True, timeout=300
    )
    return int(run.stdout)


def main() -> None:
    """Measure and print."""
    figures: dict[str, object] = {}
    bars: dict[str, str] = {}
    for covariance in COVARIANCES:
        seconds = measure_seconds(covariance)
        added = {way: measure_added_bytes(covariance, way) for way in seconds}
        figures[f"{covariance}_speedup"] = seconds["broadcast"] / seconds["library"]
        figures[f"{covariance}_memory_ratio"] = added["library"] / added["broadcast"]
        bars[f"{covariance}_speedup"] = ">= 15"
        bars[f"{covariance}_memory_ratio"] = "<= 0.1"
        for way in seconds:
            figures[f"{covariance}_{way}_seconds"] = seconds[way]
            figures[f"{covariance}_{way}_added_mb"] = added[way] / 1e6
    report("loss_face_scale", figures, bars)


if __name__ == "__main__":
    if "--added-memory" in sys.argv:
        chosen, way_name = sys.argv[-2:]
        print_added_memory(next(c for c in COVARIANCES if c == chosen), way_name)
    else:
        main()
