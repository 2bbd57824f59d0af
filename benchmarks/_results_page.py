"""docs/results.md out of the figures of :mod:`benchmarks.detection`."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

from lgm_core.training.settings import NetworkName

_DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = _DOCS / "results.md"
#: The page of each network that is measured.
PAGES: dict[NetworkName, Path] = {"batchnorm": PAGE, "live": _DOCS / "results-live.md"}
_NETWORKS: dict[NetworkName, str] = {
    "batchnorm": "the small network with batch normalisation",
    "live": "the small network, which normalises within each picture",
}
_BESIDE: dict[NetworkName, str] = {
    "batchnorm": "The same with the small network that normalises within each picture, where "
    "softmax's strongest rivals do better: [results-live.md](results-live.md).",
    "live": "The same with batch normalisation: [results.md](results.md).",
}
SCORES = ("log_likelihood", "mixture", "max_probability", "energy", "mahalanobis", "kde")
_TITLES = {
    "log_likelihood": "log-likelihood",
    "mixture": "likelihood of the mixture",
    "max_probability": "maximum probability",
    "energy": "energy",
    "mahalanobis": "Mahalanobis",
    "kde": "kernel density",
}
_MODELS = {"lgm": "L-GM", "softmax": "softmax"}

Found = dict[str, list[float]]


def results_page(found: Found, seeds: int, network: NetworkName) -> str:
    """The page: every table with the mean over the seeds and, in brackets, their range."""
    parts = [
        "# What detects what",
        "",
        f"Made by `python -m benchmarks.detection --network {network} --write`; do not edit by "
        f"hand. {_BESIDE[network]}",
        "",
        f"Full MNIST, D = 64, {_NETWORKS[network]}, 30 epochs, {seeds} seeds. L-GM has alpha 0.3, "
        "lambda 1.0 and the identity as covariance; softmax has the same network, batches and "
        "learning rate. 1,000 test digits are attacked or shown beside 1,000 clean ones. Each "
        "figure is the mean over the seeds and, in brackets, their lowest and highest. AUROC: "
        "0.5 is chance, below it the strange inputs look more normal than the clean ones. "
        "Caught: the share called strange where 5 % of the clean digits are.",
        "",
        f"Test accuracy: L-GM {_percent(found, 'lgm_test_accuracy')}, softmax "
        f"{_percent(found, 'softmax_test_accuracy')}.",
    ]
    for title, attack in (("PGD, 20 steps from a random start", "pgd"), ("FGSM", "fgsm")):
        names = [f"{attack}_{epsilon}" for epsilon in (0.1, 0.2, 0.3)]
        parts += ["", f"## {title}", "", *_success(found, names)]
        parts += ["", *_table(found, names, "auroc"), "", *_table(found, names, "caught")]
    kinds = ["noise", "gaussian", "rotated", "inverted", "occluded", "faces"]
    parts += ["", "## Strange inputs that are no attack", "", *_table(found, kinds, "auroc")]
    parts += ["", "## An attacker who knows the detector", "", *_adaptive(found)]
    return "\n".join(parts) + "\n"


def _success(found: Found, names: list[str]) -> list[str]:
    rows = [
        [f"{title} read wrongly", *(_percent(found, f"{name}_success_{model}") for name in names)]
        for model, title in _MODELS.items()
    ]
    return _markdown(["size", *(name.partition("_")[2] for name in names)], rows)


def _table(found: Found, names: list[str], what: str) -> list[str]:
    rows = []
    for model, title in _MODELS.items():
        for score in SCORES:
            key = f"{names[0]}_auroc_{model}_{score}"
            if key not in found:
                continue
            if what == "auroc":
                cells = [_number(found[f"{name}_auroc_{model}_{score}"]) for name in names]
            else:
                cells = [
                    _share([1 - v for v in found[f"{name}_fpr95_{model}_{score}"]])
                    for name in names
                ]
            rows.append([f"{title}: {_TITLES[score]}", *cells])
    heads = [name.partition("_")[2] or name for name in names]
    return _markdown(["AUROC" if what == "auroc" else "caught at 5 %", *heads], rows)


def _adaptive(found: Found) -> list[str]:
    epsilons = ("0.1", "0.2", "0.3")
    weights = sorted(
        {name.split("_")[3] for name in found if name.startswith("adaptive_")}, key=float
    )
    rows = [["plain PGD", *(_percent(found, f"plain_{e}_undetected") for e in epsilons)]]
    rows += [
        [
            f"adaptive, weight {weight}",
            *(_percent(found, f"adaptive_{e}_weight_{weight}_undetected") for e in epsilons),
        ]
        for weight in weights
    ]
    aurocs = [
        [
            f"adaptive, weight {weight}",
            *(_number(found[f"adaptive_{e}_weight_{weight}_auroc"]) for e in epsilons),
        ]
        for weight in weights
    ]
    return [
        "Share of 500 digits that are read wrongly *and* let through by L-GM's likelihood at 5 % "
        "false alarms; 40 steps for both attacks, the adaptive one towards each of three "
        "classes.",
        "",
        *_markdown(["undetected successes", *epsilons], rows),
        "",
        *_markdown(["AUROC of the likelihood", *epsilons], aurocs),
    ]


def _markdown(head: list[str], rows: list[list[str]]) -> list[str]:
    line = "| " + " | ".join(["---", *["---:"] * (len(head) - 1)]) + " |"
    return ["| " + " | ".join(head) + " |", line, *("| " + " | ".join(r) + " |" for r in rows)]


def _number(values: list[float]) -> str:
    return f"{mean(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def _share(values: list[float]) -> str:
    low, high = 100 * min(values), 100 * max(values)
    return f"{100 * mean(values):.1f} % ({low:.1f} to {high:.1f})"


def _percent(found: Found, name: str) -> str:
    return _share(found[name])


def with_section(page: str, name: str, text: str) -> str:
    """The page with ``text`` between the two comments of that name, at its end if it has none."""
    before, found, rest = page.partition(f"<!-- {name} -->")
    part = f"<!-- {name} -->\n{text}\n<!-- /{name} -->"
    if not found:
        return f"{page.rstrip()}\n\n{part}\n"
    return before + part + rest.partition(f"<!-- /{name} -->")[2]


def section_of(page: str, name: str) -> str | None:
    """What stands between the two comments of that name; None if they are not there."""
    found = page.partition(f"<!-- {name} -->\n")[2].partition(f"\n<!-- /{name} -->")
    return found[0] if found[1] else None
