"""A language is a table: with one for Python the same walk prints steps that Python itself runs, with the same bits."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from tests.laws.test_indexed import PROGRAMS as NETWORKS
from tests.laws.test_indexed import program as read

import chainrule as cr
from chainrule.api.printed import DOCUMENTS, LANGUAGES
from chainrule.cli.code import code
from chainrule.code.functions import Functions
from chainrule.code.names import Names
from chainrule.code.reads import arrays
from chainrule.code.spelling import ATOM, LOOSE, PRODUCT, SUM, Form, Spelling, compared, infix
from chainrule.code.step import steps
from chainrule.numbers.operations import FLOAT
from chainrule.tape.record import record
from chainrule.train.run import Run


def literal(number: float) -> str:
    return repr(number) if math.isfinite(number) else f"float('{number}')"


PYTHON = Spelling(
    name="Python",
    number=literal,
    operations={
        "add": infix("+", SUM),
        "subtract": infix("-", SUM),
        "multiply": infix("*", PRODUCT),
        "divide": Form("divide({0}, {1})"),
        "negative": Form("-{0}", PRODUCT, (ATOM,)),
        "sqrt": Form("sqrt({0})"),
        "floor": Form("floor({0})"),
        "scale": Form("scale({0}, {1})"),
        "fraction": Form("split({0})[0]"),
        "exponent": Form("split({0})[1]"),
    },
    comparisons={sign: compared(sign) for sign in ("<", "<=", ">", ">=", "==", "!=")},
    choose=Form("{1} if {0} else {2}", LOOSE, (SUM, SUM, SUM)),
    differ=Form("differ({0}, {1})"),
    both=" and ",
    either=" or ",
    prelude="",
    reserved=frozenset({"divide", "sqrt", "floor", "scale", "split", "differ", "in", "is", "if", "lambda"}),
    comment="# {text}",
    constant="{name} = {value}",
    variable="{name} = {value}",
    whole="{name} = {value}",
    counter="{name} = {value}",
    assign="{name} = {value}",
    read="{array}[{index}]",
    write="{array}[{index}] = {value}",
    numbers="{name} = [float('nan')] * {count}",
    table="{name} = [{values}]",
    function="def {name}({arguments}):",
    argument=dict.fromkeys(("number", "numbers", "wholes", "whole"), "{name}"),
    give="return {value}",
    up="for {letter} in range({count}):",
    down="for {letter} in reversed(range({count})):",
    when="if {test}:",
    again="while {test}:",
    leave="break",
    end="",
    indent="    ",
)


def trained(run: Run, count: int, small: int) -> tuple[list[float], list[int]]:
    """The last state of a run's training made by printed Python, and where it stands then."""
    program, bound, functions = run.program, run.recipe.bound, Functions(PYTHON)
    recording = record(program, bound, count, training=True)
    taken = Names(functions.taken(recording))
    where = arrays(program, bound, taken)
    text = steps("steps", count, where, recording, PYTHON, taken.taken, functions.called, small=small)
    space: dict[str, Any] = {
        "divide": FLOAT.divide, "sqrt": FLOAT.sqrt, "floor": FLOAT.floor, "scale": FLOAT.scale, "split": FLOAT.split,
        "differ": lambda a, b: a.hex() != b.hex(),
    }  # fmt: skip
    space |= {where.data[one.name]: where.given(one).ravel().tolist()
              for one in program.data + program.targets if one.name in where.data}  # fmt: skip
    exec("\n".join((*functions.texts.values(), text)), space)
    kept = run.trace.record
    firsts = [values[0].ravel() for one in (kept.weights, kept.states) for values in one.values()]
    state = np.concatenate(firsts).tolist()
    given = [where.given(symbol).ravel() for symbol in program.consts if symbol.name in where.consts]
    consts = [float(one) for values in given for one in values]
    visited = [row for rows in run.recipe.order.visits(0, run.recipe.order.pass_length) for row in rows]
    control = [0, 0, 0, 0, 0]
    space["steps"](
        state, consts, visited, len(visited), control, run.recipe.steps, run.recipe.order.pass_length, 0, [], []
    )
    return state, control


@pytest.mark.parametrize("small", [2000, 0])
@pytest.mark.parametrize("name", ["identity", "xor", "growth", "line"])
def test_examples(name: str, small: int) -> None:
    run = cr.example(name).train(steps=25)
    check(run, 1, small)


@pytest.mark.parametrize("small", [2000, 0])
@pytest.mark.parametrize("place", [4, 7, 8, 9, 11])
def test_networks_with_letters(place: int, small: int) -> None:
    run = read(NETWORKS[place])[0].train(steps=3, batch="all", rate=0.02)
    check(run, run.recipe.bound.patterns, small)


def check(run: Run, count: int, small: int) -> None:
    state, control = trained(run, count, small)
    last = np.concatenate([values[-1].ravel() for values in run.trace.record.weights.values()]).tolist()
    assert [one.hex() for one in state[: len(last)]] == [one.hex() for one in last]
    assert control[0] == run.steps


def test_the_walk_names_no_language() -> None:
    folder = Path(cr.__file__).parent / "code"
    for path in folder.glob("*.py"):
        lines = path.read_text("utf-8").lower().splitlines()
        text = "\n".join(line for line in lines if ">>>" not in line)
        assert "javascript" not in text or path.name == "__init__.py", path.name


def test_the_command_knows_the_languages_of_the_face() -> None:
    (choice,) = (one.type for one in code.params if one.name == "language")
    assert isinstance(choice, click.Choice)
    assert set(choice.choices) == {*LANGUAGES, *DOCUMENTS}
