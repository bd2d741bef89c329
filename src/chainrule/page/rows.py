"""The step of a run → its rows: what each phase computes, in letters and with the numbers of the moment."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.expr.nodes import Add, Call, Derivative, Expr, Mul, Neg, Ref, key, number, places
from chainrule.expr.walk import nodes, substitute, transform
from chainrule.gradient.simplify import simplify
from chainrule.model.explicit import unwritten
from chainrule.model.model import HIDDEN
from chainrule.page.formulas import Formulas, called
from chainrule.page.markup import Markup, el, join
from chainrule.page.subject import BACKWARD, ERROR, FORWARD, UPDATE, Subject
from chainrule.program.program import NEW
from chainrule.typeset.formula import formula
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class RowLine:
    """A line of a row: what it makes, in which phase, for which weights, and both sides."""

    key: str
    phase: int
    of: tuple[str, ...]  # the weights whose slope or next value needs it; () for all
    left: Expr
    right: Expr
    sign: str = "="
    rule: str | None = None  # under which rule alone it is shown: that of the training, or plain descent


def lines(subject: Subject) -> list[RowLine]:
    """Every line of the step, in the order in which it is computed."""
    found = [
        RowLine(name, phase, (), line.target, unwritten(opened(subject, line.body), HIDDEN, "alone"))
        for name, line in subject.lines.items()
        if (phase := subject.phase(name)) in (FORWARD, ERROR)
    ]
    weights, users = weights_in_order(subject), needing(subject)
    for name, line in subject.slopes.items():
        own = tuple(weight for weight in weights if name in users[weight])
        if own:
            left, right = (slope(subject, side) for side in (line.target, line.body))
            found.append(RowLine(subject.program.gradient(name), BACKWARD, own, left, simplify(right)))
    return found + [one for name in weights_in_order(subject) for one in updates(subject, name)]


def needing(subject: Subject) -> dict[str, set[str]]:
    """By weight: the quantities whose slopes its own slope is made of, itself included."""
    start = f"∂{subject.program.objective}/∂"
    found = dict[str, set[str]]()
    for weight in weights_in_order(subject):
        todo, seen = [weight], set[str]()
        while todo:
            name = todo.pop()
            if name not in seen and name in subject.slopes:
                seen.add(name)
                keys = (key(node) for node in nodes(subject.slopes[name].body) if isinstance(node, Derivative))
                todo += [one.removeprefix(start) for one in keys if one.startswith(start)]
        found[weight] = seen
    return found


def weights_in_order(subject: Subject) -> list[str]:
    return list(dict.fromkeys(entry.key for entry in subject.entries))


def updates(subject: Subject, weight: str) -> Iterator[RowLine]:
    """The lines of the learning rule for a weight, its states included; and plain descent, where it can be chosen."""
    kept = "own" if subject.plain_too else None
    for line in subject.program.phases["update"]:
        name = key(line.target)
        own = name.rpartition(".")[2] if "." in name else name
        if own == weight or (name in subject.program.shared and weight == subject.entries[0].key):
            yield RowLine(name + NEW, UPDATE, (weight,), line.target, slope(subject, line.body), "←", kept)
            if kept and own == name:
                yield RowLine(name + NEW, UPDATE, (weight,), line.target, descent(subject, line.target), "←", "gd")


def descent(subject: Subject, weight: Expr) -> Expr:
    """The next value of a weight by plain descent."""
    wrt = tuple(node for node in nodes(weight) if isinstance(node, Ref))[:1]
    by = slope(subject, Derivative(Ref(subject.program.objective), wrt, "total"))
    change = Mul((Ref(subject.program.rate or ""), by))
    return Add((weight, Neg(change) if subject.model.goal.sense == "minimise" else change))


def opened(subject: Subject, body: Expr) -> Expr:
    """A body that only calls a function which reads quantities, as what that function computes: T̂(x) as A(w·x)."""
    functions = subject.model.functions
    while isinstance(body, Call) and not body.order and body.function in functions:
        function = functions[body.function]
        if not function.reads:
            break
        body = substitute(function.body, dict(zip(function.parameters, body.args, strict=True)))
    return body


def slope(subject: Subject, expr: Expr) -> Expr:
    """An expression about slopes of the objective, as a reader has it: of E, whose own slope is 1."""
    objective, each, name = subject.program.objective, subject.model.goal.each, subject.goal
    whole = subject.context.reduced is not None

    def change(node: Expr) -> Expr:
        match node:
            case Derivative(Ref(of), (Ref(by),)) if of == objective and by == each and whole:
                return number(1)
            case Derivative(Ref(of), wrt, kind) if of == objective and kind == "total":
                return Derivative(Ref(each if whole and each else of if name == "goal" else name), wrt, kind)
        return node

    return unwritten(transform(expr, change), HIDDEN, "alone")


def notes(subject: Subject, shown: list[RowLine]) -> list[tuple[Call, Expr]]:
    """The functions of the text that the lines call, each with its body."""
    functions, found, todo = subject.model.functions, dict[str, tuple[Call, Expr]](), set[str]()
    for line in shown:
        todo |= called(line.right)
    while todo:
        name = todo.pop()
        if name in functions and name not in found:
            one = functions[name]
            found[name] = (Call(name, tuple(map(Ref, one.parameters))), one.body)
            todo |= called(one.body)
    return [found[name] for name in functions if name in found]


def spoken(line: RowLine) -> str:
    """A formula in words, for who hears it."""
    return f"{formula(line.left, 'pretty')} {line.sign} {formula(line.right, 'pretty')}"


def about_weight(subject: Subject, line: RowLine) -> bool:
    """Whether a line is about the entries of one weight, of which the chosen one is shown in numbers."""
    key = line.key.removesuffix(NEW)
    return len(line.of) == 1 and subject.size(key) > 1 and key in (line.of[0], subject.program.gradient(line.of[0]))


def body(subject: Subject, formulas: Formulas, line: RowLine, result: Markup, hidden: bool, place: int) -> Markup:
    """A line as the page has it; of an array of weights the entry at a place is shown in numbers."""
    q = subject.q(line.key)
    entry = places(line.left) if about_weight(subject, line) and isinstance(line.left, Ref | Derivative) else ()
    numbers = formulas.numbers(line.right, entry=entry, place=place)
    return el(
        "div",
        {
            "class": "ln",
            "data-makes": q,
            "data-of": " ".join(line.of) or None,
            "data-rule": line.rule,
            "hidden": hidden,
            "tabindex": 0,
            "role": "group",
            "aria-label": spoken(line),
        },
        formulas.symbol(line.left),
        " ",
        formulas.letters(line.right, sign=line.sign),
        " ",
        join(el("span", {"class": "hide"}, numbers), " ") if numbers is not None else None,
        el("span", {"class": "hide res"}, result),
    )
