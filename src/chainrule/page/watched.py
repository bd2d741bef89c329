"""A program and derivations → the program that computes besides what only a page shows: the factor on each arrow of the
graph, and what each line of a derivation is worth.

They are equations like any other, so that Python and the browser compute them with the same bits; no step needs them,
and none is changed. Networks with letters have their numbers from the program itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from chainrule.derive import Derivation
from chainrule.errors import ChainruleError
from chainrule.expr.nodes import Add, Derivative, Equation, Expr, Mul, Number, Reduce, Ref, key, number
from chainrule.expr.walk import nodes, transform
from chainrule.gradient.reads import reads
from chainrule.gradient.simplify import simplify
from chainrule.gradient.slopes import Slopes
from chainrule.model.model import HIDDEN, Model, Quantity
from chainrule.program.lower import lower
from chainrule.program.program import Program
from chainrule.values import dataclass

ZERO, ONE = number(0), number(1)

FACTOR, LINE, LOCAL = "factor.", "line.", "local."
"""How the names begin; no name of a text has a point."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The program, the factors by maker and user, and the keys of lines by weight; None is a line without a key."""

    program: Program
    factors: Mapping[tuple[str, str], str] = field(default_factory=dict)
    lines: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    derivatives: Mapping[Derivative, Expr] = field(default_factory=dict)  # in the lines: the quantity that each is


def is_plain(model: Model) -> bool:
    """Whether a model is one of plain numbers: no letters, and no equation that reduces over patterns."""
    no_letters = model.pattern == HIDDEN and not model.sets
    return no_letters and not any(isinstance(node, Reduce) for line in model.equations for node in nodes(line.body))


def watched(model: Model, program: Program, derivations: Sequence[Derivation]) -> Watched:
    """The program with what a page watches; as it is where the model has letters."""
    if not is_plain(model):
        return Watched(program)
    made = Making(model)
    factors: dict[tuple[str, str], str] = {}
    for line in model.equations:
        user = key(line.target)
        if model.quantities[user].role != "derived":
            continue
        for maker in dict.fromkeys(reads(line.body, model.functions)):
            if maker in model.quantities:
                factors[maker, user] = made.named(f"{FACTOR}{len(factors)}", made.slope(line.body, maker))
    lines: dict[str, tuple[str | None, ...]] = {}
    for one in derivations:
        name, found = one.goal.wrt[0].name, list[str | None]()
        for step in one.steps:
            body = made.resolved(step.after) if step.left == one.goal else None
            found.append(None if body is None else made.named(f"{LINE}{name}.{len(found)}", body))
        lines[name] = tuple(found)
    try:
        whole = lower(replace(model, equations=made.equations, quantities=made.quantities), hold=program.held)
    except ChainruleError:
        return Watched(program)
    extra = tuple(
        line for phase in ("forward", "error") for line in whole.phases[phase] if key(line.target) in made.extra
    )
    phases = {**program.phases, "adjoint": (*program.phases["adjoint"], *extra)}
    return Watched(replace(program, phases=phases), factors, lines, made.found)


class Making:
    """Collects equations beside those of a model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.extra: dict[str, Expr] = {}
        self.found: dict[Derivative, Expr] = {}
        self._slopes = Slopes(model.functions)

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (*self.model.equations, *(Equation(Ref(name), body) for name, body in self.extra.items()))

    @property
    def quantities(self) -> Mapping[str, Quantity]:
        return {**self.model.quantities, **{name: Quantity(name, "derived", varies=True) for name in self.extra}}

    def named(self, name: str, body: Expr) -> str:
        self.extra.setdefault(name, body)
        return name

    def slope(self, body: Expr, name: str) -> Expr:
        """The derivative of a body by a name that it reads."""
        return self._slopes.differentiate(body, name)

    def resolved(self, expr: Expr) -> Expr | None:
        """The expression with quantities in place of its derivatives; None where it has others than these."""
        fits = all(
            len(node.wrt) == 1 and not node.wrt[0].indices for node in nodes(expr) if isinstance(node, Derivative)
        )

        def change(node: Expr) -> Expr:
            return self.derivative(node) if isinstance(node, Derivative) else node

        return transform(expr, change) if fits else None

    def derivative(self, node: Derivative) -> Expr:
        """A derivative as a quantity, or as 0 or 1."""
        if node not in self.found:
            self.found[node] = self.looked(node)
        return self.found[node]

    def looked(self, node: Derivative) -> Expr:
        by = node.wrt[0].name
        if isinstance(node.of, Ref):
            return self.partial(node.of.name, by) if node.kind == "partial" else self.total(node.of.name, by)
        name = f"{LOCAL}{len(self.extra)}"
        return Ref(self.named(name, self.slope(node.of, by) if node.kind == "partial" else self.chained(node.of, by)))

    def partial(self, of: str, by: str) -> Expr:
        body = self.body(of)
        return ZERO if body is None else Ref(self.named(f"{LOCAL}{of}.{by}", self.slope(body, by)))

    def total(self, of: str, by: str) -> Expr:
        if of == by:
            return ONE
        body = self.body(of)
        if body is None:
            return ZERO
        found = self.chained(body, by)
        return found if isinstance(found, Number) else Ref(self.named(f"{LOCAL}{of}.{by}.total", found))

    def body(self, name: str) -> Expr | None:
        quantity, line = self.model.quantities.get(name), self.model.equation(name)
        return line.body if line is not None and quantity is not None and quantity.role == "derived" else None

    def chained(self, body: Expr, by: str) -> Expr:
        """The derivative of a body by a name that its parts may depend on."""
        terms: list[Expr] = [
            Mul((self.slope(body, name), inner))
            for name in dict.fromkeys(reads(body, self.model.functions))
            if name in self.model.quantities and (inner := self.total(name, by)) != ZERO
        ]
        return simplify(Add(tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO)
