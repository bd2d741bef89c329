"""The printed program and the modules of the page → one script.

A module is plain JavaScript that Node reads too: ``import { a, b as c } from "./noun.js";`` on one line, and ``export``
before functions and constants. A script stands between tags, so nothing in it may look like one.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from chainrule.page.bundle import Module, bundle, module


def script(given: Mapping[str, str], main: str = "page") -> str:
    """The script of a page: ``main`` and the modules that it needs, each after those it imports; some are ``given`` as
    texts, in place of the package's own."""
    done: dict[str, Module] = {}

    def add(name: str) -> None:
        if name in done:
            return
        one = module(name, given[name]) if name in given else source(name)
        for needed, _ in one.given.values():
            add(needed)
        done[name] = one

    add(main)
    return safe(f'"use strict";\n{bundle(list(done.values()))}')


@cache
def source(name: str) -> Module:
    """A module of the package."""
    return module(name, files("chainrule.page").joinpath("modules", f"{name}.js").read_text("utf-8"))


def safe(text: str) -> str:
    """A script that no parser of HTML takes for its end, whatever stands in its comments and strings.

    >>> safe("// </script><!--")
    '// <\\\\/script><\\\\!--'
    """
    return re.sub(r"<(?=/script|!--)", r"<\\", text, flags=re.I)


def packed(value: object) -> str:
    """JSON in few characters, none of which is HTML: deflated, in base64, as dom.js reads it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.b64encode(squeeze.compress(text.encode("utf-8", "backslashreplace")) + squeeze.flush()).decode()
