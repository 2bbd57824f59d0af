"""Each rule of the house holds in the code, and each check catches the breach it is for."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house_rules import (
    FOREIGN_TEXT,
    HTML_FROM_TEXT,
    PACKAGES,
    ROOT,
    Check,
    matches,
    no_file_written,
    no_import_of,
    no_process,
    no_test_left_out,
    nothing_unsafe,
    parsed,
    public_is_documented,
    python_files,
)

MAX_LINES = 300
PRODUCT = ("lgm_core", "app", "pages")


@dataclass(frozen=True)
class Rule:
    name: str
    check: Check
    folders: tuple[str, ...]
    breaches: tuple[str, ...]  #: snippets that the check must catch
    innocent: tuple[str, ...]  #: snippets that it must let pass
    exempt: tuple[str, ...] = ()

    def files(self) -> list[Path]:
        free = [ROOT / name for name in self.exempt]
        return [
            path
            for path in python_files(*self.folders)
            if not any(path == name or name in path.parents for name in free)
        ]


RULES = (
    Rule(
        "the library knows no web application",
        no_import_of("streamlit", "app", "pages", "starlette", "benchmarks", "tests"),
        folders=("lgm_core",),
        breaches=(
            "import streamlit as st",
            "from app.shell import theme",
            "from streamlit.web import cli",
            "def f():\n    import app",
            "importlib.import_module('streamlit')",
            "importlib.import_module(name)",
        ),
        innocent=("from . import app", "import numpy", "from lgm_core.runs import store"),
    ),
    Rule(
        "a page holds no torch call, thread or process",
        no_import_of(
            "torch",
            "threading",
            "_thread",
            "multiprocessing",
            "subprocess",
            "concurrent",
            "asyncio",
            "safetensors",
        ),
        folders=("pages",),
        breaches=(
            "import torch",
            "from torch import nn",
            "from threading import Thread",
            "import concurrent.futures",
            "import subprocess",
            "import multiprocessing as mp",
        ),
        innocent=("import streamlit as st", "from app import figures"),
    ),
    Rule(
        "only lgm_core/runs starts a process",
        no_process,
        folders=PRODUCT,
        exempt=("lgm_core/runs",),
        breaches=(
            "import multiprocessing",
            "from torch import multiprocessing as mp",
            "import torch.multiprocessing",
            "from subprocess import run",
            "import os\nos.fork()",
            "os.system('ls')",
            "from os import execv",
            "from concurrent.futures import ProcessPoolExecutor",
            "with futures.ProcessPoolExecutor() as pool: pass",
            "await asyncio.create_subprocess_exec('ls')",
        ),
        innocent=("import os\nos.getpid()", "from concurrent.futures import ThreadPoolExecutor"),
    ),
    Rule(
        "only runs/store.py and data/ write a file",
        no_file_written,
        folders=PRODUCT,
        exempt=("lgm_core/runs/store.py", "lgm_core/data"),
        breaches=(
            "open(path, 'w')",
            "open(path, mode='ab')",
            "open(path, mode)",
            "path.open('r+b')",
            "path.open(mode='x')",
            "gzip.open(path, 'wb')",
            "Path(name).write_text(text)",
            "path.write_bytes(data)",
            "np.save(path, array)",
            "torch.save(state, path)",
            "save_file(tensors, path)",
            "safetensors.torch.save_file(tensors, path)",
            "np.savez_compressed(path, a=a)",
            "json.dump(value, stream)",
            "figure.write_html('out.html')",
            "archive.extractall(folder)",
        ),
        innocent=(
            "open(path)",
            "open(path, 'rb')",
            "path.open()",
            "path.open('rb')",
            "archive.open(member)",
            "Image.open(stream)",
            "save(arrays, metadata={})",
            "picture.save(buffer, format='GIF')",
            "json.dumps(value)",
            "text.replace('a', 'b')",
        ),
    ),
    Rule(
        "nothing is unpickled, run as code or shown as HTML",
        nothing_unsafe,
        folders=PACKAGES,
        breaches=(
            "import pickle",
            "from joblib import load",
            "torch.load(path)",
            "eval(text)",
            "exec(text)",
            "np.load(path, allow_pickle=True)",
            "np.load(path, allow_pickle=flag)",
            "st.markdown(text, unsafe_allow_html=True)",
            "st.html(text)",
        ),
        innocent=(
            "model.eval()",
            "re.compile('a')",
            "np.load(path, allow_pickle=False)",
            "st.markdown(text)",
        ),
    ),
    Rule(
        "what the library offers says what it does",
        public_is_documented,
        folders=("lgm_core",),
        breaches=(
            "x = 1",
            "'''Module.'''\ndef f(): pass",
            "'''Module.'''\nclass A: pass",
            "'''Module.'''\nclass A:\n    '''A.'''\n    def f(self): pass",
        ),
        innocent=("", "'''Module.'''\ndef _f(): pass", "'''M.'''\ndef f():\n    '''F.'''"),
    ),
    Rule(
        "no test is left out",
        no_test_left_out,
        folders=("tests",),
        breaches=("pytest.skip('no')", "@pytest.mark.xfail\ndef test(): pass"),
        innocent=("pytest.raises(ValueError)", "@pytest.mark.browser\ndef test(): pass"),
    ),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_code_keeps_the_rule(rule: Rule) -> None:
    files = rule.files()
    assert files, f"no file in {rule.folders}: the rule watches nothing"
    found = [
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in files
        for line, text in rule.check(parsed(path))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_check_catches_every_breach_and_nothing_else(rule: Rule) -> None:
    missed = [code for code in rule.breaches if not list(rule.check(ast.parse(code)))]
    wronged = [code for code in rule.innocent if list(rule.check(ast.parse(code)))]
    assert (missed, wronged) == ([], [])


def test_exempt_places_exist() -> None:
    # A folder that was renamed would else leave its exemption behind for a later stranger.
    gone = [name for rule in RULES for name in rule.exempt if not (ROOT / name).exists()]
    assert gone == []


def test_python_files_are_one_idea_long() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(*PACKAGES)
    }
    assert {name: lines for name, lines in lengths.items() if lines >= MAX_LINES} == {}
    assert len(lengths) > 10


TEXT_SUFFIXES = {".py", ".md", ".toml", ".txt", ".js", ".css", ".html", ".json", ".yml", ""}


def text_files() -> list[Path]:
    """The text files of the repository, without what tools leave beside them."""
    top = [path for path in ROOT.iterdir() if path.is_file()]
    below = [path for name in (*PACKAGES, ".ci", ".streamlit") for path in (ROOT / name).rglob("*")]
    return [path for path in top + below if path.is_file() and path.suffix in TEXT_SUFFIXES]


@pytest.mark.parametrize("kind", FOREIGN_TEXT)
def test_no_file_names(kind: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in text_files()
        for line, text in matches(FOREIGN_TEXT[kind], path.read_text("utf-8", errors="replace"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("kind", "pieces"),
    [
        ("a package registry's host", ("see https://py", "pi.org/simple")),
        ("a package registry's host", ("https://download.py", "torch.org/whl/cpu")),
        ("a path of one machine", ("open('/wor", "k/data')")),
        ("a path of one machine", ("/hom", "e/anna/data")),
        ("unfinished work", ("# TO", "DO: later")),
    ],
)
def test_text_check_catches(kind: str, pieces: tuple[str, str]) -> None:
    # In two pieces, so that this file does not break the rule itself.
    assert list(matches(FOREIGN_TEXT[kind], "".join(pieces)))


@pytest.mark.parametrize(
    "text", ["app/work/x", "path/to/root", "https://github.com/home/x", "/runs/"]
)
def test_text_check_lets_pass(text: str) -> None:
    assert not any(list(matches(pattern, text)) for pattern in FOREIGN_TEXT.values())


def test_scripts_of_the_panels_make_no_html_from_text() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in (ROOT / "app").rglob("*.js")
        if ROOT / "app" / "vendor" not in path.parents  # Plotly's, as it is published
        for line, text in matches(HTML_FROM_TEXT, path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("node.innerHTML = text", True),
        ("node.insertAdjacentHTML('beforeend', text)", True),
        ("eval(text)", True),
        ("node.textContent = text", False),
        ("if (node.innerHTML === '') return", False),
    ],
)
def test_html_check(text: str, caught: bool) -> None:
    assert bool(list(matches(HTML_FROM_TEXT, text))) is caught
