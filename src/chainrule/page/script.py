"""The printed program and the modules of the page → one script: each module a function, what it exports its value.

A module is plain JavaScript that Node reads too: ``import { a, b as c } from "./noun.js";`` on one line, and ``export``
before functions and constants. A script stands between tags, so nothing in it may look like one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files

IMPORT = re.compile(r'^import \{ ([^}]*) \} from "\./([a-z_]+)\.js";$', re.M)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class) ([\w$]+))", re.M)

PROGRAM = (
    "begin",
    "advance",
    "visits",
    "passLength",
    "starts",
    "departed",
    "PROGRAM",
    "SHEETS",
    "VALUES",
    "DATA",
    "FUNCTIONS",
)
"""What the page uses of the printed program."""


def script(program: str, main: str = "page", given: Mapping[str, str] | None = None) -> str:
    """The script of a page: the program, the modules that are ``given`` as the bodies of functions, then ``main`` and
    the modules that it needs, each after those it imports."""
    parts = [f"const $program = (() => {{\n{bare(program)}\nreturn {{ {', '.join(PROGRAM)} }};\n}})();"]
    done: list[str] = []

    for name, text in (given or {}).items():
        parts.append(f"const ${name} = (() => {{\n{text}\n}})();")
        done.append(name)

    def add(name: str) -> None:
        if name in done or name == "program":
            return
        text = source(name)
        for found in IMPORT.finditer(text):
            add(found[2])
        done.append(name)
        parts.append(wrapped(name, text))

    add(main)
    return safe("\n".join(['"use strict";', *parts]))


def source(name: str) -> str:
    """The text of a module."""
    return files("chainrule.page").joinpath("modules", f"{name}.js").read_text("utf-8")


def wrapped(name: str, text: str) -> str:
    """A module as a function that is called once.

    >>> wrapped("a", 'import { b as c } from "./d.js";\\nexport const e = c;')
    'const $a = (() => {\\nconst { b: c } = $d;\\nconst e = c;\\nreturn { e };\\n})();'
    """
    given = EXPORT.findall(text)
    body = IMPORT.sub(lambda found: f"const {{ {found[1].replace(' as ', ': ')} }} = ${found[2]};", text)
    return f"const ${name} = (() => {{\n{bare(EXPORT.sub('', body)).strip()}\nreturn {{ {', '.join(given)} }};\n}})();"


def bare(text: str) -> str:
    """A text in JavaScript without its comments and without what stands before lines: no string of ours has several.

    >>> bare("  // why\\n  a = 1;  // that\\n")
    'a = 1;\\n'
    """
    return re.sub(r"^\s+|(?<=;)  // .*$", "", re.sub(r"^\s*//.*\n", "", text, flags=re.M), flags=re.M)


def safe(text: str) -> str:
    """A script that no parser of HTML takes for its end, whatever stands in its comments and strings.

    >>> safe("// </script><!--")
    '// <\\\\/script><\\\\!--'
    """
    return re.sub(r"<(?=/script|!--)", r"<\\", text, flags=re.I)


def data(value: object) -> str:
    """JSON that may stand between tags.

    >>> data({"a": "</script>"})
    '{"a":"\\\\u003c/script>"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
