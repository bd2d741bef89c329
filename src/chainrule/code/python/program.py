"""A training → a program in Python, with the numbers of NumPy, that makes it with the same bits."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence

from chainrule.code.handout.files import MUCH, literal, permuted
from chainrule.code.python.table import HELPERS, PYTHON
from chainrule.code.training import Training
from chainrule.code.whole import Whole, head, whole
from chainrule.program.program import Program
from chainrule.tape.bound import Array, Bound

WIDE = 110

MORE = (
    "To run it:  python FILE.py",
    "It prints each weight with its full value; python FILE.py trace prints all of them after every step, too. Every",
    "number is, to the bit, what chainrule computes: own_exp and its kin are chainrule's own functions, since np.exp",
    "gives other last digits on other machines.",
)


def python_program(program: Program, bound: Bound, training: Training, told: Sequence[str]) -> str:
    """The text of the program; ``told`` are lines without line ends that stand above it."""
    parts = whole(program, bound, training, PYTHON)
    text = parts.text
    lines = [*head(told, "#", MORE), "", "import math", "import sys", "", "import numpy as np", ""]
    for step in parts.steps.values():
        lines += ["", tidy(step.text, ABOUT), ""]
    lines += ["", *driver(parts), ""]
    if parts.training.order == "shuffled" and parts.visits:
        lines += ["", permuted().rstrip(), ""]
    for helper in [helper for name, helper in HELPERS.items() if f"{name}(" in text]:
        lines += ["", helper, ""]
    for function in parts.functions:
        lines += ["", tidy(function), ""]
    lines += ["", *given(parts), "", "with np.errstate(all=\"ignore\"):", "    train()"]
    lines += [f"print({json.dumps(name + ' =', ensure_ascii=False)}, {shown(first, shape)})"
              for name, first, shape in parts.weights]  # fmt: skip
    return "\n".join([*lines, ""])


ABOUT = '''\
    """A step of training: from weights and data to the weights after it.

    Where it cannot be taken, because a number that it needs is not finite, it gives the name of the first that is not.
    """'''


def tidy(text: str, about: str = "") -> str:
    """A function without empty lines, with what it is about below its head."""
    first, *others = (line for line in text.splitlines() if line.strip())
    return "\n".join([first, *([about] if about else []), *others])


def given(parts: Whole) -> Iterator[str]:
    """Data, consts, and weights where they start."""
    if parts.data:
        yield "# the data"
        for name, numbers in parts.data.items():
            yield from array(name, numbers)
        yield ""
    if parts.consts.size and "consts[" in parts.text:
        yield f"# the constants: {', '.join(parts.named)}"
        yield from array("consts", parts.consts)
        yield ""
    yield f"# the weights where they start{parts.remembers}"
    yield from array("state", parts.state)
    yield "after = state.copy()  # the same after the step"
    if parts.visits:
        yield f"visited = [0] * {max(parts.steps)}  # the patterns that the step visits"
    if parts.boxes:
        yield f"put = [0] * {len(parts.boxes)}  # whether the step put a weight back into its box"


def array(name: str, numbers: Array) -> Iterator[str]:
    """The lines of an array."""
    each = [literal(one) for one in numbers.tolist()]
    if len(each) <= MUCH // 4:
        yield f"{name} = np.array([{', '.join(each)}])"
        return
    yield f"{name} = np.array(["
    yield textwrap.fill(", ".join(each), WIDE, initial_indent="    ", subsequent_indent="    ",
                        break_long_words=False, break_on_hyphens=False) + ","  # fmt: skip
    yield "])"


def driver(parts: Whole) -> Iterator[str]:
    """The training."""
    training, turn = parts.training, parts.turn
    yield "def train():"
    yield '    told = sys.argv[1:] == ["trace"]'
    yield "    unchanged = 0  # steps in a row that changed no weight"
    if parts.boxes:
        yield f"    boxes = {{name: [] for name in {json.dumps(list(parts.boxes), ensure_ascii=False)}}}"
    yield "    if told:"
    columns = ",".join(("step", *parts.columns))
    yield f"        print({json.dumps(columns, ensure_ascii=False)})"
    yield '        print(0, *state.tolist(), sep=",")'
    yield f"    for step in range({training.steps}):"
    yield from (f"        {line}" for line in visits(parts))
    yield "        if left:"
    yield '            print(f"{left} is no longer finite in step {step + 1}")'
    yield "            break"
    if parts.boxes:
        yield "        for place, steps in enumerate(boxes.values()):"
        yield "            if put[place]:"
        yield "                steps.append(step + 1)"
        yield "            put[place] = 0"
    yield "        unchanged = unchanged + 1 if after.tobytes() == state.tobytes() else 0"
    yield "        state[:] = after"
    yield "        if told:"
    yield '            print(step + 1, *state.tolist(), sep=",")'
    whole_pass = f" and (step + 1) % {turn} == 0" if turn > 1 else ""
    yield f"        if unchanged >= {turn}{whole_pass}:"
    yield '            print(f"converged: a pass that ends with step {step + 1} changed nothing")'
    yield "            break"
    if parts.boxes:
        yield "    for name, steps in boxes.items():"
        yield "        if steps:"
        yield '            told = f"was put back into its box in {len(steps)} steps, the last of them step {steps[-1]}"'
        yield "            print(name, told)"


def visits(parts: Whole) -> Iterator[str]:
    """Which patterns the step visits, and the step."""
    patterns, order = parts.patterns, parts.training.order
    (_, only), *others = parts.steps.items()
    listed = [] if isinstance(order, str | int) else [list(rows) for rows in order]
    if listed and (parts.visits or others):
        yield f"rows = {listed}[step % {len(listed)}]"
    match order:
        case _ if not parts.visits:
            pass
        case "each" | 1:
            yield f"visited[0] = step % {patterns}"
        case "shuffled":
            yield f"if step % {patterns} == 0:"
            yield f"    order = permutation({parts.training.seed}, step // {patterns}, {patterns})"
            yield f"visited[0] = order[step % {patterns}]"
        case int(size):
            yield f"visited[:] = [(step * {size} + k) % {patterns} for k in range({size})]"
        case _:
            yield "visited[:] = rows"
    if not others:
        yield f"left = {only.call}"
        return
    calls = "".join(f"{one.call} if len(rows) == {count} else " for count, one in others)
    yield f"left = {calls}{only.call}"


def shown(first: int, shape: tuple[int, ...]) -> str:
    """A weight as Python's own numbers."""
    if not shape:
        return f"float(state[{first}])"
    size = 1
    for one in shape:
        size *= one
    return f"state[{first}:{first + size}].reshape({', '.join(map(str, shape))}).tolist()"
