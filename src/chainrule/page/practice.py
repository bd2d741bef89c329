"""A derivation → what hiding its lines needs: points, the truth there, what each slip gives there, and its sentences.

Conventions. Names are those of the package, ``y_hat``; a derivative is called ``∂E/∂y_hat``, as the page's reader calls
it. The places are the judge's: special in no way, and some on every side of a kink; ``told`` are places that hold what
the text computes, where a line may be right too. Only derivations of plain numbers can be practised here: a line with
letters is judged by ``chainrule check``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from chainrule.derive.derivation import Derivation
from chainrule.derive.judge.checked_points import Spots
from chainrule.derive.judge.explicit_model import ExplicitModel, explicit_model
from chainrule.derive.judge.line import TypedLine, read
from chainrule.derive.judge.search import Search, factors, inside
from chainrule.derive.judge.system import system
from chainrule.derive.judge.test_points import CheckedPoint, fixed_by_text, own, value
from chainrule.derive.judge.truths import Truth, right
from chainrule.errors import ChainruleError
from chainrule.expr.nodes import Call, Derivative, Expr, Ref
from chainrule.expr.walk import nodes
from chainrule.gradient import rules
from chainrule.gradient.slopes import Slopes
from chainrule.model.model import HIDDEN, Model
from chainrule.notation import parse_expression, show
from chainrule.notation.known import ALIASES, KNOWN
from chainrule.notation.names import pretty
from chainrule.page.choices import choices
from chainrule.page.sentences import Strings
from chainrule.page.slips import mistakes

POINTS, SIDES = 5, 5
"""Places that are special in no way, and those on the sides of kinks."""


def practice(model: Model, derivation: Derivation, strings: Strings, seed: int = 0) -> dict[str, Any] | None:
    """What the page needs to hide lines of a derivation; None where a line of it has letters, or cannot be judged."""
    lefts = {step.left for step in derivation.steps}
    if len(lefts) != 1 or any(quantity.letters for quantity in model.quantities.values()):
        return None
    left = derivation.goal
    try:
        line = read(model, f"{show(left)} = {show(derivation.result)}")[0]
        explicit = explicit_model(model, line.nets)
        truth = right(explicit, line)[0]
        spots = Spots(explicit, line, None, seed, [truth])
        places = chosen(spots.of(truth))
        told = chosen(spots.of(truth, told=True)) if any(fixed_by_text(explicit)) else []
    except ChainruleError:
        return None
    if truth.gradient is None or not places:
        return None
    names = slopes(explicit, line, derivation)
    return {
        "weight": left.wrt[0].name,
        "left": called(left),
        "lines": [{"n": n, "text": show(step.after)} for n, step in enumerate(derivation.steps, 1)],
        "names": {
            "quantities": [name for name, letters in letters_by_name(explicit).items() if letters in ((), (HIDDEN,))],
            "slopes": list(names),
            "functions": arguments(model),
            "aliases": aliases(model),
            "shown": {name: pretty(name) for name in (*letters_by_name(explicit), *model.functions)},
        },
        "elementary": elementary(model),
        "definitions": definitions(model),
        "points": [point(explicit, names, place) for place in places],
        "truth": [finite(value(explicit, place, truth.expr)) for place in places],
        "told": [point(explicit, names, place) for place in told],
        "toldTruth": [finite(value(explicit, place, truth.expr)) for place in told],
        "targets": [quantity.name for quantity in model.named("target")],
        **slipped(explicit, truth, places, strings),
        "rules": choices(derivation, strings),
    }


def chosen(places: Sequence[CheckedPoint]) -> list[CheckedPoint]:
    """Some places of each kind."""
    return [*places[:POINTS], *places[POINTS:][:SIDES]]


def letters_by_name(explicit: ExplicitModel) -> dict[str, tuple[str, ...]]:
    """The names that a learner may write, with their letters."""
    return {name: letters for name, letters in explicit.letters.items() if name in explicit.model.quantities}


def called(node: Derivative) -> str:
    """A derivative as the page's reader calls it.

    >>> called(Derivative(Ref("E"), (Ref("y_hat"),)))
    '∂E/∂y_hat'
    """
    return f"∂{cast(Ref, node.of).name}/∂{node.wrt[0].name}"


def slopes(explicit: ExplicitModel, line: TypedLine, derivation: Derivation) -> dict[str, Derivative]:
    """The derivatives that a learner may write, but for the one that is asked: those of the lines, of the error by each
    quantity, and of each quantity by the weight."""
    asked = cast(Derivative, line.target)
    of, wrt = cast(Ref, asked.of).name, asked.wrt[0].name
    computed = {line.target.name for line in explicit.model.equations if isinstance(line.target, Ref)}
    pairs: dict[str, tuple[str, str]] = {}

    def add(above: str, below: str) -> None:
        if above in letters_by_name(explicit) and below in letters_by_name(explicit) and (above, below) != (of, wrt):
            pairs[f"∂{above}/∂{below}"] = above, below

    for step in derivation.steps:
        for node in nodes(step.after):
            if isinstance(node, Derivative) and isinstance(node.of, Ref) and len(node.wrt) == 1:
                add(node.of.name, node.wrt[0].name)
    for name in letters_by_name(explicit):
        if name != of:
            add(of, name)
            if name in computed and name != wrt:
                add(name, wrt)
    return {
        key: Derivative(Ref(above, own(explicit.letters[above])), (Ref(below, own(explicit.letters[below])),))
        for key, (above, below) in pairs.items()
    }


def point(explicit: ExplicitModel, names: Mapping[str, Derivative], place: CheckedPoint) -> dict[str, float | None]:
    """Every number of a place, by the name that a learner writes."""
    found = {name: finite(value(explicit, place, explicit.written(Ref(name)))) for name in letters_by_name(explicit)}
    return found | {key: finite(value(explicit, place, node)) for key, node in names.items()}


DIGITS = 12
"""Of what slips give: lines are compared to nine."""


def short(numbers: Sequence[float]) -> list[float | None]:
    """Numbers with the digits that comparing needs."""
    return [float(f"{number:.{DIGITS}g}") if math.isfinite(number) else None for number in numbers]


def finite(number: float) -> float | None:
    """A number as JSON has it: what is none is null."""
    return number if math.isfinite(number) else None


def slipped(explicit: ExplicitModel, truth: Truth, places: Sequence[CheckedPoint], strings: Strings) -> dict[str, Any]:
    """What slips give: rows with numbers, those of one factor by the factor, and a row where the likelier ones end."""
    target = cast(Derivative, truth.gradient)
    rows = mistakes(explicit, target, places)
    system_ = system(explicit, target)
    ours = [value(explicit, place, target) for place in places]
    return {
        "slips": [
            {"sentence": strings.say(f"slip.{one.slip}", **one.words), "values": short(one.values),
             "single": one.single, "when": one.when}
            for one in rows
        ],
        "factors": [
            {"factor": shown, "values": short(found), "twice": inside(system_, shown)}
            for shown, found in factors(Search(explicit, target, places, ours, ours), system_)
        ],
    }  # fmt: skip


def arguments(model: Model) -> dict[str, int]:
    """The functions that a learner may call, with how many arguments each takes."""
    known = {one["name"]: len(one["parameters"]) for one in definitions(model)}
    return known | {name: KNOWN[name] for name in elementary(model)}


def aliases(model: Model) -> dict[str, str]:
    known = elementary(model)
    return {alias: name for alias, name in ALIASES.items() if name in known and alias not in model.functions}


def definitions(model: Model) -> list[dict[str, Any]]:
    """The functions of the text and the slopes of all, as texts in the notation."""
    found: list[dict[str, Any]] = []
    slopes_ = Slopes(model.functions)
    for name, one in model.functions.items():
        found.append({"name": name, "parameters": list(one.parameters), "body": show(one.body)})
        if len(one.parameters) == 1:
            u = one.parameters[0]
            body = one.rules[1][1] if 1 in one.rules else slopes_.opened(Call(name, (Ref(u),), 1))
            found.append({"name": f"{name}'", "parameters": [u], "body": show(body)})
    known = (name for name in called_in(bodies(model)) if name in rules.RULES and KNOWN[name] == 1)
    found.extend(
        {"name": f"{name}'", "parameters": ["u"], "body": show(rules.slope(name))}
        for name in known
        if name not in model.functions
    )
    return found


def bodies(model: Model) -> Iterator[Expr]:
    """Everything that the text computes."""
    yield from (line.body for line in model.equations)
    yield from (one.body for one in model.functions.values())


def called_in(exprs: Iterable[Expr]) -> list[str]:
    """The known functions that are called."""
    found = (node.function for expr in exprs for node in nodes(expr) if isinstance(node, Call))
    return list(dict.fromkeys(name for name in found if name in KNOWN))


def elementary(model: Model) -> list[str]:
    """The known functions that reading a learner's line may need: those of the text, and of their slopes.

    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> elementary(build(parse("weight w; E = softplus(w)".replace("; ", chr(10)))))
    ['softplus', 'sigmoid']
    """
    names = [*model.functions, *KNOWN]
    texts = [
        parse_expression(one["body"], functions=names, quantities=(*model.quantities, *one["parameters"]))
        for one in definitions(model)
    ]
    own_ = [name for name in called_in((*bodies(model), *texts)) if name not in model.functions]
    sigma = ["sigmoid"] if any(rules_of(model, one) for one in model.functions) and "sigmoid" not in own_ else []
    return [*own_, *sigma]


def rules_of(model: Model, name: str) -> bool:
    """Whether a function of the text is the sigmoid under another name: a learner may write σ for it."""
    from chainrule.gradient.recognise import known

    return known(model.functions[name]) == "sigmoid"
