"""The kinks of a network → points on every side of every one of them, sought where random points do not lie there.

A line that forgot a kink differs on one side alone, and that side may be far from where random points lie
(``relu(½w·x − 2)``): so points are drawn at many scales, and where a side is missing, one number after another is moved
until it is reached, the other kinks being held where they were. A line whose kink lies a little beside differs only
between the two.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice, product
from typing import Any

from chainrule.derive.judge.explicit_model import ExplicitModel, typable
from chainrule.derive.judge.kinks import Kink, Letters, Spot, View, has_derivative, kinks
from chainrule.derive.judge.line import TypedLine
from chainrule.derive.judge.test_points import CheckedPoint, Values, normalise, tell, work
from chainrule.errors import ChainruleError
from chainrule.expr.nodes import Derivative, Expr
from chainrule.model.letters import base, free
from chainrule.model.model import HIDDEN
from chainrule.notation import show
from chainrule.numbers import oracle
from chainrule.numbers.environment import Environment, Setting
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.interval import WHOLE
from chainrule.numbers.kinds import FLOATS, INTERVALS

MOST = 24
"""Kinks, entry by entry, that are looked at."""
DRAWS, MOVES = 60, 40
"""Random points drawn, and numbers moved in vain before a side counts as not reached."""
AROUND, BASES = 4, 3
"""Points around one that was sought, and random points from which each kink is crossed."""
BISECTED, PARTED = 5, 40
"""Halvings of a crossing: always, and at most, where another kink has turned on the same way: the slip may be the place
of a kink, and then the only wrong points lie between the two."""
WORK = 400_000
"""Nodes that a search may visit, so that a large network has a shorter one."""
DERIVED = 12
"""Points that take as long as one derivative: a complex step through every equation, for one entry of one weight."""
EDGED, AT_EDGE = 120, 6
"""Points of simple numbers among which some that lie exactly on a kink are sought, and how many of each are taken."""
SIMPLE = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0)
SCALES = (1.0, 1.0, 3.0, 0.3, 10.0)
FACTORS = (-1.0, 0.5, 2.0, 0.05, 4.0, -4.0, 32.0, -32.0)
"""By what a single number is multiplied, in turn, until it has led across a kink; not by 0, for where a factor is 0
both sides are."""

class KinkSearch:
    """Which sides of which kinks have a point, and a search for the others."""

    def __init__(
        self, explicit: ExplicitModel, line: TypedLine, setting: Setting, draw: random.Random, told: bool = False,
        patterns: int = 1, more: Sequence[Expr] = (), soft: Sequence[Kink] = (),
    ) -> None:  # fmt: skip
        self._explicit, self._line, self._setting, self._draw, self._told = explicit, line, setting, draw, told
        self._patterns = patterns
        self._kinks = [*kinks(explicit, line, more), *soft]
        self.spots = self.chosen()
        self.seen: set[tuple[int, int]] = set()
        self._left = WORK // max(1, work(explicit, setting))

    def chosen(self) -> list[Spot]:
        """Entries of the kinks, in turn, `MOST` at most; of the hidden patterns the first will do, or a few."""
        most = max(8, self._patterns)
        rows = [[(kink, letters) for letters in islice(self.bindings(kink.letters), most)] for kink in self._kinks]
        found: list[Spot] = []
        for turn in range(max(map(len, rows), default=0)):
            found += [row[turn] for row in rows if turn < len(row)]
        return found[:MOST]

    def bindings(self, letters: Sequence[str]) -> Iterator[dict[str, int]]:
        ranges = [self._setting.range(letter)[: self._patterns] if letter == HIDDEN else self._setting.range(letter)
                  for letter in letters]  # fmt: skip
        for place in product(*ranges):
            yield dict(zip(letters, place, strict=True))

    def view(self, given: Values) -> View:
        """A point, with what is asked of it computed when it is asked."""
        self._left -= 1
        if self._told:
            tell(self._explicit, given, self._setting)
        normalise(self._explicit, given, self._setting)

        known: dict[tuple[Derivative, tuple[int, ...]], float] = {}  # many spots ask for the same

        def derivative(node: Derivative, letters: Letters) -> float:
            at = node, tuple(letters[letter] for letter in free(node))
            if at not in known:
                self._left -= DERIVED
                known[at] = oracle.derivative(
                    node, self._explicit.equations, given, setting=self._setting, letters=letters
                )
            return known[at]

        return View(given, Environment(FLOATS, given, self._setting, self._explicit.equations, derivative), self.spots)

    def search(self, start: Callable[[float], Values], movable: Sequence[str]) -> Iterator[CheckedPoint]:
        """Places on all sides; ``start`` draws a point at a scale. None where there is no kink."""
        if not self.spots:
            return
        count = max(1, min(DRAWS, self._left // 4))
        drawn = [self.view(start(SCALES[turn % len(SCALES)])) for turn in range(count)]
        for view in drawn:
            yield from self.places(view)
        best = max(drawn, key=lambda view: view.signs().count(1))
        best = self.reach(best, dict.fromkeys(range(len(self.spots)), 1), movable)
        yield from self.around(best, movable)
        for n, side in product(range(len(self.spots)), (-1, 1)):
            if self._left <= 0:
                break  # what was not reached is said
            there = [view for view in drawn if view.sign(n) == side]
            if not there:
                others = {m: sign for m, sign in enumerate(best.signs()) if m != n and sign}
                found = self.reach(best, {**others, n: side}, movable, needed=n)
                if found.sign(n) != side:
                    continue
                yield from self.around(found, movable, n)
                there = [found]
            for view in self._draw.sample(drawn, min(len(drawn), BASES)):
                if view.sign(n) != side and self._left > 0:
                    yield from self.places(self.crossing(view, self._draw.choice(there), n), n)
            if best.sign(n) != side:
                yield from self.alone(best, there, n, movable)

    def edges(
        self, start: Callable[[float], Values], movable: Sequence[str], numbers: Sequence[float]
    ) -> Iterator[CheckedPoint]:
        """Places exactly on kinks, among points made of simple numbers and those of the text and the line."""
        if not self.spots or not movable:
            return
        plainly = [n for n, (kink, _) in enumerate(self.spots) if not kink.extreme and not has_derivative(kink.margin)]
        network = {kink.margin for kink in kinks(self._explicit, None, ())}
        found: dict[Kink, int] = {}
        pool = [*SIMPLE, *numbers]
        for _ in range(max(1, min(EDGED, self._left // 4)) if self._left > 0 else 0):
            given = start(1.0)
            for name in movable:
                own = given[name]
                given[name] = {place: self._draw.choice(pool) for place in own} if isinstance(own, Mapping) \
                    else self._draw.choice(pool)  # fmt: skip
            view = self.view(given)
            if sum(view.zero(n) for n in plainly if self.spots[n][0].margin in network) > 1:
                continue  # on two kinks at once both sides may agree, and still no derivative be told by a rule
            for n in plainly:
                kink = self.spots[n][0]
                if found.get(kink, 0) < AT_EDGE and view.zero(n):
                    found[kink] = found.get(kink, 0) + 1
                    yield from self.places(view, n)

    def alone(self, best: View, there: list[View], n: int, movable: Sequence[str]) -> Iterator[CheckedPoint]:
        """Points at which one kink has turned and all others stand as they did: the place of a line that forgot it."""
        signs = best.signs()
        held = {m: sign for m, sign in enumerate(signs) if m != n and sign}
        wanted, crossed = {**held, n: -signs[n] or 1}, dict[tuple[int, ...], View]()
        for view in chain((self.crossing(best, other, n) for other in there[:BASES]), self.along(best, n, movable)):
            yield from self.places(view, n)
            crossed.setdefault(view.signs(), view)
            if self.kept(view, held) == len(held):
                return
        nearest = sorted(crossed.values(), key=lambda view: -self.kept(view, held))
        for view in nearest[:BASES] or [best]:
            if self._left <= 0:
                return
            found = self.reach(view, wanted, movable, needed=n)
            if found.sign(n) not in (0, signs[n]):
                yield from self.around(found, movable, n)
                if self.kept(found, held) == len(held):
                    return

    def kept(self, view: View, held: Mapping[int, int]) -> int:
        """How many kinks stand at a point as they should."""
        return sum(view.sign(m) == sign for m, sign in held.items())

    def along(self, best: View, n: int, movable: Sequence[str]) -> Iterator[View]:
        """Points at which one kink has just been crossed because a single number, or array, was moved."""
        for name in movable:
            for factor in FACTORS:
                if self._left <= 0:
                    return
                other = self.view({**best.given, name: scaled(best.given[name], factor)})
                if other.sign(n) not in (0, best.sign(n)):
                    yield self.crossing(best, other, n)
                    break

    def crossing(self, view: View, there: View, n: int) -> View:
        """The point on the way from one side of a kink to the other at which it has just been crossed.

        There the other kinks stand as they do at the start, and nothing is large.
        """
        far, low, high = there, 0.0, 1.0
        for turn in range(PARTED):
            if self._left <= 0 or (turn >= BISECTED and not self.apart(view, far, n)):
                break
            middle = (low + high) / 2
            other = self.view({name: mixed(view.given[name], there.given[name], middle) for name in view.given})
            if other.sign(n) == there.sign(n):
                far, high = other, middle
            else:
                low = middle
        return far

    def apart(self, view: View, other: View, n: int) -> bool:
        """Whether another kink than one has turned from a point to another."""
        return any(view.sign(m) != other.sign(m) for m in range(len(self.spots)) if m != n)

    def around(self, view: View, movable: Sequence[str], of: int | None = None) -> Iterator[CheckedPoint]:
        """A point and others around it."""
        yield from self.places(view, of)
        for _ in range(AROUND):
            yield from self.places(self.view(self.jittered(view.given, movable)), of)

    def jittered(self, given: Values, movable: Sequence[str]) -> Values:
        """A point near another, in factors."""

        def one(number: float) -> float:
            return number * math.exp(self._draw.gauss(0.0, 0.4))

        return {name: ({place: one(number) for place, number in own.items()} if isinstance(own, Mapping) else one(own))
                if name in movable else own for name, own in given.items()}  # fmt: skip

    def reach(self, view: View, wanted: Mapping[int, int], movable: Sequence[str], needed: int | None = None) -> View:
        """The point nearest to what is wanted of the spots that moves lead to, the needed one first."""

        def worth(one: View) -> int:
            return sum((one.sign(n) == side) * (1000 if n == needed else 1) for n, side in wanted.items())

        top, most, idle = worth(view), len(wanted) + (999 if needed is not None else 0), 0
        plainly = ((name, factor) for name in self._draw.sample(list(movable), len(movable)) for factor in FACTORS)
        while top < most and idle < MOVES and self._left > 0:
            each = next(plainly, None)
            given = self.moved(dict(view.given), movable) if each is None else \
                {**view.given, each[0]: scaled(view.given[each[0]], each[1])}  # fmt: skip
            other = self.view(given)
            idle += each is None
            if needed is not None and top >= 1000 and other.sign(needed) != wanted[needed]:
                continue
            now = worth(other)
            if now > top:
                idle = 0
            if now >= top and (each is None or now > top):
                view, top = other, now
        return view

    def moved(self, given: Values, movable: Sequence[str]) -> Values:
        """A point with one array, or one number of it, made larger, smaller or turned."""
        draw = self._draw
        name = draw.choice(movable)
        factor = 2.0 ** draw.randint(-3, 5) * draw.choice((-1.0, 1.0))
        own = given[name]
        if not isinstance(own, Mapping):
            given[name] = own * factor if own else factor
        elif draw.random() < 0.5:
            given[name] = {place: one * factor for place, one in own.items()}
        else:
            place = draw.choice(list(own))
            given[name] = {**own, place: own[place] * factor if own[place] else factor}
        return given

    def places(self, view: View, of: int | None = None) -> list[CheckedPoint]:
        """A point as a place, the letters on the left being those of a kink, or any."""
        signs = view.signs()
        self.seen |= {(n, sign) for n, sign in enumerate(signs) if sign}
        names = tuple(dict.fromkeys((*self._line.letters, str(self._setting.pattern))))
        about = [n for n, sign in enumerate(signs) if sign > 0] or list(range(len(signs)))
        spot = self.spots[of if of is not None else self._draw.choice(about)]
        own = {base(letter): at_ for letter, at_ in spot[1].items()}
        fit = of is not None or self._draw.random() < 0.5
        letters = {name: own[name] if fit and name in own and own[name] in self._setting.range(name)
                   else self._draw.choice(self._setting.range(name)) for name in names}  # fmt: skip
        return [CheckedPoint(view.given, view.given, self._setting, letters, told=self._told)]

    def missing(self) -> list[str]:
        """The sides on which no point was found, though one may lie there; as a reader writes them."""
        found: dict[str, None] = {}
        reached: dict[Kink, set[int]] = {}
        for n, (kink, _) in enumerate(self.spots):
            reached.setdefault(kink, set()).update(sign for m, sign in self.seen if m == n)
        for kink, letters in self.spots:
            for side in (1,) if kink.extreme else (-1, 1):
                if side not in reached[kink] and self.possible(kink, letters, side):
                    found[f"{show(typable(kink.margin))} {'>' if side > 0 else '<'} 0"] = None
        return list(found)

    def possible(self, kink: Kink, letters: Letters, side: int) -> bool:
        """Whether a margin can have a sign, for all that its bounds say."""
        names = {name: self.whole(name) for name, quantity in self._explicit.model.quantities.items()
                 if quantity.role != "derived"}  # fmt: skip
        names |= {"alpha": WHOLE, "eta": WHOLE} if self._explicit.model.rate is None else {}
        try:
            found = evaluate(kink.margin, names, INTERVALS, setting=self._setting, letters=letters,
                             equations=self._explicit.equations)  # fmt: skip
        except (ChainruleError, OverflowError):
            return True
        return kink.extreme or (found.upper > 0 if side > 0 else found.lower < 0)

    def whole(self, name: str) -> Any:
        letters = self._explicit.letters[name]
        places = product(*(self._setting.range(letter) for letter in letters))
        return dict.fromkeys(places, WHOLE) if letters else WHOLE


def scaled(value: Any, factor: float) -> Any:
    """A value times a number, entry by entry."""
    return {place: one * factor for place, one in value.items()} if isinstance(value, Mapping) else value * factor


def mixed(one: Any, other: Any, share: float) -> Any:
    """A value on the way from one to another, entry by entry."""
    if isinstance(one, Mapping):
        return {place: mixed(one[place], other[place], share) for place in one}
    return one + share * (other - one)
