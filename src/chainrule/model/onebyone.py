"""A rule that reads the patterns one by one, as the perceptron's is printed → the lines that say the same here.

A rule has one value a step, the patterns have one each: what they give is an equation, and the rule reads its mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chainrule.errors import ModelError
from chainrule.expr.nodes import Add, Derivative, Expr, Mul, Neg, Reduce, Ref, index
from chainrule.expr.walk import nodes, transform
from chainrule.model.functions import names_read
from chainrule.model.model import Definition, Quantity
from chainrule.model.names import WORDS, Names
from chainrule.notation.names import pretty
from chainrule.notation.show import show
from chainrule.notation.statements import Update


def check_patterns(rule: Update, names: Names, functions: Mapping[str, Definition]) -> None:
    """An error with the lines to write, where a term of the rule reads data or targets."""
    named = [node for node in nodes(rule.value) if isinstance(node, Ref)]
    given = next((node for node in named if role(node, names) in ("data", "target")), None)
    if given is None:
        return
    weight, what = names.quantities[rule.weight.name], names.quantities[given.name]
    problem = f"the rule of {pretty(weight.name)} cannot read {pretty(given.name)}: it is {WORDS[what.role]}"
    raise ModelError("E126", problem, advice(rule, weight, names, functions), names.source, given.span)


def role(node: Ref, names: Names) -> str:
    known = names.quantities.get(node.name)
    return known.role if known is not None else ""


def advice(rule: Update, weight: Quantity, names: Names, functions: Mapping[str, Definition]) -> str:
    """The two lines that say the same, of a number or entry by entry; else what a rule reads."""
    terms = rule.value.args if isinstance(rule.value, Add) else (rule.value,)
    varying = [term for term in terms if varies(term, names, functions)]
    plain = not any(isinstance(node, Reduce | Derivative) for term in varying for node in nodes(term))
    if names.pattern_set is None and len(varying) == 1 and plain:
        inner = varying[0].arg if isinstance(varying[0], Neg) else varying[0]
        factors = inner.args if isinstance(inner, Mul) else (inner,)
        each = tuple(one for one in factors if varies(one, names, functions))
        step = product(tuple(one for one in factors if one not in each))
        if all(known.letters in ((), weight.letters) for known in read_by(each, names)):
            return of_mean(rule, weight, terms, varying[0], each, step, names)
    return "a rule reads weights, consts, t and derivatives of the goal"


def varies(expr: Expr, names: Names, functions: Mapping[str, Definition]) -> bool:
    return any(names.quantities[name].varies or names.quantities[name].role in ("data", "target")
               for name in names_read(expr, functions, True) if name in names.quantities)  # fmt: skip


def read_by(each: tuple[Expr, ...], names: Names) -> list[Quantity]:
    found = [node.name for one in each for node in nodes(one) if isinstance(node, Ref)]
    return [names.quantities[name] for name in found if name in names.quantities]


def product(factors: tuple[Expr, ...]) -> Expr | None:
    return None if not factors else factors[0] if len(factors) == 1 else Mul(factors)


def of_mean(
    rule: Update, weight: Quantity, terms: tuple[Expr, ...], varying: Expr, each: tuple[Expr, ...], step: Expr | None,
    names: Names
) -> str:  # fmt: skip
    """``d = (l − o)·x`` and ``update w <- w + α·mean d``; of an array ``d[i] = (l − o)·x[i]``."""
    name = next(one for one in ("d", f"d_{weight.name}", f"mean_{weight.name}_step") if one not in names.taken)
    mean: Expr = Reduce("mean", (), Ref(name))
    term = Mul((step, mean)) if step is not None else mean
    new = Neg(term) if isinstance(varying, Neg) else term
    value = Add(tuple(new if one is varying else one for one in terms)) if len(terms) > 1 else new
    line = f"update {pretty(weight.name)} <- {show(replace(rule, value=value).value)}"
    place = tuple(map(index, weight.letters))

    def at_entry(node: Expr) -> Expr:
        bare = isinstance(node, Ref) and not node.indices and names.quantities[node.name].letters
        return replace(node, indices=place) if bare and isinstance(node, Ref) else node

    whole = product(each)
    shown = show(transform(whole, at_entry)) if whole is not None else ""
    left = pretty(name) + (f"[{','.join(weight.letters)}]" if place else "")
    return f"write {line}, and above it {left} = {shown}"
