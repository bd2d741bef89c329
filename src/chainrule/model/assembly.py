"""A text that was read → the model it describes, every part checked against the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chainrule.errors import ModelError, NotationError
from chainrule.expr.entries import divided
from chainrule.expr.nodes import Equation, Expr, Reduce, Ref, key
from chainrule.expr.walk import nodes
from chainrule.model import declared, goal, order, rules
from chainrule.model.functions import definitions, expand, names_read, used_macros
from chainrule.model.idle import check_sizes, check_steps
from chainrule.model.legality import check_indices, known_ranges
from chainrule.model.listed import complete
from chainrule.model.model import Definition, Goal, Model, Warning  # noqa: A004
from chainrule.model.names import Names, gather
from chainrule.model.ranges import letters
from chainrule.model.scope import Site, check
from chainrule.model.seams import seams
from chainrule.model.tables import places
from chainrule.notation import statements
from chainrule.notation.known import ALIASES, KNOWN
from chainrule.notation.limits import Limits
from chainrule.notation.names import pretty
from chainrule.notation.parser import read_text
from chainrule.notation.statements import Define, Text


def build(text: Text) -> Model:
    """The model of a text.

    Raises ModelError (E100 to E199) with the place of the first thing that does not fit. What is odd but possible is
    among the model's ``warnings``.
    """
    try:
        return _build(text)
    except ModelError as error:
        raise put_right(error, text) from None


def put_right(error: ModelError, text: Text) -> ModelError:
    """The error with its line put right, where the whole text is a model with it, or fails further on."""
    if error.span is None:
        return error
    at = text.source.place(error.span.start)[0]

    def holds(whole: str) -> bool:
        source = replace(text.source, text=whole)
        try:
            _build(read_text(source, Limits()))
        except (ModelError, NotationError) as other:
            return other.code in ("E108", "E109") or (other.place is not None and other.place[0] > at)
        return True

    from chainrule.notation.mended import mended  # read for errors alone, as in the parser

    return mended(error, Limits(), holds)


def _build(text: Text) -> Model:
    names = gather(text)
    listed = tuple(complete(names, _read_somewhere(text)))
    names.stand(listed)
    functions = definitions(names)
    bodies = {name: _body(line, names) for name, line in names.general.items()}
    base = [replace(line.equation, body=_body(line, names)) for line in names.base]
    check_steps(names, bodies)
    check_sizes(names, (*bodies.values(), *(line.body for line in base)))
    macros = [*bodies.values(), *(line.body for line in base), *(function.body for function in functions.values())]
    functions |= used_macros([*macros, *_others(text)], names)
    _function_bodies(functions, names)
    names.quantities = declared.checked(names, functions)
    for name, line in names.general.items():
        place = Site(f"the equation of {pretty(name)}", line.equation.letters)
        check(bodies[name], place, names, functions, line.span)
    _base_lines(names, base, functions)
    written = (*_equations(text, names, bodies, base), *(line.equation for line in listed))
    equations = divided(written, letters(names.sets))
    order.check_order(names, equations, functions)
    _varies(names, bodies, base, functions)
    lines = tuple(line for line in text.statements if isinstance(line, statements.Goal))
    updates = tuple(line for line in text.statements if isinstance(line, statements.Update | statements.UpdateBlock))
    found = goal.find(lines, names, functions, bodies, rules.reads(updates))
    checked_rules, odd = rules.checked(updates, names, functions, found.name)
    path = _path(found, bodies, base, functions)
    rate = rules.rate(updates, names, lambda: _names_read(text, bodies, base, functions))
    model = Model(
        text=text,
        sets=names.sets,
        pattern=names.pattern,
        quantities=names.quantities,
        functions=functions,
        equations=equations,
        goal=found,
        facts=declared.facts(
            tuple(line for line in text.statements if isinstance(line, statements.Fact)), names, functions
        ),
        table=names.table,
        rules=checked_rules,
        rate=rate,
        watched=tuple(name for name in bodies if name not in path),
        warnings=(
            *(Warning(note, span) for note, span in text.notes),
            *_weights(names, path, bodies, found, functions),
            *odd,
            *_called_rate(rate, bool(updates), names),
            *_hiding(names),
            *_idle_equations(written[: len(written) - len(listed)], equations),
            *_idle_reductions(names, (*bodies.values(), found.value), functions),
            *seams(bodies, (found.value, *(line.body for line in base)), functions),
        ),
        pattern_set=names.pattern_set,
    )
    notes = check_indices(model)
    if model.table is not None:
        places(model, model.table, known_ranges(model))
    return replace(model, warnings=(*model.warnings, *notes)) if notes else model


def _body(line: Define, names: Names) -> Expr:
    return expand(line.equation.body, names, line.equation.letters)


def _others(text: Text) -> list[Expr]:
    """Expressions of other statements: wherever a function may stand, a macro may be called."""
    found: list[Expr] = []
    for statement in text.statements:
        match statement:
            case statements.Goal(_, value) | statements.Update(_, value):
                found.append(value)
            case statements.UpdateBlock(_, _, lines):
                found.extend(line.value for line in lines)
            case statements.Letters(_, groups):
                found.extend(end for group in groups for end in (group.low, group.high) if end is not None)
            case statements.Fact(left, right):
                found.extend((left, right))
            case statements.Declare(_, declarations):
                for item in declarations:
                    found.extend(_declared(item))
    return found


def _declared(item: statements.Declaration) -> list[Expr]:
    """The expressions of a declaration: of its domain and of its beginning."""
    found: list[Expr] = []
    match item.domain:
        case statements.Listed(values):
            found.extend(values)
        case statements.Box(low, high):
            found.extend(end for end in (low, high) if end is not None)
    match item.start:
        case statements.Given(value) | statements.Computed(value):
            found.extend(declared.leaves(value))
        case statements.Drawn(_, arguments):
            found.extend(arguments)
    return found


def _function_bodies(functions: Mapping[str, Definition], names: Names) -> None:
    for definition in functions.values():
        shown = pretty(definition.name)
        place = Site(f"the body of {shown}", parameters=definition.parameters, derivatives=False)
        check(definition.body, place, names, functions, definition.span)
        for count, (parameter, body) in definition.rules.items():
            rule = Site(f"the rule {shown}{chr(39) * count}", parameters=(parameter,), derivatives=False)
            check(body, rule, names, functions, definition.span)


def _read_somewhere(text: Text) -> list[Expr]:
    """The expressions of a text as they are written."""
    return [*_others(text), *(line.equation.body for line in text.statements if isinstance(line, Define))]


def _base_lines(names: Names, base: list[Equation], functions: Mapping[str, Definition]) -> None:
    for line, equation in zip(names.base, base, strict=True):
        target = equation.target
        if not isinstance(target, Ref):  # pragma: no cover - gather refuses derivatives on the left
            continue
        shown = pretty(target.name)
        wanted = len(names.quantities[target.name].letters)
        if len(target.indices) != wanted:
            problem = f"{shown} has {wanted} indices, its base line {len(target.indices)}"
            raise names.error("E110", problem, "give the base line as many indices", line.span)
        check(equation.body, Site(f"the equation of {shown}", equation.letters), names, functions, line.span)


def _equations(text: Text, names: Names, bodies: Mapping[str, Expr], base: list[Equation]) -> tuple[Equation, ...]:
    rebuilt = {id(line): equation for line, equation in zip(names.base, base, strict=True)}
    found = []
    for statement in text.statements:
        if isinstance(statement, Define):
            target = statement.equation.target
            own = rebuilt.get(id(statement))
            found.append(
                own or replace(statement.equation, body=bodies[target.name if isinstance(target, Ref) else ""])
            )
    return tuple(found)


def _varies(
    names: Names, bodies: Mapping[str, Expr], base: list[Equation], functions: Mapping[str, Definition]
) -> None:
    """Mark the derived quantities that have one value for each pattern."""
    if names.pattern_set is not None:
        for name in bodies:
            own = names.quantities[name]
            names.quantities[name] = replace(own, varies=names.pattern in own.letters)
        return
    reads = {name: set(names_read(body, functions, skip_reduced=True)) for name, body in bodies.items()}
    for equation in base:
        if isinstance(equation.target, Ref):
            reads[equation.target.name] |= set(names_read(equation.body, functions, skip_reduced=True))
    readers: dict[str, list[str]] = {}
    for name, found in reads.items():
        for other in found:
            readers.setdefault(other, []).append(name)
    todo = [quantity.name for quantity in names.quantities.values() if quantity.varies]
    while todo:
        for name in readers.get(todo.pop(), ()):
            if not names.quantities[name].varies:
                names.quantities[name] = replace(names.quantities[name], varies=True)
                todo.append(name)


def _path(
    found: Goal, bodies: Mapping[str, Expr], base: list[Equation], functions: Mapping[str, Definition]
) -> set[str]:
    """Every name the goal depends on."""
    lines: dict[str, list[Expr]] = {name: [body] for name, body in bodies.items()}
    for equation in base:
        if isinstance(equation.target, Ref):
            lines[equation.target.name].append(equation.body)
    path: set[str] = set()
    todo: list[Expr] = [found.value]
    while todo:
        for name in names_read(todo.pop(), functions):
            if name not in path:
                path.add(name)
                todo.extend(lines.get(name, ()))
    return path


def _weights(
    names: Names, path: set[str], bodies: Mapping[str, Expr], found: Goal, functions: Mapping[str, Definition]
) -> list[Warning]:
    weights = [quantity for quantity in names.quantities.values() if quantity.role == "weight"]
    if not weights:
        return [Warning("the model has no weight: there is nothing to train", found.span)]
    warnings = []
    idle = [weight for weight in weights if weight.name not in path]
    reads = {name: names_read(body, functions) for name, body in bodies.items()} if idle else {}
    for weight in idle:
        shown = pretty(weight.name)
        users = [pretty(name) for name, found_reads in reads.items() if weight.name in found_reads]
        why = f" (it is only used in {', '.join(users)})" if users else ""
        warnings.append(
            Warning(f"{shown} does not influence {pretty(found.name)}{why}: its derivative is 0", weight.span)
        )
    return warnings


def _names_read(
    text: Text, bodies: Mapping[str, Expr], base: list[Equation], functions: Mapping[str, Definition]
) -> set[str]:
    """Every name that some expression of the text reads."""
    parts = [*bodies.values(), *(line.body for line in base), *_others(text)]
    parts += [body for one in functions.values() for body in (one.body, *(rule for _, rule in one.rules.values()))]
    return {node.name for part in parts for node in nodes(part) if isinstance(node, Ref)}


def _called_rate(rate: str | None, ruled: bool, names: Names) -> list[Warning]:
    """A rate that is neither α nor η; a const called so that is none."""
    if rate is None and not ruled and (others := rules.called(names)):
        shown = pretty(others[0])
        weight = next((one.name for one in names.quantities.values() if one.role == "weight"), "w")
        help = f"call it α, or write update {pretty(weight)} <- {pretty(weight)} − {shown}·∂E/∂{pretty(weight)}"
        why = "a line reads it" if len(others) == 1 else f"{pretty(others[1])} could be it too"
        why = "α or η is something else here" if any(name in names.taken for name in rules.RATES) else why
        text = f"{shown} is not read as the learning rate, for {why}: {help}"
        return [Warning(text, names.quantities[others[0]].span)]
    if rate is None or rate in rules.RATES:
        return []
    text = f"{pretty(rate)} is read as the learning rate: it is called so, and no line reads it"
    return [Warning(text, names.quantities[rate].span)]


def _hiding(names: Names) -> list[Warning]:
    """Quantities that are called like a known function."""
    return [
        Warning(f"{pretty(name)} is your quantity here; the function {pretty(name)} is hidden by it", quantity.span)
        for name, quantity in names.quantities.items()
        if len(name) > 1 and ALIASES.get(name, name) in KNOWN
    ]


def _idle_equations(written: tuple[Equation, ...], equations: tuple[Equation, ...]) -> list[Warning]:
    """Equations that define no entry, since others define each of theirs: their bodies were dropped."""
    return [
        Warning(f"this equation of {pretty(key(line.target))} defines no entry: others define all of them", line.span)
        for line, kept in zip(written, equations, strict=False)
        if line.body is not kept.body
    ]


def _idle_reductions(names: Names, exprs: tuple[Expr, ...], functions: Mapping[str, Definition]) -> list[Warning]:
    """Reductions over the patterns of what is the same for all of them: ``max(w)`` where ``max(w, v)`` was meant."""
    return [
        Warning(
            f"{node.operator} runs over the patterns here, and what follows it is the same for all of them", node.span
        )
        for expr in exprs
        for node in nodes(expr)
        if isinstance(node, Reduce)
        and not node.letters
        and not any(
            names.quantities[name].varies for name in names_read(node.body, functions, True) if name in names.quantities
        )
    ]
