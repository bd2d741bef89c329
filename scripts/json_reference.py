"""Writes the evidence of each claim in docs/reference/json.md from what is measured for it: names, types and texts.

    python scripts/json_reference.py

A test holds the page to what this writes.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from chainrule.explain.tell.claims import FINDINGS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "json.md"
COLUMNS = 132
PLAIN = {bool: "true or false", int: "whole", float: "number", str: "text", NoneType: "null"}


def name_of(kind: Any) -> str:
    """A type as the page has it: ``list of number``, ``object or null``."""
    if kind in PLAIN:
        return PLAIN[kind]
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(map(name_of, inside)))
    if origin is Literal:
        return " or ".join(dict.fromkeys(PLAIN[type(value)] for value in inside))
    if origin is tuple:
        return f"list of {name_of(inside[0])}"
    if is_dataclass(kind) or (inspect.isclass(origin) and issubclass(origin, Mapping)):
        return "object"
    raise TypeError(f"no type of JSON is meant by {kind}")


def texts(finding: type) -> dict[str, str]:
    """What stands under each field, those of what it is made of too."""
    found = {}
    for part in filter(is_dataclass, finding.__mro__):
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(part))).body
        body = tree.body if isinstance(tree, ast.ClassDef) else []
        for field, text in pairwise(body):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                found[ast.unparse(field.target)] = " ".join(str(text.value.value).split())
    return found


def shown(field: Field[Any]) -> bool:
    return bool(field.metadata.get("json", True))


def rows(findings: tuple[type, ...]) -> Iterator[tuple[str, str, str]]:
    """Key, type and text of each field, in the order in which they are written."""
    merged: dict[str, tuple[list[str], str]] = {}
    for finding in findings:
        for key, kind, text in keys(finding):
            kinds, _ = merged.setdefault(key, ([], text))
            kinds += [one for one in kind.split(" or ") if one not in kinds]
    yield "kind", "text", "what was found"
    for key, (kinds, text) in merged.items():
        yield key, together(kinds), text.replace("|", "\\|").replace("``", "`")


def together(kinds: list[str]) -> str:
    """Types of which any may be, null last."""
    return " or ".join(sorted(kinds, key="null".__eq__))


def keys(finding: type) -> Iterator[tuple[str, str, str]]:
    """The same of one; a field that is inlined gives way to those of whatever may stand there."""
    hints, told = get_type_hints(finding), texts(finding)
    for field in filter(shown, fields(finding)):
        if field.metadata.get("inlined"):
            for one in get_args(hints[field.name]) or (hints[field.name],):
                yield from keys(one) if is_dataclass(one) else ()
            continue
        kind = name_of(hints[field.name])
        yield field.name, kind.removesuffix(" or null") if field.metadata.get("sometimes") else kind, told[field.name]


def kinds_of(findings: tuple[type, ...]) -> list[str]:
    """The kinds that a claim may find."""
    every = (get_args(get_type_hints(inspect.getattr_static(finding, "kind").fget)["return"]) for finding in findings)
    return list(dict.fromkeys(kind for some in every for kind in some))


def section(id: str, findings: tuple[type, ...]) -> str:
    """The part of the page on one claim."""
    kinds = textwrap.fill(
        f"Kinds: {', '.join(f'`{kind}`'.replace(' ', '~') for kind in kinds_of(findings))}.", COLUMNS - 10,
    ).replace("~", " ")  # fmt: skip
    table = "\n".join(f"| `{key}` | {kind} | {text} |" for key, kind, text in rows(findings))
    return f"## The evidence of `{id}`\n\n{kinds}\n\n| key | type | what it is |\n|---|---|---|\n{table}\n\n"


def written(page: str) -> str:
    """The page with the part on each claim written anew."""
    for id, findings in FINDINGS.items():
        part = re.compile(rf"^## The evidence of `{id}`\n.*?(?=^## )", re.MULTILINE | re.DOTALL)
        old = part.search(page)
        if old is None:
            raise SystemExit(f"the page has no part on {id}")
        page = page[: old.start()] + section(id, findings) + page[old.end() :]
    return page


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8", newline="\n")
