"""Model → program: the letter of the patterns made explicit, the goal an equation, its derivatives, the learning rule.

Nothing is rewritten: the program holds the equations of the text (calls of its functions opened) and the adjoint
equations as they are printed, so its numbers are those of the equations shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chainrule.errors import NOWHERE, UsageError
from chainrule.expr.limits import placed
from chainrule.expr.nodes import Equation, Expr, Index, InRange, Reduce, Ref, Size, index, key, number
from chainrule.expr.order import flat, ordered
from chainrule.expr.walk import nodes, reads, transform
from chainrule.gradient.derivatives import derivative_name, derivatives, given, written_out
from chainrule.gradient.letters import printable, supply, unique
from chainrule.gradient.reads import opened
from chainrule.gradient.reverse import reverse
from chainrule.gradient.slopes import Slopes
from chainrule.model import explicit
from chainrule.model.letters import base
from chainrule.model.model import Definition, Model
from chainrule.model.ranges import letters
from chainrule.notation.known import closest
from chainrule.notation.names import ascii as ascii_name
from chainrule.notation.names import pretty
from chainrule.notation.statements import Box
from chainrule.program.identity_cache import IdentityCache
from chainrule.program.learning import Rule, no_letters, rule
from chainrule.program.parts import shortened
from chainrule.program.program import PhaseName, Program, Symbol
from chainrule.program.update import free_name, projections
from chainrule.program.verify import verify
from chainrule.values import dataclass


def lower(
    model: Model,
    *,
    goal: str | None = None,
    entry: tuple[int, ...] = (),
    hold: Iterable[str] = (),
    wanted: Iterable[str] | None = None,
) -> Program:
    """One step of training a model, as equations.

    ``goal`` differentiates another quantity (its mean, if it has one value for each pattern) instead of the model's
    goal; such a program is for evaluating and has no update. Of an array, ``entry`` says which of its numbers, by the
    values of its letters, the patterns' left out; that it has such an entry is for the caller to know. ``hold`` are
    weights that stay as they are. ``wanted`` are
    the quantities whose derivatives are asked for: by default the weights that are trained.

    The value of the rate is not part of a program: it is that of the const ``program.rate`` among the values that the
    program is run on, or else ``program.defaults[program.rate]``.

    Raises UsageError: E303 for a held name that is no weight, E304 for a ``goal`` or a wanted name that does not
    exist, E305 for a goal that is not one number. ModelError: E302 where a derivative is read before its quantity is
    defined, E308 where a rule reads the second derivative by an array.

    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> program = lower(build(parse("data x in {1, 2}\\ntarget y = 2*x\\nweight w := 0\\nE = (w*x - y)^2")))
    >>> [key(equation.target) for equation in program.phases["adjoint"]]
    ['∂goal/∂E', '∂goal/∂w']
    """
    held = checked(model, hold, "weight", "E303")
    names = None if wanted is None else checked(model, wanted, None, "E304")
    about = (goal, entry, held, names)
    with placed(model.source, NOWHERE):
        return LOWERED.get(model, about, lambda: lowered(model, (goal, entry), held, names))


LOWERED = IdentityCache[Program](64)
"""The latest programs: a model is trained and evaluated more than once."""


def lowered(
    model: Model, of: tuple[str | None, tuple[int, ...]], held: tuple[str, ...], names: tuple[str, ...] | None
) -> Program:
    """The program; what is held and wanted is known to be there."""
    goal, entry = of
    functions = explicit.functions(model)
    name, value = objective(model, goal, entry)
    equations = explicit.equations(model)
    if value is not None:
        equations = (*equations, Equation(Ref(name), value))
    equations = shortened(written_out(model, equations, functions), functions)
    trained = tuple(symbol_of(model, quantity.name) for quantity in model.named("weight") if quantity.name not in held)
    steps = rule(model, name, trained) if goal is None and names is None else Rule()
    asked = [symbol_of(model, other) for other in names if other != name] if names is not None else trained
    read = followed(model, name, equations, steps.equations, functions)
    equations = (*equations, *read.means)
    adjoints = reverse(
        equations, name, {one.name: one.letters for one in (*asked, *read.asked.pop(name, ()))}, functions, model.sets
    )
    for other, symbols in read.asked.items():
        adjoints += reverse(equations, other, {one.name: one.letters for one in symbols}, functions, model.sets)
    order = letters(model.sets)
    equations, adjoints = (
        tuple(flat(ordered(open_calls(lines, functions), order))) for lines in (equations, (*adjoints, *read.second))
    )
    forward, error = parted(model, equations, name)
    bounds = boxes(model, trained, functions) if steps.equations else {}
    phases: dict[PhaseName, tuple[Equation, ...]] = {
        "forward": forward,
        "error": error,
        "adjoint": adjoints,
        "update": open_calls(read.updates, functions),
        "project": projections(trained, bounds),
    }
    consts = tuple(symbol_of(model, quantity.name) for quantity in model.named("const"))
    program = Program(
        pattern=model.pattern,
        sets={},
        data=tuple(symbol_of(model, quantity.name) for quantity in model.named("data")),
        targets=tuple(symbol_of(model, quantity.name) for quantity in model.named("target")),
        weights=tuple(symbol_of(model, quantity.name) for quantity in model.named("weight")),
        consts=consts + tuple(Symbol(own) for own in steps.defaults),
        states=steps.states,
        phases=phases,
        objective=name,
        boxes=bounds,
        held=held,
        rate=steps.rate,
        defaults=steps.defaults,
        starts={name: open_call(value, functions) for name, value in steps.starts.items()},
        shared=steps.shared,
    )
    program = replace(program, sets=sets(model, program))
    verify(program, "lowering", order.extent)
    return program


def checked(model: Model, names: Iterable[str], role: str | None, code: str) -> tuple[str, ...]:
    """Names that the model has, in their ASCII form, each once; an error about the first that it lacks."""
    found = tuple(dict.fromkeys(map(ascii_name, names)))
    known = [quantity.name for quantity in model.quantities.values() if role in (None, quantity.role)]
    for name in found:
        if name not in known:
            close = closest(name, known)
            what = "weight" if role else "quantity"
            help = f"did you mean {pretty(close)}?" if close else f"the model has {', '.join(map(pretty, known))}"
            raise UsageError(code, f"the model has no {what} called {pretty(name)}", help)
    return found


@dataclass(slots=True)
class UpdateEquations:
    """The update equations, and what gives the derivatives that they read."""

    updates: tuple[Equation, ...]
    asked: dict[str, list[Symbol]]  # key → the weights it is differentiated by
    means: tuple[Equation, ...] = ()  # of quantities other than the goal, where they have one value a pattern
    second: tuple[Equation, ...] = ()


def followed(
    model: Model,
    goal: str,
    equations: tuple[Equation, ...],
    updates: tuple[Equation, ...],
    functions: Mapping[str, Definition],
) -> UpdateEquations:
    """What the derivatives in update equations stand for: those of the goal over the patterns of the step.

    A derivative of another quantity is that of its mean over them; a second one is computed in forward mode.
    """
    found = UpdateEquations(updates, {})
    meaning: dict[Expr, Expr] = {}
    for node in derivatives(updates):
        of = node.of.name if isinstance(node.of, Ref) else ""
        name, value = (goal, None) if of in (goal, model.goal.name) else objective(model, of)
        if value is not None:
            name = f"mean.{of}"
            if all(key(line.target) != name for line in found.means):
                found.means = (*found.means, Equation(Ref(name), value))
        if len(node.wrt) == 1:
            found.asked.setdefault(name, []).append(symbol_of(model, node.wrt[0].name))
            meaning[node] = replace(node, of=Ref(name))
            continue
        no_letters(model, node)
        known = {key(line.target) for line in found.second}
        weights = [model.quantities[weight.name] for weight in node.wrt]
        new = given((*equations, *found.means), name, weights, functions, model.sets)
        found.second += tuple(line for line in new if key(line.target) not in known)
        whole = derivative_name(name, [weight.name for weight in weights])
        meaning[node] = Ref(whole) if any(key(line.target) == whole for line in new) else number(0)
    found.updates = tuple(
        replace(line, body=transform(line.body, lambda node: meaning.get(node, node))) for line in updates
    )
    return found


def objective(model: Model, goal: str | None, entry: tuple[int, ...] = ()) -> tuple[str, Expr | None]:
    """The key of the number that is differentiated, and its equation's right side unless it has an equation already."""
    if goal is None:
        value = explicit.explicit(model.goal.value, model)
        if isinstance(value, Ref) and not value.indices and model.quantities[value.name].role == "derived":
            return value.name, None
        return free_name("goal", model), value
    (name,) = checked(model, (goal,), None, "E304")
    letters = explicit.letters(model, model.quantities[name])
    rest = [letter for letter in letters if letter != model.pattern]
    if len(rest) != len(entry) or model.quantities[name].role != "derived":
        if model.quantities[name].role != "derived":
            problem = "is given, not computed, so there is nothing to differentiate"
        elif len(rest) > len(entry):
            problem = "has more than one value, so there is no one number to differentiate"
        else:
            problem = f"has {len(rest) or 'no'} letter{'s' * (len(rest) != 1)} for an entry {list(entry)}"
        raise UsageError(
            "E305",
            f"{pretty(name)} {problem}",
            "ask for a quantity that an equation gives and that is one number, or one number for each pattern",
        )
    places = iter(entry)
    own = Ref(name, tuple(index(one) if one == model.pattern else Index((), next(places)) for one in letters))
    if model.pattern in letters:
        return free_name("goal", model), Reduce("mean", (model.pattern,), own)
    return (free_name("goal", model), own) if entry else (name, None)


def symbol_of(model: Model, name: str) -> Symbol:
    """A quantity with the letters of its axes."""
    return Symbol(name, explicit.letters(model, model.quantities[name]))


def open_calls(equations: tuple[Equation, ...], functions: Mapping[str, Definition]) -> tuple[Equation, ...]:
    """The equations with every call of a function of the text replaced by its body, with the arguments in place."""
    fresh = supply()
    slopes = Slopes(functions, fresh)

    def body(line: Equation) -> Expr:
        expr = opened(slopes.opened(line.body), functions, lambda call: False, lambda inner: unique(inner, fresh))
        return printable(expr, line.letters)

    return tuple(replace(line, body=body(line)) for line in equations)


def open_call(value: Expr, functions: Mapping[str, Definition]) -> Expr:
    """One expression with its calls opened."""
    return open_calls((Equation(Ref("#"), value),), functions)[0].body


def boxes(
    model: Model, trained: tuple[Symbol, ...], functions: Mapping[str, Definition]
) -> dict[str, tuple[Expr | None, Expr | None]]:
    """The bounds of each trained weight that has one, None on an open side."""
    found: dict[str, tuple[Expr | None, Expr | None]] = {}
    for symbol in trained:
        domain = model.quantities[symbol.name].domain
        if isinstance(domain, Box) and (domain.low, domain.high) != (None, None):
            low, high = (end and open_call(end, functions) for end in (domain.low, domain.high))
            found[symbol.name] = (low, high)
    return found


def parted(
    model: Model, equations: tuple[Equation, ...], goal: str
) -> tuple[tuple[Equation, ...], tuple[Equation, ...]]:
    """The equations of the phases forward and error."""
    late = {quantity.name for quantity in model.named("target")} | {goal}
    if model.goal.each is not None:
        late.add(model.goal.each)
    grown = -1
    while grown != len(late):
        grown = len(late)
        late |= {key(line.target) for line in equations if any(name in late for name, _ in reads(line.body))}
    forward = tuple(line for line in equations if key(line.target) not in late)
    return forward, tuple(line for line in equations if key(line.target) in late)


def sets(model: Model, program: Program) -> dict[str, str]:
    """Each letter of a program with the name of its set; the letter of the patterns is its own."""
    found = {model.pattern: model.pattern}
    letters = [letter for symbol in program.symbols() for letter in symbol.letters]
    for equations in program.phases.values():
        for line in equations:
            letters.extend(line.letters)
            for node in nodes(line.body):
                match node:
                    case Reduce(_, own):
                        letters.extend(own)
                    case Size(letter) | InRange(_, letter):
                        letters.append(letter)
    for letter in letters:
        plain = base(letter)
        group = next((group for group in model.sets if plain in group.letters), None)
        if letter not in found:
            found[letter] = model.pattern if plain == model.pattern or group is None else group.name
    return found
