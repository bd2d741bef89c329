"""The chain rule of a derivative → what a learner with one slip makes of it, each with the slip's id and its words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace
from fractions import Fraction
from typing import cast

from chainrule.derive.judge.deltas import NET
from chainrule.derive.judge.explicit_model import MEAN, ONE, typable
from chainrule.derive.judge.system import ERROR, TRUE, UNIT, System, Term, U, name_of, opened, slope_in, used
from chainrule.derive.readable import readable
from chainrule.expr.nodes import Add, Call, Derivative, Div, Expr, Mul, Neg, Number, Pow, Ref, Size, index, key
from chainrule.expr.walk import nodes, rename_letters, substitute, transform
from chainrule.gradient import rules
from chainrule.gradient.letters import printable
from chainrule.gradient.reads import reads
from chainrule.model.letters import base, free
from chainrule.model.model import HIDDEN
from chainrule.notation import show
from chainrule.notation.names import pretty
from chainrule.values import dataclass

Words = Mapping[str, str]

CALL = "call#"

ELSE = ("sigmoid", "tanh", "relu", "softplus", "exp", "sin", "cos")
"""The functions whose slopes are confused."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """Bodies of adjoints and slopes replaced, or another quantity differentiated by: what the slip changes."""

    slip: str
    words: Words
    adjoints: Mapping[int, Expr] = field(default_factory=dict)
    slopes: Mapping[str, Expr] = field(default_factory=dict)


def mutants(found: System) -> Iterator[Mutant]:
    """Every single slip in the chain rule itself, the commonest first."""
    yield from forgotten(found)
    yield from dropped(found)
    yield from turned(found)
    yield from bent(found)
    yield from replaced(found)
    yield from updated(found)
    yield from inner(found)


def forgotten(found: System) -> Iterator[Mutant]:
    """A slope left out: of one call, then of every call of one function."""
    for names in groups(found):
        slope = found.slopes[names[0]]
        if slope.function in ("power", "inverse"):
            continue
        words = slope_words(found, names[0])
        if len(names) > 1:
            words = {**words, "slope": f"{words['slope']} and {len(names) - 1} like it"}
        yield Mutant("missing-slope", words, slopes=dict.fromkeys(names, UNIT))


def groups(found: System) -> Iterator[tuple[str, ...]]:
    """Each slope, then those of one function together: of quantities equally near to the result, then of all."""
    by: dict[str, list[str]] = {}
    near: dict[tuple[str, int | None], list[str]] = {}
    away = distances(found)
    for name in used(found):
        yield (name,)
        slope = found.slopes[name]
        by.setdefault(slope.function, []).append(name)
        near.setdefault((slope.function, away.get(slope.of.name) if slope.of is not None else None), []).append(name)
    together = dict.fromkeys(tuple(names) for names in (*near.values(), *by.values()) if len(names) > 1)
    yield from together


def distances(found: System) -> dict[str, int]:
    """How many equations lie between a quantity and what is differentiated, by the shortest way."""
    bodies: dict[str, list[Expr]] = {}
    for line in found.explicit.equations:
        bodies.setdefault(key(line.target), []).append(line.body)
    known = {found.of.name: 0}
    todo = [found.of.name]
    for name in todo:
        for body in bodies.get(name, ()):
            for other in reads(body, found.explicit.functions):
                if other not in known:
                    known[other] = known[name] + 1
                    todo.append(other)
    return known


def dropped(found: System) -> Iterator[Mutant]:
    """A factor left out of one term, or written twice."""
    for line, terms in enumerate(found.terms):
        for place, term in enumerate(terms):
            for number, factor in enumerate(term.factors):
                slip = kind_of(factor)
                if slip is None:
                    continue
                less = replace(term, factors=term.factors[:number] + term.factors[number + 1 :])
                words = {"factor": as_reader_writes(found, factor), **averaged(factor)}
                yield Mutant(slip, words, {line: put(terms, place, less.expr)})
                if isinstance(factor, Ref):
                    more = replace(term, factors=(*term.factors, factor))
                    yield Mutant("factor-twice", words, {line: put(terms, place, more.expr)})
            for letter in term.letters:
                if base(letter) == HIDDEN and found.of.name != MEAN:
                    continue  # of one pattern there is no mean
                mean = replace(term, factors=(*term.factors, Div(UNIT, Size(letter))))
                words = counted(letter)
                yield Mutant("mean-not-sum", words, {line: put(terms, place, mean.expr)})


def counted(letter: str) -> dict[str, str]:
    """How a letter and how many values it has are called."""
    plain = base(letter).rstrip("°")
    if base(letter) == HIDDEN or "#" in plain:
        return {"letter": "the patterns", "count": "their number"}
    return {"letter": plain, "count": f"size({plain})"}


def averaged(factor: Expr) -> dict[str, str]:
    """What a factor that averages divides by."""
    match factor:
        case Div(_, Size(letter)):
            return counted(letter)
    return {}


def kind_of(factor: Expr) -> str | None:
    """The slip of leaving a factor out; None where leaving it out is another slip or none."""
    if slope_in(factor) or any(isinstance(node, Ref) and node.name == ONE for node in nodes(factor)):
        return None
    if isinstance(factor, Derivative):
        return "upstream-missing"
    if isinstance(factor, Number):
        return {Fraction(1, 2): "missing-half", Fraction(2): "missing-two"}.get(factor.value, "missing-factor")
    if isinstance(factor, Div) and isinstance(factor.denominator, Size):
        return "sum-not-mean"
    return "missing-factor"


def bent(found: System) -> Iterator[Mutant]:
    """A slope that is not the right one."""
    for names in groups(found):
        slope = found.slopes[names[0]]
        words = slope_words(found, names[0])
        for slip, wrong, yours in variants(name_of(slope.function, found.explicit), slope.function, slope.own):
            shown = spoken(found, substitute(wrong, {"u": slope.inside})) if yours is None else yours
            more = {**words, "yours": shown, "factor": words["slope"]}
            yield Mutant(slip, more, slopes=dict.fromkeys(names, wrong))


def variants(function: str, own: str, slope: Expr) -> Iterator[tuple[str, Expr, str | None]]:
    """The wrong slopes of a function: the slip, the slope in terms of u, and how it is called."""
    two = Number(Fraction(2))
    match function:
        case "power":
            first, lower = cast(Mul, slope).args
            yield "power-exponent", Mul((first, Mul((lower, U)))), None
            yield "power-factor", lower, None
            yield "power-exponent", Mul((first, Div(lower, U))), None
            return
        case "inverse":
            yield "quotient-sign", Div(UNIT, Pow(U, two)), None
            yield "quotient-square", Neg(Div(UNIT, U)), None
            yield "quotient-square", Div(UNIT, U), None
            return
    value, right = Call(own, (U,)), Call(own, (U,), 1)
    if function == "exp":
        yield "power-rule-on-exp", Mul((U, Call("exp", (Add((U, Neg(UNIT))),)))), None
    else:
        yield "slope-argument", Call(own, (value,), 1), None
    if function == "sigmoid":
        yield "slope-form", Mul((Add((UNIT, Neg(U))), U)), None
        yield "half-slope", value, None
        yield "half-slope", Add((UNIT, Neg(value))), None
        yield "slope-sign", Mul((Add((UNIT, value)), value)), None
    if function == "tanh":
        yield "slope-form", Add((UNIT, Neg(Pow(U, two)))), None
        yield "slope-sign", Add((UNIT, Pow(value, two))), None
        yield "half-slope", Add((UNIT, Neg(value))), None
        yield "half-slope", Pow(value, two), None
    yield "slope-value", value, None
    yield "factor-twice", Mul((right, right)), None
    yield "slope-sign", Neg(right), None
    if function in ELSE:
        for other in ELSE:
            if other != function:
                bare = rules.slope(other, value=False)
                yield "slope-function", bare, other
                in_value = rules.slope(other, value=True)
                if in_value != bare:
                    yield "slope-function", substitute(in_value, {"s": value}), other


def turned(found: System) -> Iterator[Mutant]:
    """A term with the other sign."""
    for line, terms in enumerate(found.terms):
        for place, term in enumerate(terms if len(terms) > 1 else ()):
            other = put(terms, place, replace(term, negative=not term.negative).expr)
            yield Mutant("term-sign", {"factor": as_reader_writes(found, term.expr)}, {line: other})


def replaced(found: System) -> Iterator[Mutant]:
    """Another quantity of the same letters in the place of one."""
    letters, model = found.explicit.letters, found.explicit.model
    for line, terms in enumerate(found.terms):
        for place, term in enumerate(terms):
            for number, factor in enumerate(term.factors):
                if not isinstance(factor, Ref) or factor.name == ONE:
                    continue
                for other in model.quantities:
                    if other == factor.name or letters[other] != letters[factor.name]:
                        continue
                    new = replace(factor, name=other)
                    factors = (*term.factors[:number], new, *term.factors[number + 1 :])
                    words = {"yours": pretty(other), "ours": pretty(factor.name)}
                    yield Mutant("wrong-factor", words, {line: put(terms, place, replace(term, factors=factors).expr)})


def updated(found: System) -> Iterator[Mutant]:
    """Weights after the step where the backward pass reads them."""
    weights = {quantity.name for quantity in found.explicit.model.named("weight")}
    calls: list[Expr] = []  # what goes into a slope belongs to the forward pass, which used the old weights

    def closed(node: Expr) -> Expr:
        if isinstance(node, Call):
            calls.append(node)
            return Ref(f"{CALL}{len(calls) - 1}")
        return node

    def change(node: Expr) -> Expr:
        if isinstance(node, Ref) and node.name in weights:
            return Add((node, Neg(Mul((Ref(found.explicit.rate), Derivative(Ref(TRUE), (node,)))))))
        return node

    def again(node: Expr) -> Expr:
        hidden = isinstance(node, Ref) and node.name.startswith(CALL)
        return calls[int(cast(Ref, node).name.removeprefix(CALL))] if hidden else node

    changed: dict[int, Expr] = {}
    for line, equation in enumerate(found.adjoints):
        body = transform(transform(equation.body, closed), change)
        while any(isinstance(node, Ref) and node.name.startswith(CALL) for node in nodes(body)):
            body = transform(body, again)
        if body != equation.body:
            changed[line] = body
    if changed:
        yield Mutant("updated-weights", {}, changed)


def inner(found: System) -> Iterator[Mutant]:
    """Everything but the slope and what came before it left out of a term."""
    for line, terms in enumerate(found.terms):
        for place, term in enumerate(terms):
            inside = [f for f in term.factors if kind_of(f) == "missing-factor"]
            if len(inside) > 1 and any(map(slope_in, term.factors)):
                kept = tuple(f for f in term.factors if f not in inside)
                words = {"factor": as_reader_writes(found, Mul(tuple(inside)))}
                yield Mutant("inner-derivative", words, {line: put(terms, place, replace(term, factors=kept).expr)})


def put(terms: tuple[Term, ...], place: int, new: Expr) -> Expr:
    """An adjoint with one term replaced."""
    parts = tuple(new if number == place else one.expr for number, one in enumerate(terms))
    return Add(parts) if len(parts) > 1 else parts[0]


def slope_words(found: System, name: str) -> Words:
    """How a slope is spoken of: ``σ′(z₁) = (1 − h₁)·h₁``."""
    slope = found.slopes[name]
    inside = spoken(found, slope.inside)
    if slope.function in ("power", "inverse"):
        value = spoken(found, substitute(slope.own, {"u": slope.inside}))
        return {"function": "the power" if slope.function == "power" else "1/u", "argument": inside, "slope": value}
    function = sigma(pretty(slope.function))
    formula = ""
    same = name_of(slope.function, found.explicit)
    if same in rules.RULES:
        whole = slope.of if slope.of is not None else Call(slope.function, (slope.inside,))
        formula = " = " + spoken(found, substitute(rules.slope(same, value=True), {"u": slope.inside, "s": whole}))
    return {"function": function, "argument": inside, "slope": f"{function}′({inside}){formula}"}


def as_reader_writes(found: System, expr: Expr, letters: Collection[str] = ()) -> str:
    """A factor as a reader writes it: slopes by their names, without what belongs to the machinery; ``letters`` are
    kept as they are, as those of the line are."""

    def change(node: Expr) -> Expr:
        match node:
            case Call(function, (inside,)) if function in found.slopes:
                slope = found.slopes[function]
                if slope.function in ("power", "inverse"):
                    return substitute(slope.own, {"u": inside})
                return Call(slope.function, (inside,), 1)
            case Derivative(Ref(name), wrt) if name == ERROR:
                return UNIT if wrt[0].name == found.of.name else replace(node, of=found.of)
            case Mul(args):
                left = tuple(arg for arg in args if arg != UNIT and not (isinstance(arg, Ref) and arg.name == ONE))
                return node if len(left) == len(args) else Mul(left) if len(left) > 1 else left[0] if left else UNIT
            case _:
                return node

    return spoken(found, transform(expr, change), letters)


def spoken(found: System, expr: Expr, letters: Collection[str] = ()) -> str:
    """An expression in the reader's names."""
    nets = {line.target.name: line for line in found.explicit.equations
            if isinstance(line.target, Ref) and line.target.name.startswith(NET)}  # fmt: skip

    def named(node: Expr) -> Expr:
        match node:
            case Derivative(_, (Ref(name, indices),)) if name in nets:
                return Ref(f"delta_{name.removeprefix(NET)}", indices)
            case _:
                return node

    def change(node: Expr) -> Expr:
        if isinstance(node, Ref) and node.name in nets:
            line = nets[node.name]
            return rename_letters(line.body, dict(zip(line.letters, node.indices, strict=True)))
        return node

    whole = transform(transform(opened(found, expr), named), change)
    return tidy(show(typable(lettered(printable(readable(whole)), {*letters, *free(found.target)}))))


def lettered(expr: Expr, kept: Collection[str] = ()) -> Expr:
    """Free letters of the machinery as the letters they come from, but those that are ``kept``."""
    others = [letter for letter in free(expr) if base(letter) != letter and letter not in kept]
    return rename_letters(expr, {letter: index(base(letter)) for letter in others})


_DERIVATIVE = re.compile(r"\b(?:d|partial)\(([^()]*)\)/(?:d|partial)\(([^()]*)\)")


def tidy(text: str) -> str:
    """Derivatives as ∂E/∂w, the sigmoid as σ."""
    return sigma(_DERIVATIVE.sub(r"∂\1/∂\2", text).replace(NET, "net_").replace("#", ""))


def sigma(text: str) -> str:
    return re.sub(r"\bsigmoid\b", "σ", text)
