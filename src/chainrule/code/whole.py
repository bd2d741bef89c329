"""A training → what a program that has its bits is made of: functions, steps, numbers, the order of patterns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from chainrule.code.functions import Functions
from chainrule.code.handout.files import comment
from chainrule.code.names import Names
from chainrule.code.once import Once, once
from chainrule.code.reads import Arrays, arrays
from chainrule.code.spelling import Spelling
from chainrule.code.step import boxes
from chainrule.code.training import Training, pass_of, widths_of
from chainrule.numbers.numerics import EXACT
from chainrule.program.program import Program, Symbol
from chainrule.tape.bound import Array, Bound
from chainrule.tape.record import record
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Whole:
    """The parts of a program, in no language but for the texts of ``functions`` and ``steps``."""

    functions: Sequence[str]  # texts of elementary functions
    steps: Mapping[int, Once]  # patterns that a step visits → the step
    data: Mapping[str, Array]  # name of an array → its numbers
    consts: Array
    named: Sequence[str]  # consts, in the order of their numbers
    state: Array  # where weights and states start
    weights: Sequence[tuple[str, int, tuple[int, ...]]]  # name, first entry, shape
    columns: Sequence[str]  # what each entry of the state is called
    boxes: Sequence[str]  # weights with boxes
    training: Training
    patterns: int
    turn: int  # steps of a pass

    @property
    def visits(self) -> bool:
        """Whether steps ask which patterns they visit."""
        return any("visited[" in one.text for one in self.steps.values())

    @property
    def remembers(self) -> str:
        """What stands behind the weights, as it is told."""
        trained = sum(math.prod(shape) for _, _, shape in self.weights)
        return ", and what the learning rule remembers" if trained < self.state.size else ""

    @property
    def text(self) -> str:
        """All that is printed of it."""
        return "\n".join((*self.functions, *(one.text for one in self.steps.values())))


def whole(program: Program, bound: Bound, training: Training, spelling: Spelling) -> Whole:
    """The parts of a program for a training."""
    bound = replace(bound, numerics=EXACT)
    functions = Functions(spelling)
    recordings = {
        count: record(program, bound, count, training=True)
        for count in sorted(widths_of(training.order, bound.patterns))
    }
    taken = Names({*functions.taken(*recordings.values()), *(f"step_{count}" for count in recordings)})
    where = replace(arrays(program, bound, taken), every=training.order == "all")
    steps = {
        count: once(f"step_{count}", count, where, recording, spelling, taken.taken, functions.called)
        for count, recording in recordings.items()
    }
    given = [one for one in program.data + program.targets if one.name in where.data]
    listed = "\n".join(one.text for one in steps.values())
    consts = [one for one in program.consts if one.name in where.consts]
    changing = program.weights + program.states
    return Whole(
        tuple(functions.texts.values()),
        steps,
        {
            where.data[one.name]: where.given(one).ravel()
            for one in given if f"{where.data[one.name]}[" in listed
        },
        np.concatenate([np.ravel(where.given(one)) for one in consts] or [np.zeros(0)]),
        [one.name for one in consts],
        np.concatenate([np.ravel(training.start[one.name]) for one in changing]),
        [(one.name, where.state[one.name], where.shape(one)) for one in program.weights],
        [name for one in changing for name in entries(one, where)],
        boxes(next(iter(recordings.values()))),
        training,
        bound.patterns,
        pass_of(training.order, bound.patterns),
    )  # fmt: skip


def entries(symbol: Symbol, where: Arrays) -> list[str]:
    """What the entries of a weight are called in a table: W[1,2], in quotes where there is a comma."""
    values = [where.values(letter) for letter in symbol.letters]
    named = [f"{symbol.name}[{','.join(map(str, at))}]" for at in product(*values)] if values else [symbol.name]
    return [f'"{one}"' if "," in one else one for one in named]


def head(told: Sequence[str], sign: str, more: Sequence[str]) -> list[str]:
    """The comment at the head of a file: what it is, its equations, how it is run."""
    title, *equations = told
    lines = [comment(title), "", *(f"    {comment(one)}" for one in equations if one), "", *more]
    return [f"{sign} {line}".rstrip() for line in lines]
