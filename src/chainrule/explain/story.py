"""A run → its story: the learner's questions in a sentence each, the claims behind them, derivation and warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule import notation
from chainrule.data import starts
from chainrule.derive import Derivation
from chainrule.errors import ChainruleError, UsageError, flag, inline, markup, picture, pictured, shown
from chainrule.explain.figures.curve import Curve, curve
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.lost_digits import LOST
from chainrule.explain.measure.run_facts import ran
from chainrule.explain.tell import lost_digits as unknown_digits
from chainrule.explain.tell.claim import Claim, json_value
from chainrule.explain.tell.claims import MEASURE, QUESTIONS, TELL
from chainrule.explain.tell.paragraphs import Page, Paint, paragraph
from chainrule.explain.tell.questions import answers
from chainrule.explain.wording import count, num
from chainrule.expr.walk import names
from chainrule.notation.names import pretty
from chainrule.notation.plain import ascii_text
from chainrule.program.program import computed
from chainrule.train.default_batch import other_goals, whole_goal
from chainrule.train.order import whole
from chainrule.train.run import Run
from chainrule.train.same import by_parts
from chainrule.typeset.json import FORMAT
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.explain.tell.report import Picture

def tested(id: str) -> Callable[[Context], Claim]:
    """What is measured of a run for a claim, told from that alone; that it cannot be, where digits are lost."""
    measure, tell = MEASURE[id], TELL[id]

    def told(context: Context) -> Claim:
        left = id == "end" and context.run.departure is not None  # that is so, whatever was lost
        lost = context.once(LOST[id]) if id in LOST and not left else None
        if lost is None:
            return tell(context.once(measure))
        return unknown_digits.tell(id, QUESTIONS[id], lost)

    return told


ASKED = ("map",)
"""Claims that a story has where they are asked for: each is some thousand trainings."""
EVERY = {id: tested(id) for id in TELL}
CLAIMS = {id: claim for id, claim in EVERY.items() if id not in ASKED}
"""Each claim that every story has by its id, in the order in which they are told."""

LEGEND = (
    "✓ it is as one hopes; ! it is not, and how it is instead. Every number below was computed for this network. "
    "Patterns are counted from 0, steps from 1."
)
BEHIND = "Every answer was tested. To see how: --tests, or --claim step for one; in Python .text(tests=True)"
HOPED = {"dead": False}
"""Claims of which one hopes that they do not hold."""


@pictured
@by_parts
@dataclass(frozen=True, slots=True)
class Story:
    """What `explain` returns: everything in it was computed on the user's network, and every sentence was tested.

    ``questions``   the learner's questions with their answers, a sentence or two each
    ``claims``      by order of telling; ``story["step"]`` is one of them
    ``derivations`` as they were given: of one weight, or of several
    ``curve``       the error over the weight with tangent and step, for a network with one weight, else None
    ``warnings``    what the author of the text or of the run should know
    ``equations``   the text of the network
    ``elsewhere``   how the derivations that are not told are had, a sentence
    """

    about: str
    questions: tuple[tuple[str, str], ...]
    claims: tuple[Claim, ...]
    derivations: tuple[Derivation, ...] = ()
    curve: Curve | None = None
    warnings: tuple[str, ...] = ()
    equations: str = ""
    elsewhere: str = ""

    @property
    def as_hoped(self) -> tuple[bool, ...]:
        """Of each claim, whether it came out as one hopes."""
        return tuple(claim.holds == HOPED.get(claim.id, True) for claim in self.claims)

    def __getitem__(self, id: str) -> Claim:
        for claim in self.claims:
            if type(id) is str and claim.id == id:
                return claim
        raise unknown(id, [claim.id for claim in self.claims])

    def json(self) -> dict[str, Any]:
        """``{"format", "about", "questions", "claims": [{"id", "statement", "holds", "evidence", …}], "warnings"}``."""
        found = {
            "format": FORMAT,
            "about": self.about,
            "questions": [{"question": question, "answer": answer} for question, answer in self.questions],
            "claims": [claim.json() for claim in self.claims],
            "warnings": list(self.warnings),
        }
        return json_value(found)  # type: ignore[no-any-return]

    def text(
        self, ascii: bool = False, colour: bool = False, width: int = 100, drawn: str = "", tests: bool = False
    ) -> str:
        """The story for reading; with ``tests`` all that stands behind its answers too, as for claims that were chosen.

        ``drawn`` is a picture of ``curve`` to put in, as the views make it.
        """
        ascii, paint, tests = flag("ascii", ascii), Paint(flag("colour", colour)), flag("tests", tests)
        if whole(width) is None or not 20 <= width <= 10**6:
            raise UsageError("E452", f"width cannot be {shown(width)}", "give a number of columns, from 20 on")
        if not isinstance(drawn, str):
            raise UsageError("E452", f"drawn cannot be {shown(drawn)}", "give a picture, a text")
        tests = tests or not self.questions
        page = Page(width, ascii)
        blocks = [page.wrapped(self.about)]
        if self.questions:
            blocks.append(paint.head("The questions, in a sentence or two each"))
            blocks += [
                f"{paint.strong(page.wrapped(question))}\n{page.wrapped(answer, '  ')}"
                for question, answer in self.questions
            ]
        if self.derivations:
            blocks.append(paint.head("The derivation, every line checked numerically"))
            blocks += [page.derivation(derivation) for derivation in self.derivations]
            blocks += [page.wrapped(self.elsewhere)] if self.elsewhere else []
        if drawn:
            blocks += [paint.head("The picture"), picture(drawn).rstrip()]
        if self.claims and tests:
            blocks.append(paint.head("The tests behind the answers"))
            blocks.append(page.wrapped(LEGEND))
            blocks += [
                paragraph(claim, hoped, page, paint) for claim, hoped in zip(self.claims, self.as_hoped, strict=True)
            ]
        if self.warnings:
            blocks.append(paint.head("Worth knowing"))
            blocks.append("\n".join(page.wrapped(f"• {warning}", "  ", "") for warning in self.warnings))
        if self.claims and not tests:
            blocks.append(page.wrapped(BEHIND))
        text = "\n\n".join(blocks) + "\n"
        return ascii_text(text) if ascii else text

    def __str__(self) -> str:
        return self.text()

    def html(self, pictures: Iterable[Picture] = ()) -> str:
        """The story as one self-contained page that prints well; ``pictures`` are figures to put in."""
        from chainrule.explain.tell.report import report

        return report(self, pictures)

    def _repr_html_(self) -> str:
        return f"<pre>{markup(self.text())}</pre>"


def explain(
    run: Run,
    *,
    claims: Sequence[str] | None = None,
    map: bool = False,
    derivations: Sequence[Derivation] | Callable[[], Sequence[Derivation]] = (),
    warnings: Iterable[str] = (),
) -> Story:
    """The story of a run.

    ``claims`` chooses some of the ids in ``CLAIMS``, or "map"; then the questions are left out. With ``map`` the story
    says too which rates learn and how soon, from some thousand trainings. ``derivations`` stand in the story; a
    function makes them, if the network is not too large. ``warnings`` are sentences beside those of the model and the
    run.

    Errors: E401 for an unknown claim, E402 and E321 where the network is too large.
    """
    with np.errstate(all="ignore"):  # numbers that overflow are found, and told, not warned of
        context = Context(run)
        context.refuse_what_is_too_large()
        made = derivations() if callable(derivations) else derivations
        context.take(made)
        return told_of(context, claims, flag("map", map), made, warnings)


def told_of(
    context: Context, claims: Sequence[str] | None, mapped: bool, derivations: Sequence[Derivation],
    warnings: Iterable[str],
) -> Story:  # fmt: skip
    """The story, from what the claims share."""
    run = context.run
    wanted = list(CLAIMS) if claims is None else list(claims)
    wanted += [id for id in ASKED if mapped and id not in wanted]
    for id in wanted:
        if id not in EVERY:
            raise unknown(id, list(EVERY))
    found = tuple(EVERY[id](context) for id in wanted)
    by_id = {claim.id: claim for claim in found}
    first = ordered(context)
    told = [warning.text for warning in run.model.warnings] + list(run.notes) + list(warnings)
    told = [*(one for one in told if one not in first), *unread(context)]
    return Story(
        about=" ".join([about(context), *(f"{one[0].upper()}{one[1:]}." for one in map(inline, first))]),
        questions=answers(ran(context, by_id["dead"].finding), by_id) if claims is None else (),
        claims=found,
        derivations=tuple(derivations) if claims is None else (),
        curve=curve(context) if claims is None else None,
        warnings=tuple(map(inline, dict.fromkeys(told))),
        equations=run.recipe.text,
        elsewhere=elsewhere(context, derivations) if claims is None else "",
    )


def unknown(id: str, known: Sequence[str]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(id if type(id) is str else "", known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    name = id if type(id) is str else shown(id)
    return UsageError("E401", f"there is no claim called {name}", f"{hint}the claims are {', '.join(known)}")


def about(context: Context) -> str:
    """What was trained, in a sentence."""
    run = context.run
    batch = run.recipe.order.batch
    visits = {
        "each": "one pattern a step, in turn",
        "all": "all patterns in every step",
        "shuffled": f"one pattern a step, in an order drawn anew for each pass (seed {run.recipe.order.seed})",
    }.get(
        batch if isinstance(batch, str) else "",
        of_so_many(context, batch) if isinstance(batch, int) else "a listed order of patterns",
    )
    if context.patterns == 1:
        visits = "the same pattern in every step"
    if context.bare:
        visits = ""
    length = run.recipe.order.pass_length
    if run.steps < length and not context.bare:
        seen = len({row for step in range(run.steps) for row in context.rows(step)})
        if seen < context.patterns:
            visits += f" (so it visited {seen} of the {context.patterns})"
    rate = f" with {context.rate_name} = {num(run.rate)}" if run.rate is not None else ""
    named = (
        f" ({', '.join(context.weight(k) for k in range(len(context.names)))})" if 0 < len(context.names) <= 6 else ""
    )
    name = "" if run.recipe.source.startswith("<") else f" {inline(run.recipe.source)}"
    sense = "minimised" if context.sense > 0 else "maximised"
    goal = ""
    if context.goal_name == "goal":
        goal = f" Goal stands for {notation.show(run.model.goal.value)}."
    return (
        f"The network{name}: {count(len(context.names), 'weight')}{named}, "
        f"{'no data' if context.bare else count(context.patterns, 'pattern')}, "
        f"{context.total_name} is {sense}. It was trained for "
        f"{count(run.steps, 'step')}{rate}{', ' + visits if visits else ''}, from "
        f"{context.naming.point(context.start)}{seeded(context)}.{goal}"
    )


def of_so_many(context: Context, batch: int) -> str:
    """Steps of several patterns in turn, and what happens where the patterns end within a step."""
    wraps = "" if context.patterns % batch == 0 else " (a step that comes to the last pattern goes on with the first)"
    return f"{count(batch, 'pattern')} a step, in turn{wraps}"


def seeded(context: Context) -> str:
    """With which seed the text's own starts were drawn, where they were; of starts without a text the notes say it."""
    run, consts = context.run, {symbol.name: context.bound.values[symbol.name] for symbol in context.program.consts}
    try:
        found = starts(run.model, consts, run.recipe.order.seed, ranges=run.recipe.ranges)
    except ChainruleError:
        return ""
    drawn = [name for name, origin in found.origins.items() if origin == "drawn"]
    same = [name for name in drawn if np.array_equal(found.weights[name], run.start[name])]
    return f", drawn with seed {run.recipe.order.seed}" if same else ""


def ordered(context: Context) -> list[str]:
    """What is said first: that steps visit all patterns because of the goal, or have other goals than the one."""
    run = context.run
    all_of_them = whole_goal(context.program, context.patterns)
    return [note for note in run.notes if note in all_of_them] + other_goals(context.program, run.recipe.order)


RATES = frozenset({"mu", "eta", "alpha", "lr", "learning_rate", "rate", "gamma", "epsilon", "step", "stepsize"})
"""Names under which a learning rate is often given."""


def unread(context: Context) -> list[str]:
    """Consts that look like the rate and are read by nothing: the rate is another."""
    run, rate = context.run, context.program.rate
    if rate is None:
        return []
    lines = (*computed(context.program), *context.program.phases["update"])
    used = {name for line in lines for name in names(line.body)} | {rate}
    return [
        f"{pretty(symbol.name)} is not read as the rate, nor by any equation; the rate of this run is {pretty(rate)} = "
        f"{num(run.rate)}. Call it α or η to make it the rate, or say rate=…"
        for symbol in context.program.consts
        if symbol.name not in used and symbol.name.lower() in RATES and run.rate is not None
    ]


def elsewhere(context: Context, derivations: Sequence[Derivation]) -> str:
    """How the other weights are derived, where there are others."""
    told, names = {one.goal.wrt[0].name for one in derivations}, [symbol.name for symbol in context.program.weights]
    others = [name for name in names if name not in told]
    if not derivations or not others:
        return ""
    source, first = context.run.recipe.source, others[0]
    how = f'model.derive("{first}")' if source.startswith("<") else f"chainrule derive {inline(source)} --wrt {first}"
    rest = "The other weight" if len(others) == 1 else f"The other {len(others)} weights"
    return f"{rest} in the same way: {how}"
