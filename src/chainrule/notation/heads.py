"""``E(ŷ, y) = …`` → whether the line is the equation of E, or a function with parameters of its own.

In brackets after a name stand parameters, and in mathematics often what a quantity depends on. The line is an equation
where every name in the brackets is a quantity of the model, E is called with no other arguments, and either E is read
as a quantity (``∂E/∂w``, ``minimise E``), or nothing calls it and a target or a weight is among those names, or it is
the last line that defines anything and they are not all data. ``A(x)`` and ``T(x)`` keep x as their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.notation.known import WORDS
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.notation.reader import Reader

GOALS = ("minimise", "minimize", "maximise", "maximize")
ROUNDS = 50
"""What one line is can depend on another; of a text in which that goes further, all such lines are functions."""


@dataclass(slots=True)
class Head:
    """A line that begins ``E(ŷ, y) =``, and how the text uses E."""

    reader: Reader
    parameters: tuple[str, ...]
    bare: bool = False  # read without brackets
    called: bool = False  # read with these names in its brackets
    foreign: bool = False  # called with anything else


def head(reader: Reader) -> Head | None:
    """The head of a line of the form ``name(name, …) =``."""
    tokens = reader.tokens
    if tokens[0].kind != "name" or tokens[1].text != "(":
        return None
    last = reader.closing[1]
    inside = tokens[2:last]
    plain = len(inside) % 2 == 1 and all(
        token.kind == "name" if number % 2 == 0 else token.text == "," for number, token in enumerate(inside)
    )
    names = tuple(token.text for token in inside[::2])
    if tokens[last + 1].text != "=" or not plain or len(set(names)) < len(names):
        return None
    return Head(reader, names)


def equations(
    readers: list[Reader], quantities: frozenset[str], data: frozenset[str], others: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """The names that such lines define as quantities, with what stands in their brackets.

    ``data`` and ``others``, targets and weights, are names by what they are declared.
    """
    found: dict[str, Head] = {}
    last = next((reader for reader in reversed(readers) if defines(reader)), None)
    for reader in readers:
        one = head(reader)
        if one is not None and reader.tokens[0].text not in quantities:
            found.setdefault(reader.tokens[0].text, one)
    for _ in range(ROUNDS if found else 0):
        known = quantities | found.keys()
        read(readers, found)
        left = {
            name: one
            for name, one in found.items()
            if known.issuperset(one.parameters) and equation(one, data, others, last)
        }
        if len(left) == len(found):
            return {name: one.parameters for name, one in found.items()}
        found = left
    return {}


def equation(one: Head, data: frozenset[str], others: frozenset[str], last: Reader | None) -> bool:
    if one.foreign or one.bare or one.called:
        return one.bare and not one.foreign
    return not others.isdisjoint(one.parameters) or (one.reader is last and not data.issuperset(one.parameters))


def defines(reader: Reader) -> bool:
    """Whether a line is an equation or the definition of a function."""
    first = reader.tokens[0]
    return first.kind == "name" and first.text not in WORDS and any(token.text == "=" for token in reader.tokens[:20])


def read(readers: list[Reader], found: dict[str, Head]) -> None:
    """Note of each head how the text uses its name."""
    for one in found.values():
        one.bare = one.called = one.foreign = False
    for reader in readers:
        tokens = reader.tokens
        own = head(reader)
        hidden = own.parameters if own is not None and found.get(tokens[0].text) is None else ()
        for number, token in enumerate(tokens):
            if token.kind != "name" or token.text in hidden or token.text not in found or (number == 0 and own):
                continue
            one = found[token.text]
            if tokens[number + 1].kind == "prime":
                one.foreign = True
            elif tokens[number + 1].text != "(":
                one.bare = True
            elif not repeated(reader, number, one.parameters):
                one.foreign = True
            elif tokens[0].text in GOALS or tokens[number - 1].text == "∂":
                one.bare = True
            else:
                one.called = True


def repeated(reader: Reader, number: int, parameters: tuple[str, ...]) -> bool:
    """Whether after the name with this number its own brackets stand again: ``E(ŷ, y)``."""
    last = reader.closing.get(number + 1)
    if last is None or reader.tokens[number + 1].text != "(":
        return False
    texts = [token.text for token in reader.tokens[number + 2 : min(last, number + 2 + 2 * len(parameters))]]
    return last == number + 1 + 2 * len(parameters) and texts == ",".join(parameters).replace(",", " , ").split()
