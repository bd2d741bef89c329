"""The page's modules in Node: a script that imports them reads JSON and gives JSON."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import chainrule

NODE = shutil.which("node") or shutil.which("nodejs")
MODULES = Path(chainrule.__file__).parent / "page" / "modules"

FRAME = """
import {{ readFileSync, writeFileSync }} from "node:fs";
{imports}
const given = JSON.parse(readFileSync(process.argv[2], "utf8"));
const run = (given) => {{ {body} }};
writeFileSync(process.argv[3], JSON.stringify(run(given)));
"""


def needs_node() -> pytest.MarkDecorator:
    """Skips where there is no Node, which is a failure where everything has to be there."""
    return pytest.mark.skipif(NODE is None, reason="node is not installed")


def in_node(folder: Path, imports: dict[str, str], body: str, given: object, more: str = "") -> Any:
    """What ``body``, a function's, returns of ``given``; ``imports`` are names by module, ``more`` stands above it."""
    assert NODE is not None, "node is not installed"
    folder.mkdir(parents=True, exist_ok=True)
    package = folder / "package.json"  # the modules end in .js
    package.write_text('{"type": "module"}', "utf-8")
    for module in MODULES.glob("*.js"):
        (folder / module.name).write_text(module.read_text("utf-8"), "utf-8")
    lines = [f'import {{ {names} }} from "./{module}.js";' for module, names in imports.items()]
    script, read, out = folder / "run.mjs", folder / "given.json", folder / "out.json"
    script.write_text(FRAME.format(imports="\n".join((*lines, more)), body=body), "utf-8")
    read.write_text(json.dumps(given), "utf-8")
    subprocess.run([NODE, str(script), str(read), str(out)], check=True, timeout=300)
    return json.loads(out.read_text("utf-8"), parse_int=whole)


def whole(text: str) -> int | float:
    """JavaScript writes large floats without an exponent."""
    return int(text) if len(text) < 17 else float(text)
