"""The chain rule of a derivative → what is left of it where a learner followed some of its paths alone.

An adjoint is a sum with a term for each use of its quantity. A path is not followed where a term is gone from one
sum, where a quantity between is held constant, where a recurrence goes back some steps and stops, or where of many
entries of a quantity only the entry of its own is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations
from typing import cast

from chainrule.derive.judge.deltas import NET, activations
from chainrule.derive.judge.explicit_model import ExplicitModel, explicit_model
from chainrule.derive.judge.mutants import Mutant, as_reader_writes, tidy
from chainrule.derive.judge.system import ERROR, TRUE, UNIT, System, Term
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Derivative,
    Div,
    Expr,
    InRange,
    Mul,
    Neg,
    Number,
    Reduce,
    Ref,
    Size,
    index,
)
from chainrule.expr.walk import nodes
from chainrule.model.letters import base
from chainrule.model.model import HIDDEN
from chainrule.notation.names import pretty

STEPS = 4
"""Steps back after which a recurrence may be left; a learner writes no more of them out."""
USES = 6
"""Terms of one sum of which every choice is tried."""
BETWEEN = 12
"""Quantities between of which any two are held constant; of more, each alone."""
ZERO = Number(Fraction(0))


def unfollowed(found: System) -> Iterator[Mutant]:
    """Every choice of paths, the likeliest first."""
    yield from truncated(found)
    yield from one_left_out(found)
    yield from held(found)
    yield from left_out(found)
    yield from own_entry(found)


def one_left_out(found: System) -> Iterator[Mutant]:
    """One use of a quantity forgotten."""
    for line, terms in enumerate(found.terms):
        if len(terms) > 1:
            for place in range(len(terms)):
                yield without(found, line, (place,))


def left_out(found: System) -> Iterator[Mutant]:
    """Two or more uses of a quantity forgotten, and one or more left."""
    for line, terms in enumerate(found.terms):
        if 2 < len(terms) <= USES:
            for count in range(len(terms) - 1, 1, -1):
                yield from (without(found, line, gone) for gone in combinations(range(len(terms)), count))


def without(found: System, line: int, gone: tuple[int, ...]) -> Mutant:
    """An adjoint without some of its terms."""
    terms = found.terms[line]
    rest = [term.expr for place, term in enumerate(terms) if place not in gone]
    words = {"name": of_line(found, line), "factor": listed([shown(found, terms[place]) for place in gone])}
    return Mutant("path-forgotten", words, {line: Add(tuple(rest)) if len(rest) > 1 else rest[0]})


def held(found: System) -> Iterator[Mutant]:
    """One or two quantities between held constant, where something else is left to go by."""
    lines: dict[str, list[int]] = {}
    for line in range(len(found.adjoints) - 1):
        lines.setdefault(quantity(found, line).name, []).append(line)
    ends = (found.of.name, found.target.wrt[0].name)
    names = [name for name in reversed(lines) if name not in ends and "#" not in name]
    for group in chain(combinations(names, 1), combinations(names, 2) if len(names) <= BETWEEN else ()):
        gone = {line for name in group for line in lines[name]}
        lost = [(line, term) for line in range(len(found.terms)) if line not in gone
                for term in found.terms[line] if through(term) & set(group)]  # fmt: skip
        if not lost or not all(any(name in through(term) for _, term in lost) for name in group):
            continue  # held, it would hide the other
        line = max({at for at, _ in lost}, key=lambda at: (len(found.adjoints[at].letters), at))
        words = {"yours": listed([pretty(name) for name in group]), "name": of_line(found, line),
                 "ours": adjoint(found, line),
                 "factor": listed([shown(found, term) for at, term in lost if at == line])}  # fmt: skip
        yield Mutant("held-constant", words, dict.fromkeys(gone, ZERO))


def truncated(found: System) -> Iterator[Mutant]:
    """A recurrence followed back through some steps alone: one step holds the state before it constant."""
    back: dict[str, list[tuple[int, int, int]]] = {}  # letter → the line, the place of the term, the way in time
    for line, terms in enumerate(found.terms):
        for place, term in enumerate(terms):
            if (told := shift(found, line, term)) is not None:
                back.setdefault(told[0], []).append((line, place, told[1]))
    for letter, uses in back.items():
        first, last = ends(found, letter)
        names = listed(list(dict.fromkeys(adjoint(found, line) for line, _, _ in uses)))
        more = listed([shown(found, found.terms[line][place]) for line, place, _ in uses])
        for count in range(1, STEPS + 1):
            steps = Number(Fraction(count))
            changed: dict[int, Expr] = {}
            for line in {line for line, _, _ in uses}:
                body: list[Expr] = []
                for place, term in enumerate(found.terms[line]):
                    way = next((way for at, of, way in uses if (at, of) == (line, place)), 0)
                    at = At(index(own_letter(found, line, letter)))
                    near = Bracket(">", at, Add((last, Neg(steps)))) if way > 0 else \
                        Bracket("<", at, Add((first, steps)))  # fmt: skip
                    body.append(Mul((near, term.expr)) if way else term.expr)
                changed[line] = Add(tuple(body)) if len(body) > 1 else body[0]
            words = {"count": str(count), "ours": names, "factor": more,
                     "name": pretty(found.target.wrt[0].name)}  # fmt: skip
            yield Mutant("truncated", words, changed)


def shift(found: System, line: int, term: Term) -> tuple[str, int] | None:
    """The letter along which a term comes from the step after, 1, or before, −1."""
    own = quantity(found, line).indices
    letters = {position.letter for position in own if position.letter is not None}
    for factor in term.factors:
        for node in nodes(factor):
            if isinstance(node, Derivative) and node.of == Ref(ERROR):
                for position in node.wrt[0].indices:
                    if len(position.terms) == 1 and position.terms[0][0] in letters and position.constant:
                        return base(position.terms[0][0]), 1 if position.constant > 0 else -1
    return None


def own_letter(found: System, line: int, letter: str) -> str:
    """A letter as a line has it."""
    return next(one for one in found.adjoints[line].letters if base(one) == letter)


def ends(found: System, letter: str) -> tuple[Expr, Expr]:
    """The first and the last value of a letter."""
    low = next((group.low for group in found.explicit.model.sets if letter in group.letters), None) or UNIT
    return low, Add((low, Size(letter), Neg(UNIT)))


def own_entry(found: System) -> Iterator[Mutant]:
    """Of all entries of a quantity that one entry moves, only the one with the same letters."""
    for line, terms in enumerate(found.terms):
        wrt = quantity(found, line)
        for name in dict.fromkeys(name for term in terms for name in through(term)):
            for same in paired(found, wrt, name):
                letters = found.explicit.letters[name]
                taken = {position.letter for position in wrt.indices}
                fresh = {letter: letter for letter in letters if letter not in same}
                fresh |= {letter: f"{letter}'" for letter in fresh if letter in taken}
                there = Ref(name, tuple(index({**same, **fresh}[letter]) for letter in letters))
                product: Expr = Mul(
                    (Derivative(Ref(ERROR), (there,)), Derivative(Ref(TRUE + name, there.indices), (wrt,)))
                )
                body = [Reduce("sum", tuple(fresh.values()), product) if fresh else product]
                body += [term.expr for term in terms if name not in through(term)]
                over = softmax_letters(found, wrt, name) or {base(at) for at in same.values()}
                other = {letter: f"{at}'" for letter, at in same.items() if base(at) in over - {HIDDEN}}
                away = Ref(name, tuple(index({**same, **fresh, **other}[letter]) for letter in letters))
                names = [*other.values(), *(one for one in fresh.values() if base(one) != HIDDEN)]
                whole, entry = (as_reader_writes(found, one, names) for one in (Derivative(Ref(ERROR), (away,)), away))
                moved = of_line(found, line)
                by = f"({moved})" if wrt.name.startswith(NET) else moved
                words = {"name": moved, "yours": tidy(pretty(name)), "letter": listed(names),
                         "factor": f"{whole}·∂{entry}/∂{by}"}  # fmt: skip
                yield Mutant("off-diagonal", words, {line: Add(tuple(body)) if len(body) > 1 else body[0]})


def paired(found: System, wrt: Ref, name: str) -> Iterator[dict[str, str]]:
    """Which letters of a quantity may be taken for those of what moves it, by the letter or its set."""
    own, explicit = found.explicit.letters.get(name, ()), found.explicit
    asked = [position.letter for position in wrt.indices if position.letter is not None]
    sets = {letter: group.name for group in explicit.model.sets for letter in group.letters}
    hidden = {letter: letter for letter in own if base(letter) == HIDDEN and letter in asked}
    asked = [letter for letter in asked if base(letter) != HIDDEN]
    if len(asked) == 1:
        for letter in own:
            if base(letter) != HIDDEN and sets.get(base(letter)) == sets.get(base(asked[0])):
                yield {**hidden, letter: asked[0]}
    elif shared := {letter: one for letter in own for one in asked if base(one) == letter}:
        yield {**hidden, **shared}


def softmax_letters(found: System, wrt: Ref, name: str) -> set[str]:
    """The letter along which a softmax of what has no name mixes entries."""
    if wrt.name != NET + name:
        return set()
    bodies = [
        line.body for line in found.explicit.equations if isinstance(line.target, Ref) and line.target.name == name
    ]
    return {base(one) for body in bodies for node in nodes(body) if isinstance(node, Reduce) for one in node.letters}


def quantity(found: System, line: int) -> Ref:
    """Whose adjoint a line is."""
    return cast(Derivative, found.adjoints[line].target).wrt[0]


def of_line(found: System, line: int) -> str:
    """The quantity of a line as a reader writes it: ``h[t]``."""
    return as_reader_writes(found, quantity(found, line))


def adjoint(found: System, line: int) -> str:
    """The derivative that a line gives, as a reader writes it: ``∂E/∂h[t]``."""
    return as_reader_writes(found, cast(Derivative, found.adjoints[line].target))


def through(term: Term) -> set[str]:
    """The quantities whose adjoints a term reads."""
    return {node.wrt[0].name for factor in term.factors for node in nodes(factor)
            if isinstance(node, Derivative) and node.of == Ref(ERROR)}  # fmt: skip


def listed(names: Sequence[str]) -> str:
    """``a, b, c``: a sentence about it may be of any language."""
    return ", ".join(names)


def shown(found: System, term: Term) -> str:
    """A term as a reader writes it: without the patterns, and without what only says that there is a step after it."""
    above: list[Expr] = []
    below: list[Expr] = []
    for factor in term.factors:
        match factor:
            case InRange():
                continue
            case Div(one, divisor) if one == UNIT:
                below.append(divisor)
            case _:
                above.append(factor)
    whole: Expr = Mul(tuple(above)) if len(above) > 1 else above[0] if above else UNIT
    if below:
        whole = Div(whole, Mul(tuple(below)) if len(below) > 1 else below[0])
    letters = tuple(letter for letter in term.letters if base(letter) != HIDDEN)
    return as_reader_writes(found, replace(term, factors=(whole,), letters=letters).expr).replace("'(", "′(")


def with_nets(explicit: ExplicitModel) -> ExplicitModel:
    """A model in which what goes into each softmax has a name; the same one if it has."""
    known = {name.removeprefix(NET) for name in explicit.letters if name.startswith(NET)}
    more = [line.target.name for line in explicit.equations
            if isinstance(line.target, Ref) and line.target.name not in known and softmax(line.body)]  # fmt: skip
    inputs = activations(explicit.model) if more else {}
    new = [name for name in more if inputs.get(name) == NET + name]
    if not new:
        return explicit
    return replace(explicit_model(explicit.model, (*known, *new)), work=explicit.work, search=explicit.search)


def softmax(body: Expr) -> bool:
    """Whether a body is a softmax, in the form in which a model keeps it or written out."""
    match body:
        case Call("exp", (Add((_, Neg(Reduce("logsumexp")))),)) | Div(Call("exp"), Reduce("sum", _, Call("exp"))):
            return True
    return False
