"""Models written with and without a letter of the patterns: random texts, and what has to be the same of both."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np

import chainrule as cr
from chainrule.derive import derive
from chainrule.expr.nodes import Equation, Reduce
from chainrule.expr.walk import transform
from chainrule.model import build, explicit
from chainrule.model.model import HIDDEN
from chainrule.notation import parse, parse_equation, show
from chainrule.notation.show_lines import show_text
from chainrule.notation.statements import (
    Computed,
    Declaration,
    Declare,
    Define,
    Fact,
    Function,
    Goal,
    LetterGroup,
    Letters,
    Statement,
    Text,
)

LETTER = "p"
"""The letter that is declared; no random text has a name like it."""


@dataclass(frozen=True)
class Pair:
    """One model in both forms, its data, and lines about it, each in both forms."""

    hidden: str
    declared: str
    data: dict[str, Any]
    lines: tuple[tuple[str, str], ...]


def random_pair(seed: int) -> Pair:
    choose = random.Random(seed)
    text, lines = drawn(choose)
    numbers = np.random.default_rng(seed)
    count = choose.randint(1, 4)
    vector = "x[i]" in text
    shape = (count, 2) if vector else count
    data = {"x": numbers.normal(size=shape).round(2), "y": numbers.normal(size=count).round(2)}
    if " v" in text.split("\n")[0]:
        data["v"] = numbers.normal(size=count).round(2)
    model = build(parse(text))
    names = explicit.varying(model)
    pairs = tuple((line, with_letter(line, model, names)) for line in lines)
    return Pair(text, declared(text), data, pairs)


def drawn(choose: random.Random) -> tuple[str, list[str]]:
    """A text that hides the letter, and lines about it, right ones and wrong ones."""
    vector = choose.random() < 0.25
    more = not vector and choose.random() < 0.3
    head = ["index i = 1..2", "data x[i]", "target y"] if vector else ["data x, v" if more else "data x", "target y"]
    head += ["weight w{} := {}, b := 0.25, c := -0.5".format(*(("[i]", "[0.5, -0.75]") if vector else ("", "0.5")))]
    head += ["const α := 0.1, λ := 0.3"]
    call = choose.choice(("tanh", "sigmoid", "sin", "A", "erf", "x2"))
    if call == "A":
        head.append("A(u) = 1/(1 + exp(-u))")
    if call == "x2":
        call = "f"
        head.append("f(x) = x/2 + x^3/8")  # its argument hides the data of that name
    z = ("Σ_i w[i]·x[i] + b" if vector else "w·x + b·v" if more else "w·x + b")
    lines = [f"z = {z}", f"h = {call}(z)"]
    shared = choose.random() < 0.2
    if shared:
        lines.append("m = mean z")
    lines.append("ŷ = c·h" + (" − 0.1·m" if shared else ""))
    lines.append(choose.choice(("E = ½(ŷ − y)²", "E = (ŷ − y)²", "E = abs(ŷ − y)", "E = log(1 + (ŷ − y)²)")))
    penalty = choose.choice(("b²", "½·c² + b²", "mean h", "exp(b)"))
    lines.append(f"R = λ·({penalty})")
    goal = choose.choice(("", "minimise mean E + R", "minimise sum E + R", "minimise sum E", "maximise R − mean E",
                          "minimise mean (E + R)", "minimise R + sum (E·λ)"))  # fmt: skip
    slope = "(ŷ − y)·h"
    said = [
        f"∂E/∂c = {slope}", "∂E/∂c = ŷ − y", f"∂E/∂c = mean ({slope})", f"c <- c − α·{slope}",
        f"c <- c − α·({slope} + λ·c)", f"c <- c − α·(mean ({slope}) + λ·c)", f"c <- c − α·(sum ({slope}) + λ·c)",
        "∂E/∂ŷ = ŷ − y", f"Δc = −α·{slope}", "∂R/∂b = 2·λ·b", "b <- b − α·2·λ·b", "h = z", "c = 0.5",
    ]  # fmt: skip
    if not goal.startswith("minimise"):
        said.append(f"c <- c + α·({slope})")
    if not goal:
        lines.pop()  # of two numbers that nothing uses the text has to say which is the goal
        said = [line for line in said if "R" not in line]
    return "\n".join([*head, *lines, *([goal] if goal else [])]), choose.sample(said, 5)


def declared(text: str) -> str:
    """The text with the letter of the patterns declared, and written wherever it is meant."""
    parsed = parse(text)
    model = build(parsed)
    assert model.pattern == HIDDEN
    names = explicit.varying(model)

    def written(one: Any, parameters: tuple[str, ...] = ()) -> Any:
        return explicit.written(one, LETTER, names, parameters)

    def declaration(one: Declaration) -> Declaration:
        start = Computed(written(one.start.value)) if isinstance(one.start, Computed) else one.start
        letters = (LETTER, *one.letters) if one.name in names else one.letters
        return Declaration(one.name, letters, one.domain, start)

    def statement(one: Statement) -> Statement:
        match one:
            case Declare(role, declarations):
                return Declare(role, tuple(map(declaration, declarations)))
            case Define(line):
                return Define(Equation(written(line.target), written(line.body)))
            case Function(name, parameters, body):
                return Function(name, parameters, written(body, parameters))
            case Fact(left, right):
                return Fact(written(left), written(right))
            case Goal(sense, value):
                return Goal(sense, written(value))
            case _:
                return one

    head = Letters("patterns", (LetterGroup((LETTER,)),))
    return show_text(Text((head, *map(statement, parsed.statements)), parsed.source))


def with_letter(line: str, model: Any, names: frozenset[str]) -> str:
    """A learner's line with the letter."""
    left, arrow, right = line.partition("<-") if "<-" in line else line.partition("=")
    known = (*model.quantities, "Delta_c")
    typed = parse_equation(f"{left}={right}", quantities=known, functions=tuple(model.functions))
    target, body = (explicit.written(side, LETTER, names) for side in (typed.target, typed.body))
    return f"{show(target)} {arrow} {show(body)}"


def differences(pair: Pair, most: int | None = None) -> list[str]:
    """What is not the same of both forms: nothing, if the law holds. Only so many lines and derivations are tried."""
    one, other = (cr.Model(text, "model", pair.data or None) for text in (pair.hidden, pair.declared))
    found: list[str] = []
    if not equal_bits(one, other):
        found.append("bits")
    for name in one.weights[:most]:
        mine, theirs = (derived(model, name) for model in (one, other))
        if mine != theirs:
            found.append(f"derivation of {name}: {mine} against {theirs}")
    for line, lettered in pair.lines[:most]:
        mine, theirs = judged(one, line), judged(other, lettered)
        if mine != theirs:
            found.append(f"{line}: {mine} against {lettered}: {theirs}")
    return found


def equal_bits(one: cr.Model, other: cr.Model) -> bool:
    for batch in ("each", "all"):
        runs = [model.train(steps=7, batch=batch) for model in (one, other)]
        for name in one.weights:
            mine, theirs = (np.asarray(run.trace[name]) for run in runs)
            if mine.tobytes() != theirs.tobytes():
                return False
        if runs[0].error != runs[1].error and not np.isnan(runs[0].error):
            return False
    return True


def derived(model: cr.Model, name: str) -> Any:
    """The lines of a derivation without the letter, each with its rule; or the code of the error."""
    try:
        steps = derive(model.network, name).steps
    except cr.ChainruleError as error:
        return error.code
    return [(bare(step.left), bare(step.after), step.rule) for step in steps]


def bare(expr: Any) -> str:
    """An expression as it is printed, without the letter: that of a text that hides it is free to be called so."""

    def change(node: Any) -> Any:
        if isinstance(node, Reduce):
            return Reduce(node.operator, tuple(one for one in node.letters if one.rstrip("'") != LETTER), node.body)
        return node

    return show(transform(explicit.unwritten(expr, LETTER, "written"), change))


def judged(model: cr.Model, line: str) -> Any:
    """The verdict, or the code of the error."""
    try:
        answer = model.check(line)
    except cr.ChainruleError as error:
        return error.code
    return answer.equal, answer.slip
