"""A derivation as a user holds it: lines that were checked, and the ways to write them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from chainrule import derive
from chainrule.api import arguments
from chainrule.derive.entry import parted
from chainrule.errors import UsageError, flag, markup, shown
from chainrule.expr.nodes import Derivative, Expr
from chainrule.expr.walk import nodes
from chainrule.notation.names import pretty
from chainrule.typeset.conventions import dress
from chainrule.typeset.formula import formula, named
from chainrule.typeset.html import html
from chainrule.typeset.json import as_json
from chainrule.typeset.latex import latex
from chainrule.typeset.markdown import markdown
from chainrule.typeset.mathml import mathml
from chainrule.typeset.page import page
from chainrule.typeset.text import text
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.api.model import Model


@dataclass(frozen=True)
class Derivation:
    """The derivative of an error by a weight, line by line; every line was parsed back and checked at random points."""

    steps: derive.Derivation

    @property
    def result(self) -> str:
        """The right-hand side of the last line."""
        return formula(self._written(self.steps.result))

    def last(self, ascii: bool = False, strict: bool = False) -> str:
        """The whole in one line: the derivative and what it is in the end."""
        if flag("strict", strict):
            self._unsigned()
        flag("ascii", ascii)
        style = "strict" if strict else "pretty"
        sides = (formula(self._written(side), style, ascii) for side in (self.steps.goal, self.steps.result))
        return " = ".join(sides)

    def needed(self, ascii: bool = False, strict: bool = False) -> tuple[str, ...]:
        """The derivatives that the last line reads, each in one line, before those that read them; then `last`."""
        ends = {step.left: step.after for step in self.steps.steps}
        goal = self.steps.goal
        whole = goal.wrt[0].name if any(place.letter is None for place in goal.wrt[0].indices) else None
        todo = [goal, *(left for left in ends if left.wrt[0].name == whole and left != goal)]
        wanted = set(todo)
        while todo:
            for node in nodes(ends[todo.pop()]):
                if isinstance(node, Derivative) and node in ends and node not in wanted:
                    wanted.add(node)
                    todo.append(node)
        style = "strict" if flag("strict", strict) else "pretty"
        written = (
            [formula(self._written(side), style, flag("ascii", ascii)) for side in (left, after)]
            for left, after in ends.items()
            if left in wanted and left != goal
        )
        return (*(" = ".join(sides) for sides in written), self.last(ascii=ascii, strict=strict))

    def dressed(
        self, subscript: str | None = None, hide_arguments: bool = False, rumelhart: bool = False
    ) -> Derivation:
        """The same with other habits of writing: a letter for the iteration below each name, functions without their
        arguments (``∂T̂/∂w``), δ with Rumelhart's sign.

        Errors: UsageError E259 if ``subscript`` is not one letter.

        >>> import chainrule as cr
        >>> cr.example("identity").derive("w").dressed(subscript="i").result
        '(ŷ[i] − y[i])·x[i]·(1 − A(w[i]·x[i]))·A(w[i]·x[i])'
        """
        hide, sign = flag("hide_arguments", hide_arguments), flag("rumelhart", rumelhart)
        return Derivation(dress(self.steps, subscript, hide, sign))

    def text(self, ascii: bool = False, strict: bool = False) -> str:
        """Numbered lines, each with its rule and its reason. ``strict`` tells d (everything follows) from ∂."""
        if flag("strict", strict):
            self._unsigned()
        flag("ascii", ascii)
        return text(self.steps, style="strict" if strict else "pretty", ascii=ascii)

    def latex(self) -> str:
        """The lines as an ``align`` environment for LaTeX with amsmath."""
        return latex(self.steps)

    def mathml(self) -> str:
        """The whole in one line as an element ``math``: the derivative and what it is in the end."""
        return mathml(self._written(self.steps.goal), self._written(self.steps.result))

    def html(self, *others: Derivation) -> str:
        """The lines, and those of other derivations, as a self-contained page: MathML, no script, nothing loaded."""
        for one in others:
            if not isinstance(one, Derivation):
                raise UsageError("E452", f"{shown(one)} is not a derivation", "give what model.derive returned")
        derivations = [one.steps for one in (self, *others)]
        title = f"{', '.join(formula(one.goal) for one in derivations)}, line by line"
        return page(title, "\n".join([f"<h1>{markup(title)}</h1>", *map(html, derivations)]))

    def markdown(self) -> str:
        """The lines as Markdown with formulas in LaTeX between dollars."""
        return markdown(self.steps)

    def json(self) -> dict[str, Any]:
        """``{"wrt", "lines": [{"n", "left", "right", "rule", "because", "check", "sub"}], "result"}``."""
        self._unsigned()
        return as_json(self.steps)

    @property
    def _signed(self) -> bool:
        """Whether δ has Rumelhart's sign."""
        return any(note.rule == "rumelhart" for note in self.steps.notes)

    def _written(self, side: Expr) -> Expr:
        """A side of the last line: derivatives written out, but for a δ that is not one."""
        return named(side, self.steps.aliases) if self._signed else side

    def _unsigned(self) -> None:
        """Nothing, or the error that Rumelhart's δ has no form in which a derivative is written out."""
        if self._signed:
            problem = "with Rumelhart's sign δ is not a derivative, and here derivatives are written out"
            raise UsageError("E259", problem, "leave out rumelhart, or take text, latex, html or markdown")

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return html(self.steps)

    def _repr_latex_(self) -> str:
        return self.latex()


def derived(
    model: Model,
    wrt: str | None,
    detail: str,
    of: str | None,
    pattern: int,
    substitute: Iterable[str],
    matrix: bool,
    second: str | None,
) -> Derivation:
    """See `Model.derive`."""
    if wrt is None:
        if len(model.weights) != 1:
            known = ", ".join(map(pretty, model.weights))
            raise UsageError("E453", f"there are {len(model.weights)} weights", f"say which: {known}")
        (wrt,) = model.weights
    if of is not None and not (isinstance(of, str) and of == model.network.goal.name):  # type: ignore[redundant-expr]
        whole, behind = parted(arguments.text("of", of, "the name of a quantity"))
        of = model._quantity(whole)
        if behind:
            problem = f"of takes a quantity, and {shown(pretty(of) + behind)} is an entry of one"
            raise UsageError("E257", problem, f'name it by an equation, u = {pretty(of)}{behind}, and ask for of="u"')
    wrt, behind = parted(arguments.text("wrt", wrt, "the name of a quantity, or an entry: W[1,2]"))
    wrt = model._quantity(wrt) + behind
    matrix = flag("matrix", matrix)
    detail = arguments.text("detail", detail, "one of brief, normal, full, substituted, trace")
    put_in = tuple(map(model._quantity, arguments.names("substitute", substitute)))
    pattern = arguments.whole("pattern", pattern, 0, 2**31)
    if second is not None:
        other = model._quantity(parted(arguments.text("second", second, "the name of a weight"))[0])
        return Derivation(derive.second(model.network, parted(wrt)[0], other, of))
    if put_in and detail not in ("normal", "substituted"):
        raise UsageError("E452", f"nothing is put in with detail={shown(detail)}", 'write detail="substituted"')
    detail = "substituted" if put_in else detail
    if detail != "trace":
        return Derivation(derive.derive(model.network, wrt, of=of, detail=detail, substitute=put_in, matrix=matrix))
    from chainrule import data as patterns_of

    patterns = model._patterns(None, None, 0)
    starts = patterns_of.starts(model.network, None, 0, None, ranges=patterns.ranges)
    values = {**patterns.values, **starts.weights}
    ranges = {model.network.pattern: range(patterns.patterns), **patterns.ranges}
    return Derivation(
        derive.derive(model.network, wrt, of=of, detail=detail, values=values, ranges=ranges, pattern=pattern)
    )
