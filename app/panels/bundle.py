"""One JavaScript module out of a folder of modules.

Streamlit mounts a component from one string of JavaScript, and an offline replay inlines the
same string. The sources stay small modules with one idea each; this joins them. It understands
the one form of import and export that the panels use and refuses every other::

    import { name, other } from "./file.js";
    export function, export class, export const, export let, export default function
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+\.js)";$')
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const|let)\b)")
_DECLARATION = re.compile(
    r"^(?:export )?(?:default )?(?:async )?(?:function\*?|class|const|let|var) ([A-Za-z_$][\w$]*)"
)
_DESTRUCTURED = re.compile(r"^(?:export )?(?:const|let|var) [\[{]")


class BundleError(ValueError):
    """The modules of a folder cannot be joined; the message names the file and the reason."""


def bundle(folder: Path, entry: str = "main.js", *, shared: Path | None = None) -> str:
    """The module ``entry`` of ``folder`` and all that it imports, as one module.

    What ``folder`` does not have is looked for in ``shared``: a panel draws with another's
    modules.

    Modules come in the order of their imports, each once. ``export`` is kept only in the entry
    module: those are the names that the bundle offers. Comments that fill whole lines are left
    out: the sources keep them, a browser has no use for them.

    Raises:
        BundleError: on a missing module or name, a circle of imports, two modules that declare
            the same name, or a form of import or export that is not understood.
    """
    order: list[str] = []
    sources: dict[str, str] = {}
    folders = [folder] if shared is None else [folder, shared]
    _visit(folders, entry, [], order, sources)

    names = {name: declared(sources[name], name) for name in order}
    _check_distinct(names)
    parts = []
    for name in order:
        _check_imports(name, sources[name], sources)
        body = _strip(_without_comments(sources[name]), name, keep_exports=name == entry)
        parts.append(f"// {name}\n{body.strip()}\n")
    return "\n".join(parts)


def declared(source: str, name: str) -> list[str]:
    """The names that a module declares at its top level, in their order.

    Raises:
        BundleError: on a destructured declaration, whose names would go unchecked.
    """
    found = []
    for line in source.splitlines():
        if _DESTRUCTURED.match(line):
            raise BundleError(f"{name}: one name a declaration at the top level, not: {line}")
        if match := _DECLARATION.match(line):
            found.append(match[1])
    return found


def _visit(
    folders: list[Path], name: str, path: list[str], order: list[str], sources: dict[str, str]
) -> None:
    if name in path:
        raise BundleError("modules import each other: " + " > ".join([*path, name]))
    if name in sources:
        return
    file = next((place / name for place in folders if (place / name).is_file()), None)
    if file is None:
        by = f", imported by {path[-1]}" if path else ""
        raise BundleError(f"there is no module {name}{by}")
    sources[name] = file.read_text(encoding="utf-8")
    for line in sources[name].splitlines():
        if match := _IMPORT.match(line):
            _visit(folders, match[2], [*path, name], order, sources)
    order.append(name)


def _check_distinct(names: dict[str, list[str]]) -> None:
    owner: dict[str, str] = {}
    for module, declared_names in names.items():
        for name in declared_names:
            if name in owner:
                raise BundleError(f"{name} is declared in {owner[name]} and in {module}")
            owner[name] = module


def _check_imports(module: str, source: str, sources: dict[str, str]) -> None:
    for line in source.splitlines():
        if not (match := _IMPORT.match(line)):
            continue
        exported = [
            m[1]
            for text in sources[match[2]].splitlines()
            if _EXPORT.match(text) and (m := _DECLARATION.match(text))
        ]
        for wanted in (part.strip() for part in match[1].split(",")):
            if wanted and wanted not in exported:
                raise BundleError(f"{module}: {match[2]} does not export {wanted}")


def _strip(source: str, name: str, *, keep_exports: bool) -> str:
    lines = []
    for line in source.splitlines():
        if _IMPORT.match(line):
            continue
        if line.startswith("import") and not line.startswith("import("):
            raise BundleError(f"{name}: an import that is not understood: {line}")
        if line.startswith("export") and not keep_exports:
            stripped = _EXPORT.sub("", line)
            if stripped == line:
                raise BundleError(f"{name}: an export that is not understood: {line}")
            line = stripped
        lines.append(line)
    return "\n".join(lines)


def _without_comments(source: str) -> str:
    lines = []
    inside = False
    for line in source.splitlines():
        text = line.strip()
        if not inside and text.startswith("/*"):
            inside = True
        if inside:
            inside = "*/" not in text
        elif text and not text.startswith("//"):
            lines.append(line)
    return "\n".join(lines)
