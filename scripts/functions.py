"""Writes what the pages of docs say of the known functions from their rows in src/chainrule/numbers/functions.py.

    python scripts/functions.py          the derivative rules, and the list of what is known
    python scripts/functions.py NAME     and of one function its edges and its measured errors, where they are missing

A test holds the pages to what this writes.
"""

from __future__ import annotations

import math
import sys
from functools import partial
from pathlib import Path

from chainrule.notation import parse_expression, show
from chainrule.numbers.functions import FUNCTIONS, PROGRAMS, ULPS
from chainrule.numbers.operations import FLOAT, FUSED_FLOAT

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
HEAD = "| function | slope | where the value s has a name | why | at a kink |\n|---|---|---|---|---|\n"
EDGES = (0.0, math.inf, -math.inf)
STEP = 397
"""Every so many-th float32 is looked at: ten million."""


def rules() -> str:
    """The table of slopes."""
    rows = []
    for name, row in FUNCTIONS.items():
        slopes, values = ("; ".join(f"`{text(slope)}`" for slope in own) for own in (row.slopes, row.values))
        why = f"{row.source.reason} ({row.source.where})".replace("|", "\\|")
        rows.append(f"| {name}({', '.join('uv'[: row.arity])}) | {slopes} | {values} | {why} | {row.kink} |\n")
    return HEAD + "".join(rows)


def text(row: str) -> str:
    return show(parse_expression(row, functions=tuple(FUNCTIONS), quantities=("u", "v", "s")))


def known() -> str:
    """The sentence of the reference of the notation, in lines of its width."""
    single = [name + also(name) for name, row in FUNCTIONS.items() if row.arity == 1]
    several = " and ".join(name for name, row in FUNCTIONS.items() if row.arity == 2)
    lines, words = [""], f"Known functions are {', '.join(single)}, and {several} of two arguments;".split(" ")
    for word in words:
        if len(lines[-1]) + len(word) > 118:
            lines.append("")
        lines[-1] += " " * bool(lines[-1]) + word
    return "\n".join([*lines, ""])


def also(name: str) -> str:
    """`` (also ln)``: other names, σ as it is typed."""
    names = ["σ" if other == "sigma" else other for other in FUNCTIONS[name].also]
    return f" (also {', '.join(names)})" if names else ""


def put(page: str, start: str, end: str, new: str) -> None:
    """What stands in a page from ``start`` up to ``end``, anew."""
    path = PAGES / page
    before, _, rest = path.read_text("utf-8").partition(start)
    path.write_text(before + new + rest[rest.index(end) :], encoding="utf-8")


def added(page: str, name: str, rows: list[str]) -> None:
    """Rows at the end of the first table of a page that has functions, unless it has some of this one."""
    path = PAGES / page
    lines = path.read_text("utf-8").splitlines()
    if not any(line.startswith((f"| `{name}`", f"| `{name}(")) for line in lines):
        first = next(place for place, line in enumerate(lines) if line.startswith("| `"))
        last = next(place for place in range(first, len(lines)) if not lines[place].startswith("|"))
        path.write_text("\n".join([*lines[:last], *rows, *lines[last:]]) + "\n", encoding="utf-8")


def edges(name: str) -> list[str]:
    """Value, slope and second slope at 0 and ±∞, ours and JAX's."""
    from tests.laws.edges import by_jax, ours, same

    rows = []
    for u in EDGES:
        found, other = (way(f"{name}(u)", {"u": u, "v": 1.0}, "u") for way in (ours, by_jax))
        columns = zip(("value", "slope", "second"), found, other, strict=True)
        apart = "; ".join(f"{column} {number(its)}" for column, mine, its in columns if not same(mine, its))
        cells = (f"`{name}(u)`", f"`u = {number(u)}`", "u", *map(number, found), apart or "the same")
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return f"{value + 0.0:.13g}".replace("-", "−").replace("inf", "∞")


def errors(name: str) -> list[str]:
    """The worst errors found in float64."""
    import elementary

    rows = []
    for case in (case for case in elementary.CASES if case.name == name):
        error, where, total = elementary.worst(partial(PROGRAMS[name], FLOAT), case, 100_000)
        fused = elementary.worst(partial(PROGRAMS[name], FUSED_FLOAT), case, 5_000)[0]
        found = f"{total:,} | {error:.3f} | {ULPS[name]:g} | {', '.join(map(repr, where))} | {fused:.3f}"
        rows.append(f"| `{name}` | {case.range} | {found} |")
    return rows


def single_errors(name: str) -> list[str]:
    """The worst errors found in float32, at every `STEP`-th number."""
    import singles

    [case] = [case for case in singles.CASES if case.name == name]
    error, where, total = singles.worst(case, STEP, singles.compiled(name))
    range_ = f"every {STEP}th x"
    return [f"| `{name}` | {range_} | {total:,} | {error:.3f} | {ULPS[name]:g} | {', '.join(map(repr, where))} |"]


def main(name: str = "") -> int:
    put("rules.md", HEAD, "\nOf two arguments", rules())
    put("notation.md", "Known functions are", "gelu, elu", known())
    sys.path[:0] = [str(ROOT)]  # for the tests, which know what JAX has
    if name:
        added("edges.md", name, edges(name))
    if name and ULPS[name]:
        added("elementary.md", name, errors(name))
        added("elementary-float32.md", name, single_errors(name))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
