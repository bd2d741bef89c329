"""Expressions as a language writes them, and places in arrays as affine indices of the names of loops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chainrule.code.spelling import ATOM, LOOSE, PRODUCT, SUM, Form, filled
from chainrule.expr.nodes import Index


class Value(NamedTuple):
    """The text of an expression, and how strongly it holds together."""

    text: str
    holds: int = ATOM

    def within(self, needs: int) -> str:
        """As an operand, in brackets where it is looser than needed."""
        return self.text if self.holds >= needs else f"({self.text})"


def formed(form: Form, *operands: Value) -> Value:
    """An expression of operands.

    >>> from chainrule.code.spelling import infix
    >>> formed(infix("-", SUM), Value("a"), Value("b - c", SUM)).text
    'a - (b - c)'
    """
    needs = form.needs or (LOOSE,) * len(operands)
    return Value(filled(form.text, *(one.within(need) for one, need in zip(operands, needs, strict=True))), form.holds)


def plus(one: Index, other: Index, factor: int = 1) -> Index:
    """one + factor·other.

    >>> plus(Index((("i", 2),), 1), Index((("i", -1), ("j", 1)), 3), 2)
    Index(terms=(('j', 2),), constant=7)
    """
    terms = dict(one.terms)
    for letter, times in other.terms:
        terms[letter] = terms.get(letter, 0) + factor * times
    kept = tuple((letter, times) for letter, times in terms.items() if times)
    return Index(kept, one.constant + factor * other.constant)


def total(constant: int, parts: Iterable[tuple[int, Index]]) -> Index:
    """A sum of indices, each so many times."""
    found = Index((), constant)
    for factor, part in parts:
        found = plus(found, part, factor)
    return found


def substituted(index: Index, values: Mapping[str, Index]) -> Index:
    """The index with letters replaced by indices."""
    return total(index.constant, ((times, values[letter]) for letter, times in index.terms))


def spelled(index: Index) -> Value:
    """An index, in the arithmetic of whole numbers that every language has.

    >>> spelled(Index((("i", 3), ("j", -1)), -1)).text, spelled(Index()).text
    ('3 * i - j - 1', '0')
    """
    text, holds = "", SUM
    for letter, times in sorted(index.terms, key=lambda term: term[1] < 0):
        size = letter if abs(times) == 1 else f"{abs(times)} * {letter}"
        sign = " - " if times < 0 else " + "
        text = f"{text}{sign}{size}" if text else ("-" if times < 0 else "") + size
        holds = SUM
    if index.constant or not text:
        sign = " - " if index.constant < 0 else " + "
        text = f"{text}{sign}{abs(index.constant)}" if text else str(index.constant)
    alone = (not index.terms and index.constant >= 0) or (index.letter is not None)
    product = len(index.terms) == 1 and not index.constant and index.terms[0][1] > 0
    return Value(text, ATOM if alone else PRODUCT if product else holds)
