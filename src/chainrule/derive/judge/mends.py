"""A wrong line → the one change of it that makes it right at every place.

A slip in the chain rule is found from the chain rule (`search`). Here it is found from the line: wherever something
stands in it, a sign is turned, a bracket moved, a name, an index or a function exchanged, a factor or a term put in or
left out. At the first place the line is known to be wrong, so most changes are told from what a node would have to be
there; what is left is tried at all places.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from chainrule.derive.judge.compare import exact
from chainrule.derive.judge.edits import ONE, Change, Path, Site, at, changes, replaced, sites
from chainrule.derive.judge.parts import Part, entries_of, parts
from chainrule.derive.judge.places import Place, value
from chainrule.derive.judge.scene import Scene, plain
from chainrule.derive.judge.search import Found
from chainrule.derive.judge.system import System, system
from chainrule.errors import ChainruleError
from chainrule.expr.nodes import Add, Bracket, Call, Cond, Derivative, Div, Expr, Mul, Neg, Number, Pow, Ref
from chainrule.expr.walk import children, nodes, rebuild, size
from chainrule.notation import show
from chainrule.numbers.evaluate import evaluate

LARGEST = 400
"""Nodes of a line that is searched."""
TRIED = 6_000
"""Lines that are computed at the first place."""
NEARLY = 1e-7
"""How near a node comes to what it would have to be: that number is a difference, and has lost digits."""
HOLE = "hole#"


def mend(stage: Scene, body: Expr, truth: Derivative, places: Sequence[Place]) -> Found | None:
    """The slip of a line, if one change of it gives the truth at all places, the first of which tell them apart."""
    if size(body) > LARGEST or not places or not any(isinstance(node, Ref | Derivative) for node in nodes(body)):
        return None
    try:
        rules = system(stage, truth)
    except ChainruleError:
        rules = None
    ours = [value(stage, place, truth) for place in places]
    return Trial(stage, body, truth, rules, places, ours).found()


@dataclass(slots=True)
class Trial:
    """The search for one line."""

    stage: Scene
    body: Expr
    truth: Derivative
    rules: System | None
    places: Sequence[Place]
    ours: Sequence[float]
    left: int = TRIED
    parts: dict[tuple[str, ...], list[tuple[Part, float]]] = field(default_factory=dict)

    def found(self) -> Found | None:
        """The likeliest change that gives the truth at every place."""
        tried = [(change, there, hole) for site in sites(self.body, tuple(self.places[0].letters))
                 for hole in (Hole(self, site),) for change, there in self.changes(site)]  # fmt: skip
        tried.sort(key=lambda one: one[0].rank + len(one[2].site.paths))
        for change, there, hole in tried:
            if hole.fits(change.new, there) and self.holds(replaced(self.body, hole.site.paths, change.new)):
                return change.slip, told(hole.site.node, change)
            if self.left <= 0:
                break
        return None

    def holds(self, body: Expr) -> bool:
        return all(exact(value(self.stage, place, body), ours)
                   for place, ours in zip(self.places, self.ours, strict=True))  # fmt: skip

    def changes(self, site: Site) -> Iterator[tuple[Change, float]]:
        """What may be changed at a site, with what the node becomes at the first place; NaN if that is not known."""
        node = site.node
        yield from ((change, math.nan) for change in changes(node, self.stage))
        if isinstance(node, Ref):
            yield from ((change, math.nan) for change in self.indices(node, site))
        here = math.nan if site.summed else value(self.stage, self.places[0], node)
        for part, there in self.known(site):
            for change, number in ways(node, part, here, there):
                if self.likely(site, change, part):
                    yield replace(change, rank=change.rank + 2) if site.tested else change, number

    def likely(self, site: Site, change: Change, part: Part) -> bool:
        """Whether a change is one slip, and not the line written anew."""
        if part.expr == self.truth or (isinstance(site.node, Number) and change.slip != "wrong-factor"):
            return False
        if site.paths == ((),) and (part.sort == "chain" or change.slip in ("wrong-factor", "wrong-function")):
            return False
        return not (site.summed or site.bent) or part.sort not in ("chain", "square", "rest")

    def indices(self, node: Ref, site: Site) -> Iterator[Change]:
        """Other letters of the same sets."""
        for other in entries_of(self.stage, node.name, site.letters) if node.indices else ():
            if other != node:
                same = sorted(map(str, other.indices)) == sorted(map(str, node.indices))
                yield Change(other, "transposed-index" if same else "wrong-index", 1)

    def known(self, site: Site) -> list[tuple[Part, float]]:
        """The parts that fit at a site, with their values at the first place where they have one there."""
        if site.letters not in self.parts:
            own = set(site.letters) <= set(self.places[0].letters)
            self.parts[site.letters] = [
                (part, value(self.stage, self.places[0], part.expr) if own else math.nan)
                for part in parts(self.stage, self.truth, self.rules, site.letters)
            ]
        return self.parts[site.letters]


BENDING = Call | Bracket | Cond | Pow | Mul | Div
PUT_IN = {"slope": 1, "number": 2, "count": 2, "quantity": 2, "local": 3, "rest": 3, "square": 4, "chain": 4}
"""How far-fetched it is that a part was left out."""


def ways(node: Expr, part: Part, here: float, there: float) -> Iterator[tuple[Change, float]]:
    """How a part may mend a node: as a factor, a divisor, a term, or in its place; and what the node becomes by it."""
    rank, words = PUT_IN[part.sort], {"factor": part.shown, **part.words}
    missing = {"slope": "missing-slope", "count": "mean-not-sum"}.get(part.sort, "missing-factor")
    yield Change(times(node, part.expr), missing, rank, words=words), here * there
    if part.sort != "slope":
        extra = {"count": "sum-not-mean"}.get(part.sort, "extra-factor")
        if part.expr in nodes(node):
            extra = "factor-twice"
        yield Change(Div(node, part.expr), extra, rank + 1, words=words), here / there if there else math.nan
    if part.sort in ("quantity", "slope", "local") or (part.sort != "number" and isinstance(node, BENDING)):
        far = 4 if not isinstance(node, Ref | Call | Bracket | Cond) else 1 if part.sort == "quantity" else 3
        yield Change(part.expr, "wrong-factor", far), there
    if part.sort in ("quantity", "slope", "number") and not isinstance(node, Number):
        yield Change(Add((node, part.expr)), "missing-term", rank + 2, words=words), here + there
        yield Change(Add((node, Neg(part.expr))), "missing-term", rank + 2, words=words), here - there


def times(node: Expr, part: Expr) -> Expr:
    return Mul((*node.args, part)) if isinstance(node, Mul) else Mul((node, part))


def told(node: Expr, change: Change) -> Mapping[str, str]:
    """The words of a change."""
    words = {"yours": show(plain(node)), "ours": show(plain(change.new))}
    if change.lost is not None:
        words["factor"] = show(plain(change.lost))
    return {**words, **change.words}


class Hole:
    """A line with a hole where a site is, and what would have to be in it at the first place."""

    def __init__(self, trial: Trial, site: Site) -> None:
        self._trial, self.site = trial, site
        self._values: dict[str, float] = {}
        self._line: Expr | None = None
        self._wanted: float | None = None

    def fits(self, new: Expr, there: float) -> bool:
        """Whether a new node makes the line right at the first place."""
        trial, place = self._trial, self._trial.places[0]
        ours = trial.ours[0]
        if self.site.summed:
            trial.left -= 1
            return exact(value(trial.stage, place, replaced(trial.body, self.site.paths, new)), ours)
        if not self.site.bent:
            wanted = self.wanted(ours)
            if math.isnan(wanted):
                return False
            found = value(trial.stage, place, new) if math.isnan(there) else there
            return abs(found - wanted) <= NEARLY * max(abs(found), abs(wanted)) + 1e-12
        found = value(trial.stage, place, new) if math.isnan(there) else there
        return not math.isnan(found) and exact(self.with_in(found), ours)

    def wanted(self, ours: float) -> float:
        """What a node has to be for the line to be right; NaN where nothing there makes it right."""
        if self._wanted is None:
            low, high = self.with_in(0.0), self.with_in(1.0)
            moves = high - low
            self._wanted = (ours - low) / moves if moves and math.isfinite(moves) else math.nan
        return self._wanted

    def with_in(self, number: float) -> float:
        """The line with a number in the hole."""
        self._trial.left -= 1
        if self._line is None:
            self._line = self.spine()
        place = self._trial.places[0]
        try:
            found = evaluate(self._line, {**self._values, HOLE: number}, setting=place.setting, letters=place.letters)
        except (ChainruleError, OverflowError):
            return math.nan
        return found

    def spine(self) -> Expr:
        """The line with the hole, in which all that does not contain it is one number."""
        body, paths = self._trial.body, self.site.paths
        above: set[Path] = {path[:count] for path in paths for count in range(len(path))}
        done: dict[Path, Expr] = dict.fromkeys(paths, Ref(HOLE))
        for path in sorted(above, key=len, reverse=True):
            node = at(body, path)
            inside = children(node)
            done[path] = rebuild(node, tuple(
                done[(*path, n)] if (*path, n) in done else self.closed(child, node) for n, child in enumerate(inside)
            ))  # fmt: skip
        return done[()]

    def closed(self, node: Expr, above: Expr) -> Expr:
        """A part of the line as a name for its number; conditions, and exponents that are numbers, stay."""
        if isinstance(node, Number) or (isinstance(above, Cond) and node is above.test):
            return node
        name = f"part#{len(self._values)}"
        self._values[name] = value(self._trial.stage, self._trial.places[0], node)
        return Ref(name)
