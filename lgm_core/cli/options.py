"""Command-line options made from the fields of a settings model."""

from __future__ import annotations

import argparse
from typing import Any

from pydantic import BaseModel

from lgm_core.training.settings import allowed, public_name


def add_options(parser: argparse.ArgumentParser, model: type[BaseModel]) -> None:
    """An option a field, with its help, range and default. Values are checked by the model."""
    for field, info in model.model_fields.items():
        if info.description is None:
            continue  # it tells kinds of settings apart, and has one value
        default = "none" if info.default is None else info.default
        text = f"{info.description} Allowed: {allowed(field, model)}; default {default}."
        parser.add_argument(
            f"--{public_name(field)}",
            metavar="VALUE",
            default=argparse.SUPPRESS,
            help=text.replace("%", "%%"),
        )


def values_of(options: argparse.Namespace, model: type[BaseModel]) -> dict[str, Any]:
    """The given options of the model's fields, by public name, unchecked."""
    given = vars(options)
    names = (public_name(field) for field in model.model_fields)
    return {name: given[name] for name in names if name in given}
