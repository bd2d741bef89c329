"""One step of training as equations in the order in which they are computed.

Conventions. Every letter is explicit: a quantity with one value a pattern carries the pattern letter first (the hidden
one, or the declared one where the text put it). Each phase reads only what stands before it. In the phase "update" the
left side is the new value of a weight or state, and every weight and state on the right is the value BEFORE the step,
except a state's own new value, which is named ``state'``-less by its assigned name (see `lower`). "project" puts each
weight with a box back into it. Adjoints are named by the total derivative that they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chainrule.expr.nodes import Equation, Expr

PhaseName = Literal["forward", "error", "adjoint", "update", "project"]
PHASES: tuple[PhaseName, ...] = ("forward", "error", "adjoint", "update", "project")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name with the letters of its axes, in order."""

    name: str
    letters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """The equations of one step, by phase, and what they read that no equation computes."""

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
