"""A wrong line → the one change of it that makes it right at every place.

A slip in the chain rule is found from the chain rule (`search`). Here it is found from the line: wherever something
stands in it, a sign is turned, a bracket moved, a name, an index or a function exchanged, a factor or a term put in or
left out. At the first place the line is known to be wrong, so most changes are told from what a node would have to be
there; what is left is tried at all places.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from functools import cached_property
from math import prod
from operator import mul
from typing import cast

from chainrule.derive.judge.compare import exact
from chainrule.derive.judge.edits import Change, Path, Site, changes, replaced, sites
from chainrule.derive.judge.explicit_model import ExplicitModel, typable
from chainrule.derive.judge.mutants import tidy
from chainrule.derive.judge.parts import TermPart, entries_of, parts
from chainrule.derive.judge.search import Found
from chainrule.derive.judge.system import System, system
from chainrule.derive.judge.test_points import CheckedPoint, value
from chainrule.errors import BrokenPass, ChainruleError
from chainrule.expr.nodes import Add, Bracket, Call, Cond, Derivative, Div, Expr, Mul, Neg, Number, Pow, Reduce, Ref
from chainrule.expr.walk import children, nodes, rebuild, size
from chainrule.notation import show
from chainrule.numbers.environment import bindings
from chainrule.numbers.evaluate import evaluate
from chainrule.values import dataclass

LARGEST = 400
"""Nodes of a line that is searched."""
TRIED = 6_000
"""Lines that are computed at the first place."""
NEARLY = 1e-7
"""How near a node comes to what it would have to be: that number is a difference, and has lost digits."""
MOST_HOLES = 64
"""Terms of sums around a place of the line that are written out."""
HOLE = "hole#"

Letters = Mapping[str, int]
Formula = Callable[[float, float], float]
Way = tuple[TermPart, Formula]
"""A part, and what a node becomes by it: a function of the node's number and the part's."""


def mend(
    explicit: ExplicitModel, body: Expr, truth: Derivative, places: Sequence[CheckedPoint],
    around: Callable[[Expr], bool] = lambda body: True,
) -> Found | None:  # fmt: skip
    """The slip of a line, if one change of it gives the truth at all places, the first of which tell them apart, and
    ``around`` what the changed line brings with it."""
    if size(body) > LARGEST or not places or not any(isinstance(node, Ref | Derivative) for node in nodes(body)):
        return None
    try:
        rules = system(explicit, truth)
    except ChainruleError:
        rules = None
    ours = [value(explicit, place, truth) for place in places]
    return Trial(explicit, body, truth, rules, places, ours, around).found()


@dataclass
class Trial:
    """The search for one line."""

    explicit: ExplicitModel
    body: Expr
    truth: Derivative
    rules: System | None
    places: Sequence[CheckedPoint]
    ours: Sequence[float]
    around: Callable[[Expr], bool]
    left: int = TRIED
    parts: dict[tuple[str, ...], list[TermPart]] = field(default_factory=dict)
    spread: dict[tuple[tuple[str, int], ...], tuple[CheckedPoint, dict[Expr, float]]] = field(default_factory=dict)

    def found(self) -> Found | None:
        """The likeliest change that gives the truth at every place."""
        tried = [(change, way, hole) for site in sites(self.body, tuple(self.places[0].letters))
                 for hole in (Hole(self, site),) for change, way in self.changes(site)]  # fmt: skip
        tried.sort(key=lambda one: one[0].rank + len(one[2].site.paths))
        for change, way, hole in tried:
            if hole.fits(change.new, way) and self.holds(replaced(self.body, hole.site.paths, change.new)):
                return change.slip, told(hole.site.node, change)
            if self.left <= 0:
                break
        return None

    def holds(self, body: Expr) -> bool:
        there = all(exact(value(self.explicit, place, body), ours)
                    for place, ours in zip(self.places, self.ours, strict=True))  # fmt: skip
        return there and self.around(body)

    def changes(self, site: Site) -> Iterator[tuple[Change, Way | None]]:
        """What may be changed at a site, and how a part does it."""
        node = site.node
        yield from ((change, None) for change in changes(node, self.explicit, site.letters))
        if isinstance(node, Ref):
            yield from ((change, None) for change in self.indices(node, site))
        for part in self.known(site):
            for change, formula in ways(node, part):
                if self.likely(site, change, part):
                    yield replace(change, rank=change.rank + 2) if site.tested else change, (part, formula)

    def likely(self, site: Site, change: Change, part: TermPart) -> bool:
        """Whether a change is one slip, and not the line written anew."""
        if part.expr == self.truth or isinstance(site.node, Number):
            return False
        if site.paths == ((),) and (part.sort == "chain" or change.slip in ("wrong-factor", "wrong-function")):
            return False
        if site.bent:
            return part.sort in ("quantity", "number", "count")
        return not site.summed or part.sort != "chain"

    def indices(self, node: Ref, site: Site) -> Iterator[Change]:
        """Other letters of the same sets."""
        for other in entries_of(self.explicit, node.name, site.letters) if node.indices else ():
            if other != node:
                same = sorted(map(str, other.indices)) == sorted(map(str, node.indices))
                yield Change(other, "transposed-index" if same else "wrong-index", 1)
        for place, position in enumerate(node.indices):
            for constant in sorted(self.shifts.get((node.name, place), ())):
                if len(position.terms) == 1 and constant != position.constant:
                    moved = replace(position, constant=constant)
                    yield Change(replace(node, indices=(*node.indices[:place], moved, *node.indices[place + 1 :])),
                                 "wrong-index", 1)  # fmt: skip

    @cached_property
    def shifts(self) -> Mapping[tuple[str, int], set[int]]:
        """By how much the text shifts the letters of a quantity at each place: ``c[t-1]``."""
        found: dict[tuple[str, int], set[int]] = {}
        for line in self.explicit.equations:
            for node in (*nodes(line.target), *nodes(line.body)):
                if isinstance(node, Ref):
                    for place, position in enumerate(node.indices):
                        if len(position.terms) == 1:
                            found.setdefault((node.name, place), set()).add(position.constant)
        return found

    def known(self, site: Site) -> list[TermPart]:
        """The parts that can be read at a site."""
        if site.letters not in self.parts:
            self.parts[site.letters] = parts(self.explicit, self.truth, self.rules, site.letters)
        return self.parts[site.letters]

    def number(self, expr: Expr, letters: Letters) -> float:
        """What an expression gives at the first place, with these letters."""
        own = tuple(letters.items())
        if own not in self.spread:
            self.spread[own] = replace(self.places[0], letters=letters), {}
        place, numbers = self.spread[own]
        if expr not in numbers:
            numbers[expr] = value(self.explicit, place, expr)
        return numbers[expr]


BENDING = Call | Bracket | Cond | Pow | Mul | Div
PUT_IN = {"slope": 1, "number": 2, "count": 2, "quantity": 2, "local": 3, "rest": 3, "square": 4, "chain": 4}
"""How far-fetched it is that a part was left out."""


def ways(node: Expr, part: TermPart) -> Iterator[tuple[Change, Formula]]:
    """How a part may mend a node: as a factor, a divisor, a term, or in its place; and what the node becomes by it."""
    rank, words = PUT_IN[part.sort], {"factor": part.shown, **part.words}
    missing = {"slope": "missing-slope", "count": "mean-not-sum"}.get(part.sort, "missing-factor")
    yield Change(times(node, part.expr), missing, rank, words=words), lambda node, part: node * part
    if part.sort != "slope":
        extra = {"count": "sum-not-mean"}.get(part.sort, "extra-factor")
        if part.expr in nodes(node):
            extra = "factor-twice"
        yield Change(Div(node, part.expr), extra, rank + 1, words=words), lambda node, part: node / part
    if part.sort in ("quantity", "slope", "local") or (part.sort != "number" and isinstance(node, BENDING)):
        far = 1 if part.sort == "quantity" and isinstance(node, Ref | Call | Bracket | Cond) else 4
        yield Change(part.expr, "wrong-factor", far, words={"ours": part.shown}), lambda node, part: part
    if part.sort in ("quantity", "slope", "number") and not isinstance(node, Number):
        yield Change(Add((node, part.expr)), "missing-term", rank + 1), lambda node, part: node + part
        yield Change(Add((node, Neg(part.expr))), "missing-term", rank + 1), lambda node, part: node - part


def times(node: Expr, part: Expr) -> Expr:
    return Mul((*node.args, part)) if isinstance(node, Mul) else Mul((node, part))


def told(node: Expr, change: Change) -> Mapping[str, str]:
    """The words of a change."""
    words = {"yours": tidy(show(typable(node))), "ours": tidy(show(typable(change.new)))}
    if change.lost is not None:
        words["factor"] = tidy(show(typable(change.lost)))
    return {**words, **change.words}


class Hole:
    """The line at the first place with a hole where a site is: one for each value of the letters that sums bind."""

    def __init__(self, trial: Trial, site: Site) -> None:
        self._trial, self.site = trial, site
        self._values: dict[str, float] = {}
        self._rows: list[Letters] = []
        self._line: Expr | None = None
        self._slopes: list[float] | None = None  # of a line in its holes, and its value with 0 in them
        self._zero = math.nan

    def fits(self, new: Expr, way: Way | None) -> bool:
        """Whether a new node makes the line right at the first place."""
        trial = self._trial
        if self._line is None:
            try:
                self._line = self.opened(trial.body, self.site.paths, trial.places[0].letters)
            except ChainruleError:  # a sum that is too long
                self._line = Number(Fraction(0))
        if not self._rows or (not self.site.bent and not any(self.slopes())):
            return False
        numbers = [self.becomes(new, way, letters) for letters in self._rows]
        if not all(map(math.isfinite, numbers)):
            return False
        if self.site.bent:
            return exact(self.with_in(numbers), trial.ours[0])
        return alike(self._zero + sum(map(mul, self.slopes(), numbers)), trial.ours[0])

    def becomes(self, new: Expr, way: Way | None, letters: Letters) -> float:
        if way is None:
            return self._trial.number(new, letters)
        part, formula = way
        try:
            return formula(self._trial.number(self.site.node, letters), self._trial.number(part.expr, letters))
        except (ZeroDivisionError, OverflowError):
            return math.nan

    def slopes(self) -> list[float]:
        """How the line moves with each hole; all 0 where nothing in them can make it right."""
        if self._slopes is None:
            none = [0.0] * len(self._rows)
            self._zero = self.with_in(none)
            self._slopes = [self.with_in([*none[:n], 1.0, *none[n + 1 :]]) - self._zero for n in range(len(none))]
            if not all(map(math.isfinite, self._slopes)):
                self._slopes = none
        return self._slopes

    def with_in(self, numbers: Sequence[float]) -> float:
        """The line with numbers in the holes."""
        self._trial.left -= 1
        place = self._trial.places[0]
        holes = {f"{HOLE}{n}": one for n, one in enumerate(numbers)}
        try:
            made = self._trial.explicit.search.add
            return evaluate(cast(Expr, self._line), {**self._values, **holes}, setting=place.setting, made=made)
        except (ChainruleError, OverflowError):
            return math.nan

    def opened(self, node: Expr, paths: tuple[Path, ...], letters: Letters) -> Expr:
        """A node with its holes, in which all that has none is one number, and each sum around one is written out.

        It goes as deep as the line, which `LARGEST` bounds.
        """
        if () in paths:
            self._rows.append(letters)
            return Ref(f"{HOLE}{len(self._rows) - 1}")
        inside = children(node)
        below = [tuple(path[1:] for path in paths if path[0] == n) for n in range(len(inside))]
        if isinstance(node, Reduce):
            trial = self._trial
            turns = node.letters or (trial.explicit.pattern,)
            if prod(len(trial.places[0].setting.range(letter)) for letter in turns) > MOST_HOLES:
                raise BrokenPass("mends", "a long sum with a hole in it")
            terms = [self.opened(node.body, below[0], {**letters, **bound})
                     for bound in bindings(node.letters or (trial.explicit.pattern,), trial.places[0].setting)]
            if node.operator not in ("sum", "mean") or len(self._rows) > MOST_HOLES:
                raise BrokenPass("mends", "a reduction with a hole in it")
            whole = Add(tuple(terms)) if len(terms) > 1 else terms[0]
            return Div(whole, Number(Fraction(len(terms)))) if node.operator == "mean" else whole
        return rebuild(node, tuple(
            self.opened(child, below[n], letters) if below[n] else self.closed(child, node, letters)
            for n, child in enumerate(inside)
        ))  # fmt: skip

    def closed(self, node: Expr, above: Expr, letters: Letters) -> Expr:
        """A part of the line as a name for its number; conditions, and exponents that are numbers, stay."""
        if isinstance(node, Number):
            return node
        if isinstance(above, Cond) and node is above.test:
            holds = self._trial.number(node, letters)
            return Bracket(">", Number(Fraction(int(holds))), Number(Fraction(0)))
        name = f"part#{len(self._values)}"
        self._values[name] = self._trial.number(node, letters)
        return Ref(name)


def alike(one: float, other: float) -> bool:
    """Whether sums that have lost digits may be equal."""
    return abs(one - other) <= NEARLY * max(abs(one), abs(other)) + 1e-12
