"""The bundle of a panel: what it joins, and what it refuses to join."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from app.panels.bundle import BundleError, bundle, declared

FEATURE_SPACE = Path(__file__).parents[2] / "app" / "panels" / "feature_space" / "js"


def write(folder: Path, **modules: str) -> Path:
    for name, source in modules.items():
        (folder / f"{name}.js").write_text(source, encoding="utf-8")
    return folder


def test_modules_come_after_what_they_import_and_each_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        main='import { b } from "./b.js";\nimport { c } from "./c.js";\n'
        "export default function main() {\n  return b + c;\n}\n",
        b='import { c } from "./c.js";\nexport const b = c + 1;\n',
        c="export const c = 1;\n",
    )
    text = bundle(tmp_path)
    assert text.count("const c = 1;") == 1
    assert text.index("const c = 1;") < text.index("const b = c + 1;") < text.index("main()")
    assert "import" not in text


def test_only_the_entry_module_exports(tmp_path: Path) -> None:
    write(
        tmp_path,
        main='import { helper } from "./other.js";\nexport default function main() {\n'
        "  helper();\n}\nexport function extra() {}\n",
        other="export async function helper() {}\nfunction hidden() {}\n",
    )
    exports = [line for line in bundle(tmp_path).splitlines() if line.startswith("export")]
    assert exports == ["export default function main() {", "export function extra() {}"]


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        (
            {
                "main": 'import { a } from "./a.js";\n',
                "a": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "b": 'import { a } from "./a.js";\nexport const b = 1;\n',
            },
            r"main\.js > a\.js > b\.js > a\.js",
        ),
        ({"main": 'import { a } from "./gone.js";\n'}, r"no module gone\.js, imported by main\.js"),
        (
            {
                "main": 'import { a } from "./a.js";\nconst x = 1;\n',
                "a": "export const a = 1;\nlet x;\n",
            },
            r"x is declared in a\.js and in main\.js",
        ),
        (
            {"main": 'import { a } from "./a.js";\n', "a": "const a = 1;\n"},
            r"a\.js does not export a",
        ),
        ({"main": 'import * as all from "./a.js";\n', "a": ""}, "import that is not understood"),
        (
            {"main": 'import { x } from "https://a.example/x.js";\n'},
            "import that is not understood",
        ),
        (
            {"main": 'import { a } from "./a.js";\n', "a": "export const a = 1;\nexport { a };\n"},
            "export that is not understood",
        ),
        ({"main": "const { a, b } = window;\n"}, "one name a declaration"),
    ],
)
def test_what_cannot_be_joined_is_refused(
    tmp_path: Path, modules: dict[str, str], message: str
) -> None:
    write(tmp_path, **modules)
    with pytest.raises(BundleError, match=message):
        bundle(tmp_path)


def test_names_inside_functions_may_repeat(tmp_path: Path) -> None:
    source = "function a() {\n  const inner = 1;\n}\nclass B {\n}\nlet c = 1;\n"
    assert declared(source, "m.js") == ["a", "B", "c"]


def test_the_panel_bundle_is_one_valid_module_with_its_two_entries(tmp_path: Path) -> None:
    text = bundle(FEATURE_SPACE)
    node = shutil.which("node")
    if node is None:
        # Without node the syntax is checked by the browser tests; the entries still show here.
        assert "export default function" in text
        assert "export function mountReplay" in text
        return
    module = tmp_path / "panel.mjs"
    module.write_text(text, encoding="utf-8")
    script = "import(process.argv[1]).then(m => console.log(JSON.stringify(Object.keys(m))))"
    shown = subprocess.run(
        [node, "-e", script, str(module)], capture_output=True, text=True, timeout=30, check=True
    )
    assert set(json.loads(shown.stdout)) == {"default", "mountReplay"}
