"""A derivation by an array → the same by one entry of it: the array's last equation with the entry's indices put in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from chainrule.derive.check import Checker
from chainrule.derive.derivation import Derivation, Equality, Reason, Step
from chainrule.derive.index.ground import ground
from chainrule.derive.index.network import network
from chainrule.errors import UsageError, shown
from chainrule.expr.entries import entry_text
from chainrule.expr.indices import speaks_of_indices, truth
from chainrule.expr.nodes import (
    At,
    Bracket,
    Derivative,
    Equation,
    Expr,
    Index,
    InRange,
    Ref,
    index,
    key,
    number,
    places,
)
from chainrule.expr.walk import rename_letters, transform
from chainrule.gradient.simplify import simplify
from chainrule.model.letters import base, free
from chainrule.model.model import Model
from chainrule.model.ranges import constants, span_of
from chainrule.notation import show
from chainrule.notation.names import ascii as kept
from chainrule.notation.names import pretty

INTEGER = re.compile(r"-?\d{1,9}")


def parted(typed: str) -> tuple[str, str]:
    """A name as typed, and what stands behind it in brackets.

    >>> parted("W[1, 2]"), parted("w")
    (('W', '[1, 2]'), ('w', ''))
    """
    name, bracket, rest = typed.partition("[")
    return name.strip(), bracket + rest.strip()


def entry(model: Model, name: str, typed: str) -> tuple[Index, ...]:
    """The indices of ``W[1,2]``: an integer, or the quantity's own letter where all its values are meant.

    Errors: UsageError E420 for indices that the quantity does not have.

    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> one = entry(build(parse("index i = 1..3\\nweight v[i]\\nE = sum_i v[i]^2")), "v", "[2]")
    >>> one
    (Index(terms=(), constant=2),)
    """
    letters, own = model.quantities[name].letters, pretty(name)
    whole = entry_text(own, map(pretty, letters))
    inside = typed.strip().removeprefix("[").removesuffix("]")
    if f"[{inside}]" != typed.strip() or not letters:
        help = f"write {whole}, with numbers for the letters" if letters else f"write {own}: it is one number"
        raise UsageError("E420", f"{shown(own + typed)} is no entry of {own}", help)
    parts = inside.split(",")
    if len(parts) != len(letters):
        count = "1 index" if len(parts) == 1 else f"{len(parts)} indices"
        problem = f"{shown(own + typed)} has {count}, {whole} {len(letters)}"
        raise UsageError("E420", problem, f"write {whole}, with numbers for the letters")
    lines = [places(line.target) for line in model.equations if key(line.target) == name]
    return tuple(
        position(model, one.strip(), letter, whole, {line[axis].constant for line in lines if not line[axis].terms})
        for axis, (one, letter) in enumerate(zip(parts, letters, strict=True))
    )


def position(model: Model, typed: str, letter: str, whole: str, apart: Collection[int]) -> Index:
    """One index of an entry of ``whole``; base lines give it ``apart`` from what the letter runs over."""
    if not INTEGER.fullmatch(typed):
        if typed == pretty(letter) or kept(typed) == letter:
            return index(letter)
        raise UsageError("E420", f"{shown(typed)} is no value of {pretty(letter)}", f"write a number for it in {whole}")
    if letter == model.pattern:
        problem = f"{pretty(letter)} is the letter of the patterns, and a derivation is true of each of them"
        raise UsageError("E420", problem, f"write the letter itself, as in {whole}")
    group, value = model.set_of(letter), int(typed)
    values = span_of(group, constants(model.quantities)) if group is not None else None
    if values is not None and value not in values and value not in apart:
        problem = f"{pretty(letter)} runs over {values.start}..{values.stop - 1}, {value} is outside"
        raise UsageError("E420", problem, f"choose one of them in {whole}")
    return Index((), value)


def of_one_entry(
    model: Model, equations: tuple[Equation, ...], made: Derivation, place: tuple[Index, ...], seed: int
) -> Derivation:
    """The derivation with the entry's own equation as its last line; ``equations`` are those it was made from."""
    if made.rows:
        problem = "a trace has the numbers of every entry"
        raise UsageError("E421", problem, f"ask for it by {pretty(made.goal.wrt[0].name)}, without indices")
    meaning, line = matched(made, place)
    if not meaning:
        return made
    whole = Ref(made.goal.wrt[0].name, place)
    goal = replace(made.goal, wrt=(whole,))
    net = network(model, equations, made.goal.of.name if isinstance(made.goal.of, Ref) else model.goal.name)
    checker = Checker(ground(net, seed, whole))
    values = tuple(Equality(At(index(letter)), At(at)) for letter, at in meaning.items())
    steps: list[Step] = []
    for before, after, reasons in states(model, goal, line.after, meaning, Reason("entry", {"values": values})):
        steps.append(Step(goal, before, after, reasons, checker.text(show(goal), show(after))))
    return replace(made, goal=goal, steps=(*made.steps, *steps))


def states(
    model: Model, goal: Derivative, body: Expr, meaning: Mapping[str, Index], reason: Reason
) -> Iterator[tuple[Expr, Expr, tuple[Reason, ...]]]:
    """The right sides: the indices put in, then without the brackets that are decided by them."""
    put_in = rename_letters(body, meaning)
    yield goal, put_in, (reason,)
    consts = constants(model.quantities)

    def values(letter: str) -> range | None:
        group = model.set_of(base(letter))
        return None if group is None else span_of(group, consts)

    def decided(node: Expr) -> Expr:
        fixed = isinstance(node, Bracket | InRange) and speaks_of_indices(node) and not free(node)
        holds = truth(node, {}, values) if fixed else None
        return node if holds is None else number(int(holds))

    shorter = transform(put_in, decided)
    if shorter != put_in:
        yield put_in, simplify(shorter), (Reason("simplify"), Reason("kronecker-told"))


def matched(made: Derivation, place: tuple[Index, ...]) -> tuple[dict[str, Index], Step]:
    """What the letters of the equation that gives the entry are worth, and its last line. Of several equations it is
    the one with the fewest letters: a base line takes its entries out of a general equation."""
    found: dict[Derivative, tuple[dict[str, Index], Step]] = {}
    for step in made.steps:
        if step.left.of != made.goal.of or [one.name for one in step.left.wrt] != [made.goal.wrt[0].name]:
            continue
        own = step.left.wrt[0].indices
        pairs = list(zip(own, place, strict=True))
        if all(one.letter is not None or one == at for one, at in pairs):
            meaning = {one.letter: at for one, at in pairs if one.letter is not None and one != at}
            found[step.left] = meaning, step
    if not found:
        raise UsageError("E420", "no equation gives the derivative by this entry", "ask for the whole, without indices")
    return min(found.values(), key=lambda one: len(one[0]))
