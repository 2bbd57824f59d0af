"""The rules of the house as small functions over a syntax tree or a text.

Each check yields what it finds as ``(line, sentence)``; tests/test_house_rules.py says where
each one holds and shows each one a breach that it must catch.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

Finding = tuple[int, str]
Check = Callable[[ast.Module], Iterator[Finding]]

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("lgm_core", "app", "pages", "benchmarks", "scripts", "tests")

_PROCESS_MODULES = frozenset({"multiprocessing", "subprocess", "pty", "billiard", "loky"})
_PROCESS_CALLS = re.compile(
    r"os\.(fork|forkpty|system|popen|exec\w+|spawn\w+|posix_spawnp?)"
    r"|asyncio\.create_subprocess_\w+|.*\bProcessPoolExecutor"
)
_WRITE_CALLS = frozenset({
    "write_text", "write_bytes", "save_file", "tofile", "savetxt", "savez", "savez_compressed",
    "write_html", "write_image", "open_memmap", "memmap", "dump", "touch", "copyfile", "copy2",
    "copytree", "extractall", "NamedTemporaryFile", "TemporaryFile", "mkstemp",
})  # fmt: skip
_WRITE_FUNCTIONS = frozenset({"np.save", "numpy.save", "torch.save", "shutil.move", "shutil.copy"})
_MODE = re.compile(r"(?=.*[wax+])[rwaxbt+]{1,4}")
_PICKLE_MODULES = frozenset({"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve"})
_UNSAFE_NAMES = frozenset({"eval", "exec", "compile", "__import__"})
_UNSAFE_CALLS = frozenset({
    "torch.load", "torch.hub.load", "marshal.load", "marshal.loads", "st.html", "streamlit.html",
    "st.components.v1.html", "components.html",
})  # fmt: skip
_UNSAFE_OPTIONS = frozenset({"unsafe_allow_html", "unsafe_allow_javascript", "allow_pickle"})


def python_files(*folders: str) -> list[Path]:
    """The Python files below these folders of the repository, in order."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file, made once for all rules."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every absolute import, those by ``import_module`` included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and called(node).endswith("import_module"):
            first = node.args[0] if node.args else None
            name = first.value if isinstance(first, ast.Constant) else "an unknown module"
            yield node.lineno, str(name)


def called(node: ast.Call) -> str:
    """The dotted name that a call is made on, as it stands in the source."""
    return dotted(node.func)


def dotted(part: ast.expr) -> str:
    """An expression as it stands in the source."""
    parts: list[str] = []
    while isinstance(part, ast.Attribute):
        parts.append(part.attr)
        part = part.value
    # To put an expression into words takes long, and most are plain names.
    parts.append(part.id if isinstance(part, ast.Name) else ast.unparse(part))
    return ".".join(reversed(parts))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call in the tree."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def no_import_of(*modules: str) -> Check:
    """A check that none of these top-level modules is imported."""

    def check(tree: ast.Module) -> Iterator[Finding]:
        for line, name in imports(tree):
            if name.split(".")[0] in modules or name == "an unknown module":
                yield line, f"imports {name}"

    return check


def no_process(tree: ast.Module) -> Iterator[Finding]:
    """Nothing here starts a process."""
    for line, name in imports(tree):
        if _PROCESS_MODULES & set(name.split(".")) or _PROCESS_CALLS.fullmatch(name):
            yield line, f"imports {name}"
    for call in calls(tree):
        if _PROCESS_CALLS.fullmatch(called(call)):
            yield call.lineno, f"calls {called(call)}"


def no_file_written(tree: ast.Module) -> Iterator[Finding]:
    """Nothing here writes a file."""
    for call in calls(tree):
        name = called(call)
        last = name.rsplit(".", 1)[-1]
        if last in _WRITE_CALLS or name in _WRITE_FUNCTIONS or (last == "open" and _writes(call)):
            yield call.lineno, f"calls {name}"


def _writes(call: ast.Call) -> bool:
    method = isinstance(call.func, ast.Attribute)
    given = [word.value for word in call.keywords if word.arg == "mode"]
    modes = given or call.args[0 if method else 1 : 2]
    unknown = bool(given) or (not method and bool(modes))
    return any(
        _MODE.fullmatch(mode.value)
        if isinstance(mode, ast.Constant) and isinstance(mode.value, str)
        else unknown
        for mode in modes
    )


def nothing_unsafe(tree: ast.Module) -> Iterator[Finding]:
    """No pickle is read, no text is run as code or shown as HTML."""
    for line, name in imports(tree):
        if name.split(".")[0] in _PICKLE_MODULES:
            yield line, f"imports {name}"
    for call in calls(tree):
        name = called(call)
        if name in _UNSAFE_NAMES | _UNSAFE_CALLS:
            yield call.lineno, f"calls {name}"
        for word in call.keywords:
            refused = isinstance(word.value, ast.Constant) and word.value.value is False
            if word.arg in _UNSAFE_OPTIONS and not refused:
                yield call.lineno, f"calls {name} with {word.arg}"


def public_is_documented(tree: ast.Module) -> Iterator[Finding]:
    """The module, its public functions and classes and their public methods say what they do."""
    if tree.body and ast.get_docstring(tree) is None:
        yield 1, "the module has no docstring"
    bodies: list[ast.Module | ast.ClassDef] = [tree]
    for body in bodies:
        for node in body.body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if node.name.startswith("_"):
                continue
            if ast.get_docstring(node) is None:
                yield node.lineno, f"{node.name} has no docstring"
            if isinstance(node, ast.ClassDef):
                bodies.append(node)


def no_test_left_out(tree: ast.Module) -> Iterator[Finding]:
    """No test is skipped or expected to fail."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = dotted(node)
            if re.fullmatch(r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)", name):
                yield node.lineno, f"uses {name}"


# A letter in brackets keeps a pattern from finding itself in this file.
FOREIGN_TEXT = {
    "a package registry's host": re.compile(
        r"py[p]i\.(org|python)|python[h]osted\.org|npm[j]s\.(org|com)|deb\.[d]ebian\.org"
        r"|crate[s]\.io|proxy\.[g]olang|download\.py[t]orch\.org|ana[c]onda\.(org|com)",
        re.IGNORECASE,
    ),
    "a path of one machine": re.compile(
        r"(?<![\w.~$}])/(wor[k]|roo[t]|opt/(whee[l]s|p[y]pi)|hom[e]/\w+|User[s]/\w+)\b"
        r"|[A-Z]:[\\/]User[s]\b|\.\./share[d]\b"
    ),
    "unfinished work": re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b"),
}
HTML_FROM_TEXT = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function)\b"
    r"\s*(=(?!=)|\+=|\()"
)


def matches(pattern: re.Pattern[str], text: str) -> Iterator[Finding]:
    """Line and wording of each match."""
    for number, line in enumerate(text.splitlines(), 1):
        if found := pattern.search(line):
            yield number, f"{found.group()!r}"
