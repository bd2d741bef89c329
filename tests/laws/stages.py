"""Random valid texts, small and strange, through every stage: each gives an answer or an error of the user's.

A text has a kind: plain numbers, letters, functions of its own and their primes, data or none, weights or none,
constants huge and tiny, a goal of every form. What is raised on the way has to be an error of the package, and none of
those that say that the package itself is at fault.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import sys
import traceback
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.laws.methods import write_methods

import chainrule as cr
from chainrule.api.figures import FILMS

OURS = ("E253", "E300")
"""Codes that no text of a user may lead to: a line that does not hold, a program that is none. A line that has no value
at a point, as where something is divided by 0 in a branch that is not taken, is told by the first too."""

REFUSED = ("E255", "E270", "E271", "E272", "E273", "E274")
"""Codes of what is no line for a model, or has no point to be checked at: no line that it derived may meet one."""

FORBIDDEN = (
    "compile", "exec", "import", "open", "socket.", "subprocess.", "os.", "ctypes.", "pickle.", "marshal.", "code.",
    "shutil.", "tempfile.", "glob.", "urllib.", "http.", "webbrowser.", "sqlite3.", "builtins.input",
)  # fmt: skip
"""What no text may bring about, by the names of Python's audit events or how they begin."""

MACHINE = "machine code"
COMPILING = (MACHINE, "explain")
"""The stages in which llvmlite calls its own library: to explain, other rules are trained too."""

WARM = (
    "data x in {0, 1}\ntarget y = x\nweight w := 0.5\nE = (tanh(w·x) − y)²",
    "index i = 1..2\ndata x[i] in {0, 1}\nweight w[i] ~ normal(0, 1)\nE = (Σ_i w[i]·x[i])²",
)
"""Texts after which whatever NumPy loads when it is first needed is there."""

FIGURES = ("error", "landscape", "patterns", "gradients", "fit", "predictions", "graph", "network")
DETAILS = ("brief", "normal", "full", "substituted", "trace")
CONSTANTS = ("0", "1", "2", "-1", "½", "0.3", "3", "1e-3", "10", "-2.5")
WILD = ("1e200", "1e-200", "1e16", "-1e150", "1e308", "5e-324", "1e-320", "1e9", "-1e6")
ONE = (
    "tanh", "sigmoid", "sin", "cos", "exp", "relu", "softplus", "abs", "sqrt", "log", "arctan", "cosh", "sign", "gelu",
)  # fmt: skip


class Maker:
    """A text, piece by piece, from a source of choices."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)
        self.wild = self.chance(0.25)
        self.lettered = self.chance(0.35)
        self.lines: list[str] = []
        self.scalars: list[str] = []
        self.arrays: list[str] = []
        self.functions: list[tuple[str, int]] = []

    def chance(self, part: float) -> bool:
        return self.choose.random() < part

    def number(self) -> str:
        return self.choose.choice(WILD if self.wild and self.chance(0.4) else CONSTANTS)

    def text(self) -> str:
        """The whole text."""
        data, weights = self.chance(0.7), self.choose.choice((0, 1, 1, 2, 3))
        if self.lettered:
            self.lines.append("index i = 1..2, j = 1..3")
        if data:
            rows = self.choose.choice((1, 1, 2, 3))
            listed = ", ".join(self.number() for _ in range(rows))
            self.lines.append(f"data x in {{{', '.join(dict.fromkeys(listed.split(', ')))}}}")
            self.scalars.append("x")
            if self.chance(0.5):
                self.lines.append(f"target y = {self.expression(1)}")
                self.scalars.append("y")
        if self.lettered and data and self.chance(0.5):
            self.lines.append("data p[i] in {0, 1}")
            self.arrays.append("p")
        for place in range(weights):
            self.weight("uvw"[place])
        for _ in range(self.choose.choice((0, 0, 1))):
            self.lines.append(f"const {'kα'[self.chance(0.5)]} := {self.number()}")
            self.scalars.append(self.lines[-1].split()[1])
        for place in range(self.choose.choice((0, 0, 0, 1, 2))):
            self.function("fg"[place])
        if not self.scalars and not self.arrays:
            self.lines.append(f"c = {self.number()}")
            self.scalars.append("c")
        for place in range(self.choose.choice((0, 1, 1, 2, 3))):
            name = f"h{place}"
            if self.lettered and self.chance(0.5):
                letter = self.choose.choice("ij")
                self.lines.append(f"{name}[{letter}] = {self.expression(2, letter)}")
                self.arrays.append(f"{name}:{letter}")
            else:
                self.lines.append(f"{name} = {self.expression(2)}")
                self.scalars.append(name)
        self.lines.append(f"E = {self.expression(self.choose.choice((0, 1, 2, 3)))}")
        self.goal()
        return "\n".join(self.lines)

    def weight(self, name: str) -> None:
        box = self.choose.choice(("", "", "", " in [-1, 1]", " in [0, ∞)"))
        start = self.choose.choice((f" := {self.number()}", f" := {self.number()}", "", " ~ normal(0, 1)"))
        if self.lettered and self.chance(0.5):
            self.lines.append(f"weight {name}[i]{box}{start if '[' not in start else ''}")
            self.arrays.append(name)
        else:
            self.lines.append(f"weight {name}{box}{start}")
            self.scalars.append(name)

    def function(self, name: str) -> None:
        count = self.choose.choice((1, 1, 2))
        parameters = ("a", "b")[:count]
        kept, self.scalars, arrays, self.arrays = self.scalars, list(parameters), self.arrays, []
        functions, self.functions = self.functions, list(self.functions)
        self.lines.append(f"{name}({', '.join(parameters)}) = {self.expression(2)}")
        self.scalars, self.arrays, self.functions = kept, arrays, [*functions, (name, count)]

    def goal(self) -> None:
        if self.chance(0.4):
            return
        sides = ["mean E", "sum E", "E", "mean E + 0.1·E", self.expression(1), "max E", "-E", "E²", *self.scalars[:2]]
        self.lines.append(f"{self.choose.choice(('minimise', 'minimise', 'maximise'))} {self.choose.choice(sides)}")

    def expression(self, depth: int, letter: str = "") -> str:
        """An expression that may read the letters given."""
        if depth <= 0 or self.chance(0.15):
            return self.leaf(letter)
        a, b = (self.expression(depth - 1, letter) for _ in range(2))
        forms: list[Callable[[], str]] = [
            lambda: f"({a} + {b})", lambda: f"({a} − {b})", lambda: f"({a})·({b})", lambda: f"({a})/({b})",
            lambda: f"({a})²", lambda: f"({a})^{self.choose.choice(('2', '3', '-1', '½', '0', '1', '(1/3)'))}",
            lambda: f"{self.choose.choice(ONE)}({a})", lambda: f"{self.choose.choice(ONE)}({a})", lambda: f"-({a})",
            lambda: f"max({a}, {b})", lambda: f"[{a} > {b}]", lambda: f"if({a} < {b}, {a}, {b})",
        ]  # fmt: skip
        if self.functions:
            forms += [lambda: self.called(a, b)] * 4
        free = [one for one in "ij" if one != letter]
        if self.lettered and not letter:
            one = self.choose.choice(free)
            reduce = self.choose.choice(("Σ", "Σ", "mean", "max", "prod", "logsumexp"))
            forms += [lambda: f"({reduce}_{one} ({self.expression(depth - 1, one)}))"] * 4
        return self.choose.choice(forms)()

    def called(self, a: str, b: str) -> str:
        name, count = self.choose.choice(self.functions)
        primes = self.choose.choice(("", "", "'", "''")) if count == 1 else ""
        return f"{name}{primes}({', '.join((a, b)[:count])})"

    def leaf(self, letter: str) -> str:
        if letter and self.arrays and self.chance(0.6):
            fitting = [one for one in self.arrays if (one.partition(":")[2] or "i") == letter]
            if fitting:
                return f"{self.choose.choice(fitting).partition(':')[0]}[{letter}]"
        if letter and self.chance(0.1):
            return letter
        if self.scalars and self.chance(0.8):
            return self.choose.choice(self.scalars)
        number = self.number()
        return f"({number})" if number.startswith("-") else number


def text_of(seed: int) -> str:
    """The text of a seed.

    >>> text_of(1) == text_of(1)
    True
    """
    return Maker(seed).text()


class Guard:
    """Hears what Python's audit hooks tell of while a stage works. A hook stays for good, so there is one guard.

    All modules are loaded first: what remains, a text led to.
    """

    def __init__(self) -> None:
        for module in pkgutil.walk_packages(cr.__path__, "chainrule."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
        for text in WARM:
            through(text, whole=True)
        write_methods()
        self.stage = ""
        self.events: list[str] = []
        sys.addaudithook(self.hear)

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        compiled = self.stage in COMPILING and event.startswith("ctypes.")
        if self.stage and event.startswith(FORBIDDEN) and not compiled:
            stage, self.stage = self.stage, ""  # to print the arguments may be an event itself
            self.events.append(f"{stage}: a text led to {event} {arguments!r:.100}")
            self.stage = stage


class Through:
    """A text on its way: what was refused where, and the faults."""

    def __init__(self, text: str, guard: Guard | None = None) -> None:
        self.text = text
        self.guard = guard
        self.codes: dict[str, str] = {}
        self.faults: list[str] = []

    def at(self, stage: str, call: Callable[[], Any]) -> Any:
        """What a stage gives; None where it refuses. Anything but a refusal is a fault."""
        if self.guard is None:
            return self.answered(stage, call)
        self.guard.stage = stage
        found = self.answered(stage, call)
        self.guard.stage = ""
        self.faults += self.guard.events
        self.guard.events.clear()
        return found

    def answered(self, stage: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except cr.ChainruleError as error:
            self.codes[stage] = error.code
            if (error.code in OURS and " is nan" not in error.problem) or not error.help:
                self.faults.append(f"{stage}: {error.code} {error.problem[:200]}")
        except Exception as error:
            frames = [one for one in traceback.extract_tb(error.__traceback__) if "chainrule" in one.filename]
            place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
            self.faults.append(f"{stage}: {type(error).__name__} at {place}: {str(error)[:120]}")
        return None


def through(text: str, guard: Guard | None = None, whole: bool = False) -> Through:
    """A text through reading, derivations, the check of its own lines, values, training, story and figures; the
    whole of it through machine code and films too."""
    way = Through(text, guard)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = way.at("read", lambda: cr.Model(text))
        if model is None:
            return way
        way.at("evaluate", lambda: model.evaluate().json())
        way.at("second", lambda: model.evaluate(second=True).json())
        way.at("curvature", model.curvature)
        for weight in model.weights[:2]:
            derived(way, model, weight)
        run = way.at("train", lambda: model.train(steps=3, engine="reference"))
        if run is None:
            return way
        way.at("columns", lambda: run.trace.to_numpy())
        way.at("verify", run.verify)
        story = way.at("explain", lambda: model.explain(run))
        if story is not None:
            way.at("story", lambda: (story.text(), story.text(tests=True), story.html(), story.json()))
        for name in FIGURES:
            figure = way.at(name, partial(getattr(model.figure, name), run))
            if figure is not None:
                way.at(f"{name}, drawn", figure.svg)
        way.at("compare", lambda: model.figure.compare([run, run]).svg())
        if whole:
            way.at("page", lambda: model.explain(run).html(model.figure.pictures(run)))
            for name in FILMS:
                way.at(f"film of {name}", partial(filmed, model, name, run))
            other = way.at(MACHINE, lambda: model.train(steps=3, engine="native"))
            if other is not None and other.sha256 != run.sha256:
                way.faults.append("machine code: its bits are others")
    return way


def filmed(model: cr.Model, name: str, run: cr.Run) -> None:
    """Three pictures of a film, drawn."""
    for figure in model.figure.animate(name, run, pictures=3).figures:
        figure.svg()


def derived(way: Through, model: cr.Model, weight: str) -> None:
    """The derivations by a weight, written in each form, and their last lines judged as a learner's."""
    for detail in DETAILS:
        found = way.at(f"derive {detail}", partial(model.derive, weight, detail=detail))
        if found is not None:
            way.at(f"write {detail}", partial(written, found))
            if detail == "normal":
                answer = way.at("check", partial(judged, model, found))
                if way.codes.get("check", "E2")[:2] != "E2" or way.codes.get("check") in REFUSED:
                    way.faults.append(f"check: its own line {found.last()[:150]} is refused: {way.codes['check']}")
                if answer is not None and not answer.equal:
                    way.faults.append(f"check: its own line {found.last()[:150]} is not equal: {answer.sentence[:150]}")
    way.at("derive matrix", lambda: model.derive(weight, matrix=True))
    way.at("derive second", lambda: model.derive(weight, second=weight))


def written(found: Any) -> None:
    """Every form of a derivation."""
    for form in (found.text, found.latex, found.html, found.markdown, found.mathml, found.json):
        form()
    found.text(ascii=True)


def judged(model: cr.Model, found: Any) -> Any:
    """The last line of a derivation, judged as a learner's."""
    return model.check(found.last())
