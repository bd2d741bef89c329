"""A run → its story: the learner's questions in a sentence each, the claims behind them, derivation and warnings."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule import notation, typeset
from chainrule.derive import Derivation
from chainrule.errors import UsageError, drawn, flag, inline, markup, picture, shown
from chainrule.errors import width as columns
from chainrule.explain.claim import Claim, plain
from chainrule.explain.claims import (
    amount,
    dead,
    decrease,
    end,
    order,
    patterns,
    sign,
    size,
    steepest,
    step,
    toward,
    update,
    vanish,
)
from chainrule.explain.context import Context
from chainrule.explain.curve import Curve, curve
from chainrule.explain.questions import answers
from chainrule.explain.words import count, listing, num
from chainrule.expr.nodes import Reduce, key
from chainrule.expr.walk import names, nodes
from chainrule.notation.names import pretty
from chainrule.notation.plain import ascii_text
from chainrule.program.program import computed
from chainrule.train.order import whole
from chainrule.train.run import Run

if TYPE_CHECKING:
    from chainrule.explain.report import Picture

CLAIMS = {
    "update": update.claim,
    "sign": sign.claim,
    "size": size.claim,
    "steepest": steepest.claim,
    "toward": toward.claim,
    "step": step.claim,
    "amount": amount.claim,
    "decrease": decrease.claim,
    "patterns": patterns.claim,
    "dead": dead.claim,
    "vanish": vanish.claim,
    "end": end.claim,
    "order": order.claim,
}
"""Each claim by its id, in the order in which they are told."""

HOPED = {"dead": False}
"""Claims of which one hopes that they do not hold."""


@drawn
@dataclass(frozen=True, slots=True)
class Story:
    """What `explain` returns: everything in it was computed on the user's network, and every sentence was tested.

    ``questions``   the learner's questions with their answers, one sentence each
    ``claims``      by order of telling; ``story["step"]`` is one of them
    ``derivations`` as they were given: of one weight, or of several
    ``curve``       the error over the weight with tangent and step, for a network with one weight, else None
    ``warnings``    what the author of the text or of the run should know
    ``equations``   the text of the network
    """

    about: str
    questions: tuple[tuple[str, str], ...]
    claims: tuple[Claim, ...]
    derivations: tuple[Derivation, ...] = ()
    curve: Curve | None = None
    warnings: tuple[str, ...] = ()
    equations: str = ""

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
        """``{"about", "questions", "claims": [{"id", "statement", "holds", "evidence", …}], "warnings"}``."""
        found = {
            "about": self.about,
            "questions": [{"question": question, "answer": answer} for question, answer in self.questions],
            "claims": [claim.json() for claim in self.claims],
            "warnings": list(self.warnings),
        }
        return plain(found)  # type: ignore[no-any-return]

    def text(self, ascii: bool = False, colour: bool = False, width: int = 100, drawn: str = "") -> str:
        """The story for reading. ``drawn`` is a picture of ``curve`` to put in, as the views make it."""
        ascii, paint = flag("ascii", ascii), Paint(flag("colour", colour))
        if whole(width) is None or not 20 <= width <= 10**6:
            raise UsageError("E452", f"width cannot be {shown(width)}", "give a number of columns, from 20 on")
        if not isinstance(drawn, str):
            raise UsageError("E452", f"drawn cannot be {shown(drawn)}", "give a picture, a text")
        blocks = [wrapped(self.about, width)]
        if self.questions:
            blocks.append(paint.head("The questions, in a sentence each"))
            blocks += [
                f"{paint.strong(wrapped(question, width))}\n{wrapped(answer, width, '  ')}"
                for question, answer in self.questions
            ]
        if self.derivations:
            blocks.append(paint.head("The derivation, every line checked numerically"))
            blocks += [picture(typeset.text(derivation, ascii=ascii)).rstrip() for derivation in self.derivations]
        if drawn:
            blocks += [paint.head("The picture"), picture(drawn).rstrip()]
        if self.claims:
            blocks.append(paint.head("The tests behind the answers"))
            blocks.append(
                wrapped(
                    "✓ it is as one hopes; ! it is not, and how it is instead. Every number below was computed for "
                    "this network. Patterns are counted from 0, steps from 1.",
                    width,
                )
            )
            blocks += [
                told(claim, hoped, width, paint) for claim, hoped in zip(self.claims, self.as_hoped, strict=True)
            ]
        if self.warnings:
            blocks.append(paint.head("Worth knowing"))
            blocks.append("\n".join(wrapped(f"• {warning}", width, "  ", "") for warning in self.warnings))
        text = "\n\n".join(blocks) + "\n"
        return ascii_text(text) if ascii else text

    def __str__(self) -> str:
        return self.text()

    def html(self, pictures: Iterable[Picture] = ()) -> str:
        """The story as one self-contained page that prints well; ``pictures`` are figures to put in."""
        from chainrule.explain.report import report

        return report(self, pictures)

    def _repr_html_(self) -> str:
        return f"<pre>{markup(self.text())}</pre>"


def explain(
    run: Run,
    *,
    claims: Sequence[str] | None = None,
    derivations: Sequence[Derivation] = (),
    warnings: Iterable[str] = (),
) -> Story:
    """The story of a run.

    ``claims`` chooses some of the ids in ``CLAIMS``; then the questions are left out. ``derivations`` stand in the
    story, ``warnings`` are sentences beside those of the model and the run.

    Errors: E401 for an unknown claim, E402 and E321 where the network is too large.
    """
    with np.errstate(all="ignore"):  # numbers that overflow are found, and told, not warned of
        return told_of(Context(run, derivations), claims, derivations, warnings)


def told_of(
    context: Context, claims: Sequence[str] | None, derivations: Sequence[Derivation], warnings: Iterable[str]
) -> Story:
    """The story, from what the claims share."""
    run = context.run
    wanted = list(CLAIMS) if claims is None else list(claims)
    for id in wanted:
        if id not in CLAIMS:
            raise unknown(id, list(CLAIMS))
    found = tuple(CLAIMS[id](context) for id in wanted)
    by_id = {claim.id: claim for claim in found}
    told = [warning.text for warning in run.model.warnings] + list(run.notes) + list(warnings)
    told += [*unread(context), *of_the_batch(context)]
    return Story(
        about=about(context),
        questions=answers(context, by_id) if claims is None else (),
        claims=found,
        derivations=tuple(derivations) if claims is None else (),
        curve=curve(context) if claims is None else None,
        warnings=tuple(map(inline, dict.fromkeys(told))),
        equations=run.recipe.text,
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
        "shuffled": "one pattern a step, in an order drawn anew for each pass",
    }.get(
        batch if isinstance(batch, str) else "",
        f"{batch} patterns a step" if isinstance(batch, int) else "a listed order of patterns",
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
        f"{context.point(context.start)}.{goal}"
    )


RATES = frozenset({"mu", "eta", "alpha", "lr", "learning_rate", "rate", "gamma", "epsilon", "step", "stepsize"})
"""Names under which a learning rate is often given."""


def unread(context: Context) -> list[str]:
    """Consts that look like the rate and are read by nothing: the rate is another."""
    run, rate = context.run, context.program.rate
    if rate is None:
        return []
    used = {name for line in computed(context.program) for name in names(line.body)} | {rate}
    return [
        f"{pretty(symbol.name)} is not read as the rate, nor by any equation; the rate of this run is {pretty(rate)} = "
        f"{num(run.rate)}. Call it α or η to make it the rate, or say rate=…"
        for symbol in context.program.consts
        if symbol.name not in used and symbol.name.lower() in RATES and run.rate is not None
    ]


def of_the_batch(context: Context) -> list[str]:
    """Quantities that are taken over the patterns of a step, where a step visits some of them only."""
    batch = len(context.rows(0))
    if batch == context.patterns:
        return []
    found = [
        pretty(key(line.target))
        for line in context.program.phases["forward"]
        for node in nodes(line.body)
        if isinstance(node, Reduce) and any(context.program.sets.get(letter) == context.program.pattern
                                            for letter in node.letters)
    ]  # fmt: skip
    if not found:
        return []
    which = listing(dict.fromkeys(found), 4)
    are = "are" if len(set(found)) > 1 else "is"
    alone = "with one pattern a step, that is the pattern's own"
    some = f"with {batch} patterns a step, these alone"
    told = f"{which} {are} taken over the patterns of a step: {alone if batch == 1 else some}"
    return [f'{told}, so that each step is for another goal than the one over all; train with batch="all"']


@dataclass(frozen=True, slots=True)
class Paint:
    """Headings and emphasis, in colour or plain."""

    colour: bool

    def head(self, text: str) -> str:
        return f"\x1b[1;36m{text}\x1b[0m" if self.colour else f"{text}\n{'─' * columns(text)}"

    def strong(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def mark(self, holds: bool) -> str:
        text = "✓" if holds else "!"
        return f"\x1b[{32 if holds else 33}m{text}\x1b[0m" if self.colour else text


def told(claim: Claim, hoped: bool, width: int, paint: Paint) -> str:
    """A claim with its working and its conditions."""
    lines = [
        f"{paint.mark(hoped)} {paint.strong(inline(claim.id))}: {inline(claim.question)}",
        wrapped(claim.statement, width, "  "),
    ]
    lines += [
        f"    {line}" if columns(line) <= width - 4 else wrapped(line, width, "      ", "    ")
        for line in map(picture, claim.lines)
    ]
    lines += [wrapped(f"({condition})", width, "   ", "  ") for condition in claim.conditions]
    return "\n".join(lines)


def wrapped(text: str, width: int, indent: str = "", first: str | None = None) -> str:
    """A paragraph in lines of at most ``width`` characters; numbers and names are never broken."""
    return "\n".join(
        textwrap.wrap(
            picture(text), max(20, width), initial_indent=indent if first is None else first, subsequent_indent=indent,
            break_long_words=False, break_on_hyphens=False,
        )
    )  # fmt: skip
