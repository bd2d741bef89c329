"""The equations and the `minimise` line → the one number that a step lowers.

The goal is the last scalar if it is the only scalar that nothing uses; else it has to be named. A goal with one value a
pattern is averaged over the patterns of the step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chainrule.errors import NOWHERE, Span
from chainrule.expr.nodes import Add, Derivative, Expr, Neg, Number, Reduce, Ref, index
from chainrule.expr.walk import nodes
from chainrule.model.functions import expand, names_read
from chainrule.model.letters import free
from chainrule.model.model import Definition, Goal, Quantity
from chainrule.model.names import Names
from chainrule.model.scope import Site, check
from chainrule.notation import statements
from chainrule.notation.names import pretty
from chainrule.notation.show import show


def find(
    lines: tuple[statements.Goal, ...],
    names: Names,
    functions: Mapping[str, Definition],
    bodies: Mapping[str, Expr],
    used_in_rules: Iterable[str],
) -> Goal:
    """The goal of a text; ``bodies`` are the right sides of the derived quantities, in order."""
    if len(lines) > 1:
        problem = f"a model has one goal, and line {names.line(lines[0].span)} names it already"
        one, two = (line.value if line.sense == lines[0].sense else Neg(line.value) for line in lines[:2])
        help = f"take one of the two out, or both for one expression: {lines[0].sense} {show(Add((one, two)))}"
        raise names.error("E134", problem, help, lines[1].span)
    if lines:
        return _named(lines[0], names, functions, bodies)
    if not bodies:
        help = "write what is computed and how wrong it is: ŷ = w·x and E = ½(ŷ − y)²"
        if names.functions:
            last = list(names.functions.values())[-1]
            call = f"{pretty(last.name)}({', '.join(map(pretty, last.parameters))})"
            help = f"{call} = … defines a function: write how wrong what it gives is, E = ½({call} − y)²"
        raise names.error("E100", "the text has no equation", help, Span(0, 0))
    name = _unused(names, functions, bodies, set(used_in_rules))
    letters = names.quantities[name].letters
    value: Expr = Ref(name, tuple(index(letter) for letter in letters))
    return _goal("minimise", value, names, functions, bodies, NOWHERE)


def _unused(names: Names, functions: Mapping[str, Definition], bodies: Mapping[str, Expr], in_rules: set[str]) -> str:
    """The only scalar that nothing uses; a name for a derivative, ``g = ∂E/∂w``, is there to be watched."""
    watched = {name for name, body in bodies.items() if isinstance(body, Derivative)}
    watched = set() if watched.issuperset(bodies) else watched
    seen = {of: body for of, body in bodies.items() if of not in watched}
    used = {name for of, body in seen.items() for name in names_read(body, functions) if name != of}
    used |= {name for line in names.base for name in names_read(line.equation.body, functions)}
    scalars = [name for name in bodies if name not in watched and _is_scalar(names.quantities[name], names)]
    unused = [name for name in scalars if name not in used]
    followed = {name for of in watched for name in names_read(bodies[of], functions)}
    if len(unused) > 1 and (left := [name for name in unused if name not in followed]):
        scalars = [name for name in scalars if name in left or name not in unused]
        unused = left
    if len(unused) > 1 and (left := [name for name in unused if name not in in_rules]):
        scalars = [name for name in scalars if name in left or name not in unused]
        unused = left
    if len(unused) == 1 and unused[0] == scalars[-1]:
        return unused[0]
    last = names.quantities[[name for name in bodies if name not in watched][-1]]
    if not unused and last.letters and not _is_scalar(last, names):
        letters = ",".join(last.letters)
        shown = pretty(last.name)
        raise names.error(
            "E108",
            f"the last equation, {shown}, has the indices [{letters}], and the goal must be one number",
            f"add E = sum_{{{letters}}} {shown}[{letters}], or name the goal: minimise …"
            if len(last.letters) > 1
            else f"add E = sum_{letters} {shown}[{letters}], or name the goal: minimise …",
            last.span,
        )
    if not unused:
        raise names.error(
            "E109",
            "every scalar is used by another equation",
            f"name the goal: minimise {pretty(scalars[-1])}",
            last.span,
        )
    numbers = [name for name in unused if isinstance(bodies[name], Number)]
    if numbers and len(numbers) < len(unused):
        shown = pretty(numbers[0])
        problem = f"{shown} is a number that no equation reads"
        help = f"write const {shown} := {show(bodies[numbers[0]])}"
        raise names.error("E109", problem, help, names.quantities[numbers[0]].span)
    shown_all = [pretty(name) for name in unused]
    if len(unused) == 1:
        first, later = unused[0], scalars[-1]
        problem = f"{pretty(first)} is the only scalar that nothing uses, but {pretty(later)} is the last one"
        help = f"say which: minimise {pretty(first)} or minimise {pretty(later)}"
    else:
        problem = f"{', '.join(shown_all[:-1])} and {shown_all[-1]} are {'both' if len(unused) == 2 else 'all'} unused"
        help = f"say which to minimise: {' or '.join(f'minimise {shown}' for shown in shown_all[:3])}"
    raise names.error("E109", problem, help, names.quantities[unused[-1]].span)


def _is_scalar(quantity: Quantity, names: Names) -> bool:
    """One number, or one number a pattern."""
    return not quantity.letters or (len(quantity.letters) == 1 and quantity.letters[0] == names.pattern)


def _named(
    line: statements.Goal, names: Names, functions: Mapping[str, Definition], bodies: Mapping[str, Expr]
) -> Goal:
    value = expand(line.value, names)
    letters = free(value)
    own = (names.pattern,) if names.pattern_set is not None and names.pattern in letters else ()
    for letter in letters:
        if letter not in own and names.group(letter) is not None:
            raise names.error(
                "E108",
                f"the goal has the index {letter}, and it must be one number",
                f"write sum_{letter} (…) or mean_{letter} (…)",
                line.span,
            )
    check(value, Site("the goal", own), names, functions, line.span)
    if not any(name in bodies for name in names_read(value, functions)) and not bodies:
        raise names.error("E100", "the text has no equation", "define what is minimised: E = …", line.span)
    return _goal(line.sense, value, names, functions, bodies, line.span)


def _goal(
    sense: str,
    value: Expr,
    names: Names,
    functions: Mapping[str, Definition],
    bodies: Mapping[str, Expr],
    span: Span,
) -> Goal:
    if names.pattern_set is not None:
        letters: tuple[str, ...] = (names.pattern,)
        carries = names.pattern in free(value)
    else:
        letters = ()
        carries = any(names.quantities[name].varies for name in names_read(value, functions, skip_reduced=True))
    if carries:
        value = Reduce("mean", letters, value)
    return Goal(
        _name(value, names, bodies), "maximise" if sense == "maximise" else "minimise", value,
        _each(value, names, bodies), span
    )


def _name(value: Expr, names: Names, bodies: Mapping[str, Expr]) -> str:
    """What the goal is called: the scalar that an equation gives, which it is, or is the mean or sum of."""
    inside = value.body if isinstance(value, Reduce) and value.operator in ("mean", "sum") else value
    if isinstance(inside, Ref) and inside.name in bodies:
        return inside.name
    name = "goal"
    while name in names.taken:
        name += "_"
    return name


def _each(value: Expr, names: Names, bodies: Mapping[str, Expr]) -> str | None:
    """The one quantity with a value a pattern that the goal reduces, looking through the names that are not."""
    found: dict[str | None, None] = {}
    todo, seen = [value], set[str]()
    while todo:
        for node in nodes(todo.pop()):
            match node:
                case Reduce(_, letters, body) if not letters or names.pattern in letters:
                    if isinstance(body, Ref) and body.name not in bodies:
                        continue  # data, such as the weights of a mean: it is no error
                    scalar = isinstance(body, Ref) and names.quantities[body.name].varies
                    found[body.name if scalar and isinstance(body, Ref) else None] = None
                case Ref(name) if name in bodies and not names.quantities[name].varies and name not in seen:
                    seen.add(name)
                    todo.append(bodies[name])
    return next(iter(found)) if len(found) == 1 else None
