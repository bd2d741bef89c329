"""A finding → its evidence for JSON: what was measured, and nothing that only the telling needs.

A finding is a frozen dataclass; the text under a field says what it is, with its unit, and stands in the page
docs/reference/json.md. A field that is `aside` is measured for the working of a claim and for names; it is in no JSON.
A field that is `sometimes` measured is left out where it is None; any other None is null. One that is `inlined` gives
way to its own fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields, is_dataclass
from typing import Any, Protocol


class Finding(Protocol):
    """What is measured for a claim: its kind in a word or two, and whether the claim holds."""

    @property
    def kind(self) -> str: ...
    @property
    def holds(self) -> bool: ...


def aside() -> Any:
    """A field for the telling alone."""
    return field(metadata={"json": False})


def sometimes() -> Any:
    """A field that is None where it was not measured, and is then left out."""
    return field(metadata={"sometimes": True})


def inlined() -> Any:
    """A field whose own fields stand in the place of it."""
    return field(metadata={"inlined": True})


def evidence(finding: Finding) -> dict[str, Any]:
    """The kind first, then the fields in their order."""
    return {"kind": finding.kind, **fields_of(finding)}


def fields_of(value: object) -> dict[str, Any]:
    """The fields of a dataclass that JSON has."""
    found: dict[str, Any] = {}
    for one in fields(value):  # type: ignore[arg-type]
        content = getattr(value, one.name)
        if one.metadata.get("inlined"):
            found |= {} if content is None else fields_of(content)
        elif one.metadata.get("json", True) and not (content is None and one.metadata.get("sometimes")):
            found[one.name] = inside(content)
    return found


def inside(value: object) -> Any:
    """A field's value: dataclasses as objects, tuples as lists."""
    if is_dataclass(value):
        return fields_of(value)
    match value:
        case Mapping():
            return {name: inside(one) for name, one in value.items()}
        case tuple() | list():
            return [inside(one) for one in value]
    return value
