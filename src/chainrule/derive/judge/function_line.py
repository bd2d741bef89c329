"""A line about a function, ``σ' = σ(1 − σ)``, ``A'(z) = …``, ``dA/du = …`` → a line about a quantity, with its model.

Conventions. Without an argument, or with a free one, the model is ``f = A(u)`` and the line ``∂f/∂u = …``: judged for
every u. There a bare ``A`` on the right means A(u). At quantities, as in ``A'(z) = h·(1 − h)``, the model gets
``f = A'(z)`` and the line is ``f = …``.
"""

from __future__ import annotations

import re

from chainrule.derive.judge.test_points import Data
from chainrule.errors import ModelError, NotationError, Source, Span
from chainrule.expr.nodes import Call, Expr, Neg, Number, Ref
from chainrule.expr.walk import names, nodes, substitute
from chainrule.model import build
from chainrule.model.letters import free
from chainrule.model.macros import DEFINED
from chainrule.model.model import Model
from chainrule.notation import parse, parse_equation
from chainrule.notation.known import ALIASES, KNOWN
from chainrule.notation.names import ascii as kept
from chainrule.notation.names import pretty
from chainrule.notation.show import show
from chainrule.notation.show_lines import show_text
from chainrule.notation.statements import Goal
from chainrule.values import dataclass

_CHAR = "[^\\W⁰¹²³⁴-⁹]"  # of a name; what is raised is a power
_NAME = f"(?!\\d){_CHAR}(?:{_CHAR}|[\u0302\u0304\u0305\u0307\u0303])*"
_PRIME = re.compile(rf"\s*({_NAME})\s*['′]\s*(?:\((.+)\)\s*)?")
_SLASH = re.compile(rf"\s*[d∂]\s*({_NAME})\s*/\s*[d∂]\s*({_NAME})\s*")


@dataclass(frozen=True, slots=True)
class About:
    """The model and the line to judge, and the numbers it is held against."""

    model: Model
    line: str
    data: Data | None
    at: str = ""  # the number, as it stands in the brackets


def about_function(model: Model, typed: str, data: Data | None) -> About | None:
    """What to judge in the place of a line about a function; None where the line is about something else.

    Errors: E274 for a function of several arguments, for one that reads quantities, and for a free argument beside
    quantities of the model; what is wrong inside the brackets as in any text.
    """
    left, equals, right = typed.partition("=")
    prime, slash = _PRIME.fullmatch(left), _SLASH.fullmatch(left)
    found = prime or slash
    function = found and function_of(model, found[1])
    if not (equals and found and function):
        return None
    source, place = Source(typed, "<line>"), Span(found.start(1), found.end(1))
    definition = model.functions.get(function) or DEFINED.get(function)
    arity = len(definition.parameters) if definition else KNOWN[function]
    if arity != 1 or (definition and definition.reads):
        reads = ", ".join(map(pretty, definition.reads)) if definition else ""
        why = f"takes {arity} arguments" if arity != 1 else f"reads {reads}"
        help = "give its value a name in the text, q = …, and write ∂q/∂z = …"
        raise NotationError("E274", f"{pretty(function)} {why}, so it has no derivative alone", help, source, place)
    at = found[2] or (definition.parameters[0] if definition else "u")
    if found[2]:
        place = Span(found.start(2), found.end(2))
        argument = argument_of(model, typed, place, at)
        read = names(argument)
        if read and all(name in model.quantities for name in read):
            if slash and not applies(model, function, argument):
                return None  # a derivative by a weight, say, of what A gives somewhere
            try:
                return About(*at_quantities(model, found[1], argument, right), data)
            except (ModelError, NotationError) as error:
                raise NotationError(error.code, error.problem, error.help, source, place) from None
        if not read:
            plain = argument.arg if isinstance(argument, Neg) else argument
            if not isinstance(plain, Number):
                raise NotationError(
                    "E274", "it is not clear where that is", "write one number, A'(0.5) = …", source, place
                )
            start = float(plain.value) if plain is argument else -float(plain.value)
            return at_number(model, found[1], function, start, show(argument), right)
    if prime and not found[2]:
        at = letter(model, typed, right, at)
    if slash or not found[2]:
        right = applied(model, function, at, right)
    if function_of(model, at):
        raise NotationError("E274", f"{pretty(at)} is a function", "take another letter, A'(u) = …", source, place)
    others = [name for name in names(right_side(model, typed, right, at)) if name != kept(at)]
    if others:
        problem = f"{pretty(at)} is any number here, and {pretty(others[0])} is a quantity of the model"
        help = f"write the right side with {pretty(at)} alone, or in the brackets what {pretty(function)} takes there"
        raise NotationError("E274", problem, help, source, place)
    own = f"{found[1]}_{at}"
    return About(of_functions(model, function, at, own), f"∂{own}/∂{at} = {right}", None)


def function_of(model: Model, name: str) -> str | None:
    """The function a name speaks of; None where it is a quantity, or nothing."""
    plain = kept(name)
    if plain in model.quantities:
        return None
    plain = plain if plain in model.functions else ALIASES.get(plain, plain)
    return plain if plain in (model.functions.keys() | KNOWN.keys() | DEFINED.keys()) else None


def applied(model: Model, function: str, at: str, right: str) -> str:
    """The right side with each bare name of a function as its value: in ``σ(1 − σ)`` the first stands bare too."""
    bare = re.compile(rf"(?<!\w)({_NAME})(?!{_CHAR}|\s*['′(])")
    found = [one for one in bare.finditer(right) if function_of(model, one[1])]
    if any(function_of(model, one[1]) == function for one in found):
        called = re.compile(rf"(?<!\w)({_NAME})(?=\s*\()(?!\s*\(\s*{re.escape(at)}\s*\))")
        found += [one for one in called.finditer(right) if function_of(model, one[1]) == function]
    for one in sorted(found, key=lambda one: one.start(), reverse=True):
        times = "·" if right[one.end() :].lstrip().startswith("(") else ""
        right = f"{right[: one.end()]}({at}){times}{right[one.end() :]}"
    return right


def argument_of(model: Model, typed: str, place: Span, text: str) -> Expr:
    """What stands in the brackets behind a prime; a name that is no quantity is a free argument."""
    shown = " " * (place.start - 2) + f"q={text}" + " " * (len(typed) - place.stop)
    return reading(model, shown, text)


def letter(model: Model, typed: str, right: str, at: str) -> str:
    """What the right side calls the argument: the only name there that is none of the model."""
    read = names(right_side(model, typed, applied(model, "", at, right), at))
    foreign = [name for name in read if name not in model.quantities]
    return foreign[0] if len(foreign) == 1 and kept(at) not in read else at


def right_side(model: Model, typed: str, right: str, at: str) -> Expr:
    return reading(model, " " * (len(typed) - len(right) - 2) + f"q={right}", at)


def reading(model: Model, line: str, free_name: str) -> Expr:
    letters = {letter for group in model.sets for letter in group.letters}
    known, functions = (*model.quantities, free_name), (*model.functions, *DEFINED)
    return parse_equation(Source(line, "<line>"), letters=letters, functions=functions, quantities=known).body


def applies(model: Model, function: str, argument: Expr) -> bool:
    """Whether the model takes the function of just that."""
    return any(isinstance(node, Call) and node.function == function and node.args == (argument,)
               for equation in model.equations for node in nodes(equation.body))  # fmt: skip


def at_quantities(model: Model, name: str, argument: Expr, right: str) -> tuple[Model, str]:
    """The model with ``f = A'(z)``, and the line ``f = …``."""
    statements = model.text.statements
    letters = ",".join(free(argument))
    own = fresh("f", model)
    target = f"{own}[{letters}]" if letters else own
    lines = [show_text(model.text), f"{target} = {name}'({show(argument)})"]
    if not any(isinstance(statement, Goal) for statement in statements):
        lines.append(f"{model.goal.sense} {show(model.goal.value)}")
    return build(parse("\n".join(lines))), f"{target} = {right}"


def at_number(model: Model, name: str, function: str, start: float, at: str, right: str) -> About:
    """The model ``f = A(u)`` and its derivative at a number."""
    own = f"{name}_u"
    return About(of_functions(model, function, "u", own), f"∂{own}/∂u = {right}", Data({}, {}, 1, {"u": start}), at)


def of_functions(model: Model, function: str, at: str, own: str) -> Model:
    """``own = A(u)`` with the functions of the model that read nothing else."""
    defined = []
    for name, one in model.functions.items():
        if not one.reads and name not in DEFINED:
            # Beside a quantity u, A(u) = … would define a quantity.
            others = {parameter: f"{parameter}_{name}" for parameter in one.parameters}
            body = substitute(one.body, {parameter: Ref(other) for parameter, other in others.items()})
            defined.append(f"{name}({', '.join(others.values())}) = {show(body)}")
    return build(parse("\n".join([*defined, f"weight {at}", f"{own} = {function}({at})", f"minimise {own}"])))


def fresh(name: str, model: Model) -> str:
    """The name, or the next one that the model does not use."""
    taken = model.quantities.keys() | model.functions.keys()
    return next(one for one in (name, *(f"{name}{count}" for count in range(len(taken) + 1))) if one not in taken)
