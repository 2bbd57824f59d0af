"""Is the L-GM loss quick and small where there are as many classes as in a face data set?

A step is the loss forward and backward, at N = 64 features, K = 10,575 classes (the identities
of CASIA-WebFace), D = 512. It is compared with the plain way that forms all N x K x D
differences. Time: median of alternating steps in one process. Memory: what one step adds to the
peak resident size of a fresh process.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from benchmarks._report import report
from lgm_core.losses import LGMLoss

FEATURES, CLASSES, DIM = 64, 10_575, 512
ALPHA, LAMBDA = 0.3, 0.1
COVARIANCES = ("identity", "diagonal")
ROUNDS = 3
#: Steps of L-GM beside one of the plain way, so that its median is over enough of them.
STEPS_A_ROUND = 5
BARS = {"times faster": ">= 15", "memory ratio": "<= 0.1"}


def broadcasting_step(loss: LGMLoss, features: Tensor, labels: Tensor) -> None:
    """The same loss by the N x K x D way, forward and backward, in the features' own dtype."""
    log_variances = loss.log_variances
    difference = features.unsqueeze(1) - loss.means
    if loss.covariance == "identity":
        distances = 0.5 * difference.square().sum(2)
    else:
        distances = 0.5 * (difference.square() * torch.exp(-log_variances)).sum(2)
    half_log_det = 0.5 * log_variances.sum(1) * (DIM // log_variances.shape[1])
    true = nn.functional.one_hot(labels, CLASSES).to(features.dtype)
    training_logits = -distances * (1 + ALPHA * true) - half_log_det
    classification = nn.functional.cross_entropy(training_logits, labels)
    likelihood = ((distances + half_log_det) * true).sum(1).mean()
    (classification + LAMBDA * likelihood).backward()


def lgm_step(loss: LGMLoss, features: Tensor, labels: Tensor) -> None:
    """L-GM as the lab computes it, forward and backward."""
    loss(features, labels).total.backward()


STEPS: dict[str, Callable[[LGMLoss, Tensor, Tensor], None]] = {
    "lgm": lgm_step,
    "broadcasting": broadcasting_step,
}


def make_inputs(covariance: str) -> tuple[LGMLoss, Tensor, Tensor]:
    """A loss, features [64, 512] near the means of their classes, and labels [64]."""
    torch.manual_seed(0)
    loss = LGMLoss(CLASSES, DIM, alpha=ALPHA, lambda_=LAMBDA, covariance=covariance)  # type: ignore[arg-type]
    labels = torch.randint(CLASSES, (FEATURES,))
    features = loss.means.detach()[labels] + torch.randn(FEATURES, DIM)
    return loss, features.requires_grad_(), labels


def timed(name: str, inputs: tuple[LGMLoss, Tensor, Tensor]) -> float:
    """Seconds of one step; the gradients of the last one are gone before it starts."""
    loss, features, labels = inputs
    loss.zero_grad(set_to_none=True)
    features.grad = None
    began = time.perf_counter()
    STEPS[name](loss, features, labels)
    return time.perf_counter() - began


def compare_times(covariance: str) -> dict[str, float]:
    """Median milliseconds of both ways, taken in turn."""
    inputs = make_inputs(covariance)
    timed("lgm", inputs)
    seconds: dict[str, list[float]] = {"lgm": [], "broadcasting": []}
    for _ in range(ROUNDS):
        seconds["broadcasting"].append(timed("broadcasting", inputs))
        seconds["lgm"] += [timed("lgm", inputs) for _ in range(STEPS_A_ROUND)]
    return {name: 1e3 * statistics.median(values) for name, values in seconds.items()}


def peak_mib() -> float:
    """Peak resident size of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def added_memory(name: str, covariance: str) -> float:
    """MiB that one step adds to the peak of a process that has loss and features already."""
    inputs = make_inputs(covariance)
    # Thread pools and matrix kernels take their memory at first use; that is no part of a step.
    warm = LGMLoss(64, DIM, covariance=covariance)  # type: ignore[arg-type]
    STEPS["lgm"](warm, inputs[1], inputs[2] % 64)
    before = peak_mib()
    timed(name, inputs)
    return peak_mib() - before


def added_memory_elsewhere(name: str, covariance: str) -> float:
    """:func:`added_memory` in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.loss_face_scale", "--measure", name, covariance]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    measure = parser.parse_args().measure
    if measure:
        print(added_memory(*measure))
        return
    figures: dict[str, object] = {"N": FEATURES, "K": CLASSES, "D": DIM}
    figures["threads"] = torch.get_num_threads()
    bars: dict[str, str] = {}
    for covariance in COVARIANCES:
        times = compare_times(covariance)
        memory = {name: added_memory_elsewhere(name, covariance) for name in STEPS}
        figures |= {f"{covariance} {name} ms": round(value, 2) for name, value in times.items()}
        figures |= {f"{covariance} {name} MiB": round(value, 1) for name, value in memory.items()}
        ratios = {
            "times faster": round(times["broadcasting"] / times["lgm"], 1),
            "memory ratio": round(memory["lgm"] / memory["broadcasting"], 4),
        }
        figures |= {f"{covariance} {name}": ratio for name, ratio in ratios.items()}
        bars |= {f"{covariance} {name}": bar for name, bar in BARS.items()}
    report("loss_face_scale", figures, bars)


if __name__ == "__main__":
    main()
