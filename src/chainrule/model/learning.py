"""A model and a learning rule given at the call → the model with that rule, as if its text had ended with it.

The rule's consts become consts of the model; one that the model's text declares keeps the text's value. A block takes
the place of the text's block, a rule of one weight that of the text's rule for it.
"""

from __future__ import annotations

from dataclasses import replace

from chainrule import rules
from chainrule.errors import NOWHERE, ChainruleError, Source, Span, UsageError
from chainrule.model.assembly import build
from chainrule.model.model import Model
from chainrule.notation import parse, show
from chainrule.notation.known import closest
from chainrule.notation.names import pretty
from chainrule.notation.statements import Declare, Given, Listing, Statement, Text, Update, UpdateBlock
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Ruled:
    """The model with the rule, and what its author may not know."""

    model: Model
    notes: tuple[str, ...] = ()


def ruled(model: Model, update: str | None) -> Ruled:
    r"""The model with another learning rule: the name of one that comes with the package, or a text.

    Errors: UsageError E306 for a name that is none or a text that holds no rule, E307 where a rule that comes with
    the package needs the rate α and the model uses that name otherwise. What is wrong in the text of the rule is
    said with its place there.

    >>> from chainrule.notation import parse
    >>> found = ruled(build(parse("weight w := 1\nE = w^2")), "momentum").model
    >>> [quantity.name for quantity in found.named("const")]
    ['beta']
    """
    if update is None:
        return Ruled(model)
    name, text = given(update)
    if name != GIVEN and (taken := model.quantities.get("alpha")) and (taken.role != "const" or taken.letters):
        raise UsageError(
            "E307",
            f"the rule {name} reads the rate α, and α is something else in {model.source.name}",
            f"write it with a name of your own for the rate: chainrule examples --rules {name}",
        )
    before = model.source.text + "\n"
    source = Source(before + text, f"{model.source.name} with {name}")
    try:
        return joined(model, parse(source), name)
    except ChainruleError as error:
        if error.source is not source or error.span is None or error.span.start < len(before):
            raise
        span = Span(error.span.start - len(before), error.span.stop - len(before))
        raise type(error)(error.code, error.problem, error.help, Source(text, name), span) from None


GIVEN = "the rule given"
"""How the text of a rule that was given at a call is called in messages."""


def given(update: object) -> tuple[str, str]:
    """The name of a rule and its text."""
    if not isinstance(update, str):
        raise UsageError("E306", "a learning rule is a name or a text", f"the names are {', '.join(rules.NAMES)}")
    if "<-" in update or "←" in update:
        return GIVEN, update
    return update.strip().lower(), shipped(update)


def shipped(name: str) -> str:
    """The text of a rule that comes with the package; UsageError E306 for a name that is none."""
    plain = name.strip().lower()
    if plain in rules.NAMES:
        return rules.text(plain)
    near = closest(plain, rules.NAMES)
    help = f"did you mean {near}" if near else f"the names are {', '.join(rules.NAMES)}"
    shown = name.strip() if len(name) <= 40 else f"{name.strip()[:40]}…"
    raise UsageError("E306", f"no learning rule is called {shown!r}", f"{help}; a text has lines like θ <- θ - α*g")


def joined(model: Model, whole: Text, name: str) -> Ruled:
    """The model of the statements of both texts, of which ``whole`` is one behind the other."""
    count = len(model.text.statements)
    own, new = list(model.text.statements), whole.statements[count:]
    other = next((one for one in new if not allowed(one)), None)
    if whole.statements[:count] != model.text.statements or other or not any(map(is_rule, new)):
        raise UsageError(
            "E306",
            "the text given as a learning rule holds something else, or no whole rule",
            "write consts and rules alone: `const β := 0.9`, then `update θ, g` and below it the lines of the block",
            whole.source,
            other.span if other else NOWHERE,
        )
    notes: list[str] = []
    if any(isinstance(one, UpdateBlock) for one in new):
        own = [one for one in own if not isinstance(one, UpdateBlock)]
    single = {one.weight.name for one in new if isinstance(one, Update)}
    own = [one for one in own if not (isinstance(one, Update) and one.weight.name in single)]
    for line in new:
        if not isinstance(line, Declare):
            own.append(line)
            continue
        left = []
        for one in line.declarations:
            known = model.quantities.get(one.name)
            if known is None or known.role != "const":
                left.append(one)
            elif known.start != one.start:
                default = one.start.value if isinstance(one.start, Given) else None
                usual = "" if default is None or isinstance(default, Listing) else f", which is {show(default)} in it"
                notes.append(f"the rule {name} takes {pretty(one.name)} from the text{usual}")
        if left:
            own.append(replace(line, declarations=tuple(left)))
    made = build(replace(whole, statements=tuple(own)))
    said = {warning.text for warning in model.warnings}
    notes += [warning.text for warning in made.warnings if warning.text not in said]
    return Ruled(made, tuple(notes))


def allowed(line: Statement) -> bool:
    """Whether a line may stand in the text of a rule."""
    return is_rule(line) or (isinstance(line, Declare) and line.role == "const")


def is_rule(line: Statement) -> bool:
    return isinstance(line, Update | UpdateBlock)
