"""A plan ↔ JSON, the digest that names it, and in what two plans differ."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.errors import ChainruleError, LimitError, RunError, Source, inline
from chainrule.expr.limits import most, raise_it
from chainrule.notation.formatted import formatted
from chainrule.train.device import CPU

if TYPE_CHECKING:
    from chainrule.engines.protocol import Array
    from chainrule.maps.plan import Plan

FORMAT = "chainrule.map"
VERSION = 1
NEWER = "read it with the version of chainrule that wrote it, or make the map again"

PARTS = {
    "text": "the model", "axes": "the axes", "steps": "the number of steps", "update": "the learning rule",
    "hold": "the weights that are held", "batch": "which patterns a step visits", "rate": "the rate",
    "seed": "the seed",
    "consts": "the consts", "start": "the starts", "data": "the data", "numerics": "the numerics",
    "device": "the device", "status_only": "whether regions are filled",
    "measures": "the measures", "chosen": "the chosen quantities",
}  # fmt: skip
"""What a plan is made of, in words."""


def parts(plan: Plan) -> dict[str, Any]:
    """A plan as values of JSON."""
    batch: Any = plan.batch
    if not (batch is None or isinstance(batch, str | int)):
        batch = [list(map(int, rows)) if hasattr(rows, "__len__") else int(rows) for rows in batch]
    return {
        "format": FORMAT,
        "version": VERSION,
        "text": plan.text,
        "source": plan.source,
        "axes": [axis.json() for axis in plan.axes],
        "steps": int(plan.steps),
        "update": plan.update,
        "hold": list(plan.hold),
        "batch": batch,
        "rate": None if plan.rate is None else float(plan.rate),
        "seed": int(plan.seed),
        "consts": {name: packed(value) for name, value in plan.consts.items()},
        "start": {name: packed(value) for name, value in plan.start.items()},
        "data": None if plan.data is None else {name: packed(value) for name, value in plan.data.items()},
        "numerics": plan.numerics,
        **({} if plan.device == CPU else {"device": plan.device}),
        **({"status_only": True} if plan.status_only else {}),
        "measures": [measure.text for measure in plan.measures],
        "chosen": list(plan.chosen),
        "tile": list(plan.tile),
    }


def text(plan: Plan) -> str:
    return json.dumps(parts(plan), ensure_ascii=False, allow_nan=False, sort_keys=True)


def canonical(plan: Plan) -> dict[str, Any]:
    """The parts that decide the numbers, the text in the form in which it is printed."""
    found = parts(plan)
    del found["source"], found["tile"]
    found["text"] = formatted(Source(plan.text, plan.source), ascii=True)
    return found


def digest(plan: Plan) -> str:
    whole = json.dumps(canonical(plan), ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()


def differences(one: Plan, other: Plan) -> tuple[str, ...]:
    """A sentence for each part in which two plans differ: what is in the first, and what is in the other."""
    first, second = ({"device": CPU, "status_only": False, **canonical(plan)} for plan in (one, other))
    found = []
    for name, said in PARTS.items():
        if first[name] != second[name]:
            here, there = (lines(name, plan, found) for plan, found in ((one, first), (other, second)))
            found += [f"{said}: {pair}" for pair in apart(here, there)]
    return tuple(found)


def lines(name: str, plan: Plan, found: Mapping[str, Any]) -> list[str]:
    """A part of a plan as what is compared line by line."""
    match name:
        case "text":
            return [line for line in str(found["text"]).splitlines() if line.strip()]
        case "axes":
            return [axis.text for axis in plan.axes]
        case "consts" | "start" | "data":
            named = (found[name] or {}).items()
            return [f"{key} = {value}" if isinstance(value, float) else f"the array {key}, " + seal(value)
                    for key, value in named]  # fmt: skip
        case "hold" | "measures" | "chosen":
            return [str(one) for one in found[name]]
    return [brief(found[name])]


def seal(value: object) -> str:
    """A few letters by which two arrays are told apart."""
    return "SHA-256 " + hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]


def apart(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """The lines that only one of two has, side by side; of many the first alone."""
    left = [line for line in first if line not in second] or [NOT_GIVEN]
    right = [line for line in second if line not in first] or [NOT_GIVEN]
    if (left, right) == ([NOT_GIVEN], [NOT_GIVEN]):
        return ["in another order"]
    more = max(len(left), len(right)) - 1
    said = f"{left[0]} there, {right[0]} asked for"
    return [said + (f", and {more} more" if more else "")]


NOT_GIVEN = "nothing"


def brief(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False).strip('"')
    return shown if len(shown) <= 40 else f"{shown[:39]}…"


def read(typed: str) -> Plan:
    """The plan of a JSON text; whatever is wrong with it is E645."""
    from chainrule.maps.axis import Axis
    from chainrule.maps.measures import Measure
    from chainrule.maps.plan import Plan, frozen

    def arrays(named: Mapping[str, Any]) -> Mapping[str, Array]:
        return frozen({str(name): unpacked(value) for name, value in named.items()})

    try:
        found = json.loads(typed)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise RunError("E645", "this is not the plan of a map", "give what chainrule map wrote")
        if found.get("version") != VERSION:
            problem = f"the plan is of version {inline(str(found.get('version')))[:20]}, and {VERSION} is known here"
            raise RunError("E645", problem, NEWER)
        lacking = KINDS.keys() - found.keys()
        if lacking:
            raise RunError("E645", f"the plan has no {min(lacking)}", NEWER)
        for name, kind in KINDS.items():
            if not isinstance(found[name], kind) or isinstance(found[name], bool):
                raise RunError("E645", f"the plan's {name} is not what it should be", NEWER)
        return Plan(
            text=found["text"],
            source=found["source"],
            axes=tuple(map(Axis.from_json, found["axes"])),
            steps=found["steps"],
            update=found["update"],
            hold=tuple(map(str, found["hold"])),
            batch=found["batch"],
            rate=found["rate"],
            seed=found["seed"],
            consts=arrays(found["consts"]),
            start=arrays(found["start"]),
            data=None if found["data"] is None else arrays(found["data"]),
            numerics=found["numerics"],
            device=found.get("device", CPU),
            status_only=found.get("status_only") is True,
            measures=tuple(map(Measure.parse, found["measures"])),
            chosen=tuple(map(str, found["chosen"])),
            tile=tuple(map(int, found["tile"])),
        )
    except LimitError:
        raise
    except ChainruleError as error:
        raise error if error.code == "E645" else RunError("E645", f"the plan is none: {error.problem}", NEWER) from None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise RunError("E645", f"the plan cannot be read: {type(error).__name__}", NEWER) from None


KINDS: Mapping[str, Any] = {
    "text": str, "source": str, "axes": list, "steps": int, "update": str | None, "hold": list,
    "batch": str | int | list | None, "rate": float | int | None, "seed": int, "consts": dict, "start": dict,
    "data": dict | None, "numerics": str, "measures": list, "chosen": list, "tile": list,
}  # fmt: skip


def packed(value: Array) -> Any:
    """A number as itself, an array with its shape."""
    array = np.asarray(value, "<f8")
    if not array.ndim:
        return float(array)
    return {"shape": list(array.shape), "float64": base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()}


def unpacked(value: Any) -> Array:
    """The array of a plan."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return np.asarray(float(value))
    shape = tuple(map(int, value["shape"]))
    if any(size < 0 for size in shape) or prod(shape) > most("entries"):
        raise RunError("E645", "the plan has an array that is too large", raise_it("entries"))
    return np.frombuffer(base64.b64decode(value["float64"], validate=True), "<f8").reshape(shape)
