"""One step of training as equations in the order in which they are computed.

Conventions. Every letter is explicit: a quantity with one value a pattern carries the pattern letter first (the hidden
one, or the declared one where the text put it). Each phase reads only what stands before it. Adjoints are named by the
total derivative that they are.

=========  =============================================================================================
forward    what depends on no target
error      what depends on a target, the quantity that the goal reduces, and the goal itself
adjoint    ∂goal/∂v, users before makers; for a weight without a path to the goal it is 0
update     the left side is the NEW value of a weight or state; a name on the right is the value BEFORE the
           step, and with a prime (``v.W'``) the new value of a state that was assigned above; ``sum.1`` is a
           number that rules compute once for all weights
project    the left side is a weight with a box, put back into it; on the right stands its new value
=========  =============================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Literal

from chainrule.expr.nodes import Equation, Expr, key
from chainrule.expr.walk import reads
from chainrule.values import dataclass

PhaseName = Literal["forward", "error", "adjoint", "update", "project"]
PHASES: tuple[PhaseName, ...] = ("forward", "error", "adjoint", "update", "project")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name with the letters of its axes, in order."""

    name: str
    letters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """The equations of one step, by phase, and what they read that no equation computes.

    ``defaults`` are values of consts that the text does not declare (the rate of a text without α): they hold unless
    the values that the program is run on name them too. A state of ``watching`` may leave the finite numbers, and a run
    in which nothing but such states changes has converged.
    """

    pattern: str
    sets: Mapping[str, str]  # letter → name of its set, machine letters included; the pattern letter is its own set
    data: tuple[Symbol, ...]
    targets: tuple[Symbol, ...]
    weights: tuple[Symbol, ...]
    consts: tuple[Symbol, ...]
    states: tuple[Symbol, ...]  # of the learning rule: "v.W"
    phases: Mapping[PhaseName, tuple[Equation, ...]]
    objective: str  # the key of the one number that a step lowers (or raises)
    boxes: Mapping[str, tuple[Expr | None, Expr | None]] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    rate: str | None = None  # the const that is the learning rate; None if no rule reads one
    defaults: Mapping[str, Fraction] = field(default_factory=dict)
    starts: Mapping[str, Expr] = field(default_factory=dict)  # of states, by consts; 0 for those that are not in it
    shared: tuple[str, ...] = ()  # numbers that the update computes once for all weights: "sum.1"
    watching: tuple[str, ...] = ()  # states, the last of them, that only look on: whatever they are, the run goes on

    def symbols(self) -> tuple[Symbol, ...]:
        """What the equations read that none of the first three phases computes."""
        return self.data + self.targets + self.weights + self.consts + self.states

    def gradient(self, name: str) -> str:
        """The key of ∂objective/∂name.

        >>> from chainrule.program.program import Program
        >>> Program("p#", {}, (), (), (), (), (), {}, "goal").gradient("w")
        '∂goal/∂w'
        """
        return f"∂{self.objective}/∂{name}"


STEP = "t#"
"""The name of the number of the step, from 1, where a learning rule reads it."""

NEW = "'"
"""Behind the name of a weight or state: its value after the step. No name of a text ends in a prime."""


def computed(program: Program) -> tuple[Equation, ...]:
    """The equations of the first three phases, in order."""
    return program.phases["forward"] + program.phases["error"] + program.phases["adjoint"]


def needed(program: Program) -> tuple[Equation, ...]:
    """Those of them that a step needs: what the goal and the updates are made of. What is only watched is left out."""
    made_of: dict[str, set[str]] = {}
    for equation in computed(program):
        made_of.setdefault(key(equation.target), set()).update(name for name, _ in reads(equation.body))
    wanted: set[str] = set()
    todo = {program.objective}.union(*({name for name, _ in reads(line.body)} for line in program.phases["update"]))
    while todo:
        wanted |= todo
        todo = set().union(*(made_of.get(name, set()) for name in todo)) - wanted
    return tuple(equation for equation in computed(program) if key(equation.target) in wanted)
