"""What varies along one side of a map: a text such as ``α=geometric(1e-3, 1e6, 512)`` → a number for each cell.

=====================  ==================================================================================
``α``                  a const, the rate among them
``w``                  the start of a weight; of an array, of each of its entries
``W[1,2]``             the start of one entry, by the values of its letters
``W+``                 a number added to every entry of the start
``W*``                 a number by which every entry of the start is multiplied
``seed``               the seed of random starts (and data), where no quantity of the model is called so
=====================  ==================================================================================

Values are rounded once, from forty digits or from fractions: they are the same on every machine, and a narrow window
far from 0 has as many different values as the format has numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal, cast

from chainrule.errors import ChainruleError, UsageError, shown
from chainrule.expr.limits import most, over
from chainrule.notation import parse_expression
from chainrule.notation.names import ascii as ascii_name
from chainrule.notation.names import pretty
from chainrule.numbers.evaluate import evaluate
from chainrule.train.order import whole
from chainrule.values import dataclass

Scale = Literal["linear", "geometric", "list"]
Way = Literal["set", "add", "times"]

SCALES = ("linear", "geometric")
BEHIND: Mapping[Way, str] = {"set": "", "add": "+", "times": "*"}
FORMS = "write α=geometric(1e-3, 1e6, 512), w=linear(0, 1, 512) or β=[0, 0.5, 0.9]"
PRECISE = Context(prec=40, rounding=ROUND_HALF_EVEN)
"""Enough that what is rounded to 17 digits is the nearest number, but for ties that no logarithm makes."""

LEFT = re.compile(r"\s*(?P<name>[^\[\]+*]+?)\s*(?:\[(?P<entry>[^\]]*)\])?\s*(?P<way>[+*]?)\s*")
PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
CALL = re.compile(r"\s*(?P<scale>[a-z]+)\s*\((?P<inside>.*)\)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Axis:
    """``name`` is the quantity in its ASCII form, ``entry`` the entry of its start, ``way`` what is done to the start.

    A listed axis has its ``listed`` values; the others have ``count`` values from ``low`` to ``high``, both included.

    >>> Axis.parse("α=geometric(1e-3, 1e6, 4)").values
    (0.001, 1.0, 1000.0, 1000000.0)
    >>> Axis.parse("W[1,2]=linear(0, 1, 3)").label
    'W[1,2]'
    """

    name: str
    scale: Scale
    low: float
    high: float
    count: int
    entry: tuple[int, ...] | None = None
    way: Way = "set"
    listed: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        checked(self)

    @staticmethod
    def parse(text: object) -> Axis:
        """The axis that a text says. Errors: E640 for a text that is none, E641 for ends that cannot be, E642."""
        if not isinstance(text, str) or "=" not in text:
            raise UsageError("E640", f"{shown(text)} is not an axis of a map", FORMS)
        return Axis.of(text.partition("=")[0], text.partition("=")[2])

    @staticmethod
    def of(left: Any, values: Any) -> Axis:
        """The axis of a name, and of its values: a text, numbers, or a tuple ``("geometric", low, high, count)``."""
        found = LEFT.fullmatch(left) if isinstance(left, str) else None
        if not found:
            raise UsageError("E640", f"{shown(left)} is not what varies along an axis", FORMS)
        try:
            name = ascii_name(found["name"])
        except ChainruleError:
            raise UsageError("E640", f"{shown(left)} is not what varies along an axis", FORMS) from None
        entry = entry_of(left, found["entry"])
        way = next(way for way, sign in BEHIND.items() if sign == found["way"])
        if entry is not None and way != "set":
            raise UsageError("E640", f"{left.strip()} adds to or multiplies one entry", "give the entry its values")
        if isinstance(values, str):
            values = written(left, values)
        if isinstance(values, tuple) and values and isinstance(values[0], str):
            scale, *numbers = values
            if scale not in SCALES or len(numbers) != 3 or (count := whole(numbers[2])) is None:
                raise UsageError("E640", f"{shown(scale)} is not a scale with two ends and a count", FORMS)
            low, high = (number(left, one) for one in numbers[:2])
            return Axis(name, cast(Scale, scale), low, high, count, entry, way)
        if hasattr(values, "tolist"):
            values = values.tolist()
        if isinstance(values, Mapping | str | bytes) or not isinstance(values, Iterable):
            raise UsageError("E640", f"the values of {left.strip()} cannot be {shown(values)}", FORMS)
        listed = tuple(number(left, one) for one in values)
        if not listed:
            raise UsageError("E640", f"the list of {left.strip()} is empty", FORMS)
        return Axis(name, "list", listed[0], listed[-1], len(listed), entry, way, listed)

    @property
    def label(self) -> str:
        """The name as it is typed, ``W[1,2]``, ``W+``."""
        entry = "" if self.entry is None else f"[{','.join(map(str, self.entry))}]"
        return f"{pretty(self.name)}{entry}{BEHIND[self.way]}"

    @property
    def key(self) -> str:
        """The name in letters, digits and underscores: what the axis is called in files."""
        entry = "" if self.entry is None else "_" + "_".join(str(one).replace("-", "m") for one in self.entry)
        return self.name + entry + {"set": "", "add": "_offset", "times": "_multiple"}[self.way]

    @property
    def values(self) -> tuple[float, ...]:
        """A number for each cell."""
        return values(self)

    @property
    def text(self) -> str:
        """The axis as it can be read again."""
        if self.scale == "list":
            return f"{self.label}=[{', '.join(map(repr, self.listed))}]"
        return f"{self.label}={self.scale}({self.low!r}, {self.high!r}, {self.count})"

    def json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        found: dict[str, Any] = {"name": self.name, "scale": self.scale, "count": self.count}
        found |= {"values": list(self.listed)} if self.scale == "list" else {"low": self.low, "high": self.high}
        if self.entry is not None:
            found["entry"] = list(self.entry)
        return found | ({"way": self.way} if self.way != "set" else {})

    @staticmethod
    def from_json(found: Mapping[str, Any]) -> Axis:
        """The axis of a plan that was read."""
        listed = tuple(map(float, found.get("values", ())))
        low, high = (listed[0], listed[-1]) if listed else (float(found["low"]), float(found["high"]))
        entry = tuple(map(int, found["entry"])) if "entry" in found else None
        return Axis(
            found["name"], found["scale"], low, high, int(found["count"]), entry, found.get("way", "set"), listed
        )


def checked(axis: Axis) -> None:
    """Nothing, or what is wrong with the ends or the count."""
    ends = (axis.low, axis.high, *axis.listed)
    if axis.scale not in (*SCALES, "list") or axis.way not in BEHIND or not all(map(math.isfinite, ends)):
        raise UsageError("E641", f"the axis {axis.label} has an end that is not a finite number", FORMS)
    if axis.count < 1 or (axis.scale == "list" and len(axis.listed) != axis.count):
        raise UsageError("E641", f"the axis {axis.label} has {axis.count} cells", "give it at least one")
    if axis.count > most("axis"):
        raise over("E642", "axis", f"the axis {axis.label} has {axis.count:,} cells", "take fewer", axis.count)
    if axis.scale == "geometric" and min(axis.low, axis.high) <= 0:
        help = "give two numbers above 0, or use linear(…)"
        raise UsageError("E641", f"geometric values of {axis.label} cannot go from {axis.low:g} to {axis.high:g}", help)
    if axis.scale != "list" and axis.count > 1 and axis.low == axis.high:
        raise UsageError("E641", f"the axis {axis.label} begins and ends at {axis.low:g}", "give it two different ends")


@lru_cache(64)
def values(axis: Axis) -> tuple[float, ...]:
    """The numbers of an axis, each the nearest one to the exact value."""
    if axis.scale == "list":
        return axis.listed
    if axis.count == 1:
        return (axis.low,)
    last = axis.count - 1
    if axis.scale == "linear":
        low, width = Fraction(axis.low), Fraction(axis.high) - Fraction(axis.low)
        return tuple(float(low + width * place / last) for place in range(axis.count))
    first, end = (PRECISE.ln(Decimal(one)) for one in (axis.low, axis.high))
    step = PRECISE.divide(PRECISE.subtract(end, first), Decimal(last))
    inner = (PRECISE.exp(PRECISE.fma(step, place, first)) for place in range(1, last))
    return (axis.low, *map(float, inner), axis.high)


def number(left: str, value: object) -> float:
    """A finite number of an axis, given or written as an expression: ``10^-3``, ``sqrt(5) − 1``."""
    found = math.nan
    if isinstance(value, str):
        try:
            found = float(value) if PLAIN.fullmatch(value.strip()) else float(evaluate(parse_expression(value), {}))
        except (ChainruleError, KeyError, ArithmeticError, TypeError, ValueError):
            found = math.nan
    elif not isinstance(value, bool | bytes):
        try:
            found = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            found = math.nan
    if not math.isfinite(found):
        raise UsageError("E641", f"{shown(value)} is not a finite number of the axis {left.strip()}", FORMS)
    return found


def entry_of(left: str, typed: str | None) -> tuple[int, ...] | None:
    """The letters' values of an entry."""
    if typed is None:
        return None
    try:
        return tuple(int(one.replace("−", "-")) for one in typed.split(","))
    except ValueError:
        raise UsageError("E640", f"{left.strip()} is not one entry", "write whole numbers: W[1,2]") from None


def written(left: str, typed: str) -> Sequence[object] | tuple[str, object, object, object]:
    """The right side of an axis that is a text."""
    call = CALL.fullmatch(typed)
    if call and call["scale"] in SCALES:
        parts = split(call["inside"])
        if len(parts) == 3 and parts[2].strip().isdecimal() and len(parts[2].strip()) < 19:
            return (call["scale"], parts[0], parts[1], int(parts[2]))
    plain = typed.strip()
    if plain.startswith("[") and plain.endswith("]") and plain[1:-1].strip():
        return split(plain[1:-1])
    raise UsageError("E640", f"{left.strip()} = {shown(plain)} is not a scale with two ends and a count", FORMS)


def split(inside: str) -> list[str]:
    """The parts between commas that stand in no bracket."""
    found, depth = [""], 0
    for char in inside:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and not depth:
            found.append("")
        else:
            found[-1] += char
    return found


def axes_of(given: object) -> tuple[Axis, ...]:
    """The axes of a call: one text, several texts or axes, or a mapping from names to values."""
    if isinstance(given, Axis):
        return (given,)
    if isinstance(given, str):
        return (Axis.parse(given),)
    if isinstance(given, Mapping):
        return tuple(Axis.of(name, each) for name, each in given.items())
    if isinstance(given, Iterable) and not isinstance(given, bytes) and getattr(given, "shape", None) != ():
        return tuple(one if isinstance(one, Axis) else Axis.parse(one) for one in given)
    raise UsageError("E640", f"axes cannot be {shown(given)}", FORMS)
