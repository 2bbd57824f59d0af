"""Every package is pinned, those that others bring in too, and nothing undeclared is imported."""

from __future__ import annotations

import re
import sys
from importlib.metadata import distribution, packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house_rules import PACKAGES, ROOT, imports, parsed, python_files

PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[\w.]+)")
INCLUDE = re.compile(r"-[rc] [\w.-]+\.txt")


def pins(file: str) -> dict[str, str]:
    """Canonical package name to version.

    Raises:
        ValueError: for a line that is neither a comment, an exact pin nor another file.
    """
    return parse_pins((ROOT / file).read_text(encoding="utf-8"))


def parse_pins(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#") or INCLUDE.fullmatch(line):
            continue
        pin = PIN.fullmatch(line)
        if pin is None:
            raise ValueError(f"not pinned with ==: {line}")
        found[canonicalize_name(pin["name"])] = pin["version"]
    return found


@pytest.mark.parametrize(
    "line", ["torch", "torch>=2", "torch==2.*", "torch==2,<3", "git+https://x"]
)
def test_a_line_that_is_no_pin_is_caught(line: str) -> None:
    with pytest.raises(ValueError, match="not pinned"):
        parse_pins(f"numpy==2.4.6\n{line}\n")


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_what_a_package_needs_in_turn_is_pinned_at_what_is_installed(file: str) -> None:
    constraints = pins("constraints.txt")
    waiting, seen = [*pins(file)], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        assert constraints.get(name) == installed_version(name), name
        # What belongs to a CUDA build of torch differs by machine; torch itself pins it exactly.
        if name != "torch":
            needs = map(Requirement, distribution(name).requires or [])
            waiting += [
                canonicalize_name(need.name)
                for need in needs
                if need.marker is None or need.marker.evaluate({"extra": ""})
            ]
    assert len(seen) > len(pins(file))


def installed_version(name: str) -> str:
    return distribution(name).version.partition("+")[0]


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_pins_and_constraints_agree(file: str) -> None:
    constraints = pins("constraints.txt")
    assert {name: constraints.get(name) for name in pins(file)} == pins(file)


@pytest.mark.parametrize(
    ("folders", "files"),
    [
        (("lgm_core", "app", "pages"), ("requirements.txt",)),
        (("benchmarks", "scripts", "tests"), ("requirements.txt", "requirements-dev.txt")),
    ],
)
def test_every_import_is_declared(folders: tuple[str, ...], files: tuple[str, ...]) -> None:
    declared = {name for file in files for name in pins(file)}
    owners = packages_distributions()
    undeclared = {
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in python_files(*folders)
        for line, name in imports(parsed(path))
        if (top := name.split(".")[0]) not in sys.stdlib_module_names
        and top not in PACKAGES
        and not declared & {canonicalize_name(owner) for owner in owners.get(top, [])}
    }
    assert undeclared == set()
