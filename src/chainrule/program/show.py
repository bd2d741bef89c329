"""Program → text for people: its equations, phase by phase."""

from __future__ import annotations

from dataclasses import replace

from chainrule.expr.nodes import At, Expr, Index, InRange, Reduce, Ref, Size, index, key
from chainrule.expr.walk import rename_index, transform
from chainrule.model.explicit import spoken_letter
from chainrule.model.letters import base
from chainrule.model.model import HIDDEN
from chainrule.notation import show
from chainrule.program.program import PHASES, STEP, Program


def show_program(program: Program, ascii: bool = False) -> str:
    """The equations of a program by phase, one a line; empty phases are left out.

    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> from chainrule.program.lower import lower
    >>> text = "data x in {1, 2}\\ntarget y = 2*x\\nweight w in [0, 1] := 0\\nE = (w*x - y)^2"
    >>> print(show_program(lower(build(parse(text))), ascii=True))
    error
      E[p] = (w*x[p] - y[p])^2
      goal = mean_p E[p]
    adjoint
      d(goal)/d(E[p]) = 1/size(p)
      d(goal)/d(w) = 2*sum_p d(goal)/d(E[p])*(w*x[p] - y[p])*x[p]
    update
      w <- w - alpha*d(goal)/d(w)
    project
      w <- min(max(w, 0), 1)
    """
    lines: list[str] = []
    letter = visible(program)
    for phase in PHASES:
        if program.phases[phase]:
            lines.append(phase)
        sign = "=" if phase in ("forward", "error", "adjoint") else "<-" if ascii else "←"
        for equation in program.phases[phase]:
            left, right = (show(renamed(side, letter), ascii=ascii) for side in (equation.target, equation.body))
            line = f"  {left} {sign} {right}"
            lines.append(line.replace("∂_", "d_") if ascii else line)  # the derivatives that equations read
    return "\n".join(lines)


def visible(program: Program) -> str:
    """The letter that stands for the hidden one: one that is no name and no letter of the program."""
    taken = {base(letter) for letter in program.sets} | {symbol.name for symbol in program.symbols()}
    taken |= {key(equation.target) for phase in PHASES for equation in program.phases[phase]}
    return spoken_letter(taken)


def renamed(expr: Expr, letter: str) -> Expr:
    """The expression with another letter for the hidden one, primes kept."""

    def name(own: str) -> str:
        return letter + own[len(HIDDEN) :] if base(own) == HIDDEN else own

    def place(position: Index) -> Index:
        return rename_index(position, {own: index(name(own)) for own, _ in position.terms})

    def change(node: Expr) -> Expr:
        match node:
            case Ref(own, indices):
                return replace(node, name="t" if own == STEP else own, indices=tuple(map(place, indices)))
            case At(position):
                return replace(node, index=place(position))
            case InRange(position, own):
                return replace(node, index=place(position), letter=name(own))
            case Size(own):
                return replace(node, letter=name(own))
            case Reduce(_, letters):
                return replace(node, letters=tuple(map(name, letters)))
            case _:
                return node

    return transform(expr, change)
