"""Random texts, half made by the grammar and half mutated, through every stage that reads a text.

    python3 dev.py campaign fuzz --count 1000000 --seed 0

A stage may raise `ChainruleError` and nothing else, with a place inside the text, in bounded time; and while it works
an audit hook forbids what no text may bring about: compiling, running, importing, opening, connecting. A text that was
read is printed, in one of the two forms, and read again as the same.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.methods import write_methods

import chainrule.notation.mended  # noqa: F401 - a refused line loads it, and the guard forbids to load
from chainrule.errors import ChainruleError
from chainrule.model import build
from chainrule.model.model import Model
from chainrule.notation import parse, show_text
from chainrule.notation.statements import Text

SLOWEST = 2.0  # seconds one text may take; the longest of these texts takes a few milliseconds
FORBIDDEN = (
    "compile",
    "exec",
    "import",
    "open",
    "socket.",
    "subprocess.",
    "os.",
    "ctypes.",
    "pickle.",
    "marshal.",
    "code.",
)


# -------------------------------------------------------------------- stages


def read(text: str, _: Any) -> Text:
    return parse(text)


def reprint(text: str, value: Text) -> Text:
    """Print in one of the two forms and read again: the law of the notation."""
    ascii = len(text) % 2 == 0
    shown = show_text(value, ascii)
    again = parse(shown)
    if again != value:
        raise Fault(f"read back otherwise:\n{shown}")
    if show_text(again, ascii) != shown:
        raise Fault(f"printed otherwise the second time:\n{shown}")
    return value


def understand(_: str, value: Text) -> Model:
    """Check the statements as a model."""
    return build(value)


Stage = Callable[[str, Any], Any]
STAGES: list[Stage] = [read, reprint, understand]
"""In order; each gets the text and what the stage before it returned."""


# -------------------------------------------------------------------- texts


def words(text: str) -> list[str]:
    """A list written as a line."""
    return text.split()


NAMES = words("x y w b E u v z s ŷ x̄ x1 x₂ W₁ α η0 λ σ θ Δw y_hat mean_error sum_i d e e1 wx")
LETTERS = words("i j k p q t i j k i' k''")
FUNCTIONS = words("exp log ln tanh sigmoid σ relu A A' A'' T̂ max min abs sqrt softmax_k gelu f")
NUMBERS = words("0 1 2 ½ 0.5 1/2 3/4 1e-3 5e-05 2e1 007 ⅓ 64 0.1")
ODD = [
    *words("\\ \\hat \\frac{a}{b} \\sum_i $ @ ! & ; % ` ? : é ß я а １ 𝑥 ∫ √ → … | || == != := <- ← <= ≥ .. ... ** //"),
    *words("' ′ ’ ″ ² ⁻¹ ²³ ⁻ ₁ ᵢ ₜ₋₁ ∂ ∂² ∞ inf { } [ ] ( ) , ~ = + - − * · / ^ # sigmiod 1e400 1e-400 t 1. .5 1_0"),
    *["0,5", "1e99999999999", "9" * 65, "\t", "\r", "\r\n", "\n\n", " ", "\u202e", "\u200b", "\ufeff", "\ud800"],
    *["\x00", "\x1b", "\x85", '"'],
]
LEAVES = words("Ⓝ Ⓝ Ⓓ Ⓓ Ⓝ[Ⓘ] Ⓝᵢ Ⓝⱼᵢ Ⓝₜ₋₁ Ⓝ₁ᵢ Ⓛ π size(Ⓛ)")
FORMS = """① + ②;① − ②;-①;①*②;①·②;① ②;①②;①/②;(①);(①)(②);(①)²;①^②;(①)**②;①⁻¹;Ⓕ(①);Ⓕ(①, ②);Σ_Ⓛ ①;sum_Ⓛ ①;Σᵢ(①)
prod_i (①);max_{i,j} ①;mean ①;[① > ②];[① == ②]·③;[Ⓘ in Ⓛ];if(① < ②, ③, ①);∂Ⓝ/∂Ⓝ;∂²E/∂Ⓝ²;∂²E/∂w∂Ⓝ;d(①)/d(Ⓝ)
partial(①)/partial(x[i]);½(① − ②)²;① +¶  ②;①¶  + ②"""
"""Pieces: ①②③ expressions, Ⓝ a name, Ⓓ a number, Ⓛ a letter, Ⓕ a function, Ⓘ indices, ¶ a new line."""
SCALARS = """① + ②;① − ②;(①)·(②);(①)/(1 + (②)²);tanh(①);A(①);σ(①);relu(①);(①)²;exp(-(①)²);-(①);½(①)
max(①, ②);log(1 + (①)²);[① > ②]·(③);if(① > ②, ③, ①);A'(①);sqrt(1 + (①)^2);abs(①);2^(①);①"""
INDICES = words("Ⓛ Ⓛ t-1 2*i+1 2i-j+3 0 -1")
DOMAINS = [*[""] * 4, *(f" in {one}" for one in words("{0,1} [0,1] [1,∞) (-inf,0] reals integers [0,1) {1..3}"))]
STARTS = ["", "", " := ①", " = ①", " ~ normal(0, 1)", " ~ zeros()", " := [[1, 2], [3, x]]"]
LINES = """index Ⓛ = 1..3, k, q = 0..n;index Ⓛ, Ⓛ;fact ① = ②;A(u) = ①;f(u) = ①;T̂(u) = ①;g(u, v) = ①;A'(u) = ①;A''(u) = ①
Ⓝ = ①;Ⓝ = ①;Ⓝ[Ⓘ] = ①;E = ①  # Ⓝ;update Ⓝ <- ①;update θ, g¶  v := 0.3¶  v <- ①¶  θ ← θ - α*v;minimise ①;minimize ①
maximise ①;patterns p"""
HEAD = [
    "index i = 1..2, j, k, q = 1..3, p, t = 0..4",
    *["A(u) = 1/(1 + exp(-u))", "f(u, v) = u", "T̂(x) = x", "data x[i], x1, b", "weight w[i], W1[j,i]"],
]


def forms(text: str) -> list[str]:
    """The forms of a list: they are separated by ; and new lines."""
    return [form.replace("¶", "\n") for form in text.replace("\n", ";").split(";")]


class Maker:
    """Well-formed statements, more or less, from a random source."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.forms, self.lines, self.scalars = forms(FORMS), forms(LINES), forms(SCALARS)

    def fill(self, form: str, depth: int) -> str:
        """A form with its pieces put in."""
        r = self.random
        made = []
        for char in form:
            match char:
                case "①" | "②" | "③":
                    leaf = depth <= 0 or r.random() < 0.2
                    made.append(self.fill(r.choice(LEAVES if leaf else self.forms), depth - 1 - r.randrange(2)))
                case "Ⓘ":
                    made.append(",".join(self.fill(r.choice(INDICES), 0) for _ in range(r.randrange(1, 3))))
                case "Ⓝ" | "Ⓓ" | "Ⓛ" | "Ⓕ":
                    made.append(r.choice({"Ⓝ": NAMES, "Ⓓ": NUMBERS, "Ⓛ": LETTERS, "Ⓕ": FUNCTIONS}[char]))
                case _:
                    made.append(char)
        return "".join(made)

    def declaration(self) -> str:
        form = self.random.choice(["Ⓝ", "Ⓝ", "Ⓝ[Ⓛ]", "Ⓝ[Ⓛ,Ⓛ]"])
        return self.fill(form + self.random.choice(DOMAINS) + self.random.choice(STARTS), 2)

    def statement(self) -> str:
        r = self.random
        if r.random() < 0.1:
            return self.table()
        if r.random() < 0.25:
            role = r.choice(["data", "target", "weight", "const"])
            return f"{role} " + ", ".join(self.declaration() for _ in range(r.randrange(1, 4)))
        return self.fill(r.choice(self.lines), r.randrange(1, 5))

    def table(self) -> str:
        r = self.random
        left, right = r.randrange(1, 4), r.randrange(0, 3)

        def row(cells: list[str]) -> str:
            return " ".join(cells[:left]) + (" | " + " ".join(cells[left:]) if right else "")

        columns = [self.fill(r.choice(["Ⓝ", "Ⓝ", "Ⓝ[2]"]), 0) for _ in range(left + right)]
        rows = [row([r.choice(["", "-"]) + r.choice(NUMBERS) for _ in columns]) for _ in range(r.randrange(0, 4))]
        return "\n      ".join([f"table {row(columns)}", *rows])

    def model(self, most: int) -> str:
        lines = [line for line in HEAD if self.random.random() < 0.9]
        return "\n".join([*lines, *(self.statement() for _ in range(self.random.randrange(most) + 1))])

    def network(self, most: int) -> str:
        """A whole network of scalar equations: each line uses names of the lines before."""
        r, known = self.random, ["x", "y", "w", "b", "w", "½", "0.3", "2"]
        lines = ["A(u) = 1/(1 + exp(-u))", "data x, y in {0, 1}", "weight w, b in [-2, 2] := 0.5", "const α := 0.1"]
        for number in range(r.randrange(most) + 1):
            lines.append(f"h{number} = {self.scalar(known, r.randrange(1, 4))}")
            known += [f"h{number}"] * 3
        return "\n".join(
            [*lines, f"E = ½({self.scalar(known, 2)} − y)²", r.choice(["minimise mean E", "minimise sum E"])]
        )

    def scalar(self, names: list[str], depth: int) -> str:
        r = self.random
        if depth <= 0:
            return r.choice(names)
        pieces = {piece: self.scalar(names, depth - 1 - r.randrange(2)) for piece in "①②③"}
        return "(" + "".join(pieces.get(char, char) for char in r.choice(self.scalars)) + ")"

    def passage(self, text: str, most: int) -> str:
        """Some lines of a text that follow each other."""
        lines = text.splitlines(keepends=True)
        first = self.random.randrange(len(lines))
        return "".join(lines[first : first + self.random.randrange(most) + 1])

    def mutate(self, text: str) -> str:
        """The text with some pieces put in, taken out, doubled, swapped or cut off."""
        r = self.random
        for _ in range(r.choice([1, 1, 1, 2, 3, 8])):
            at, to = sorted((r.randrange(len(text) + 1), r.randrange(len(text) + 1)))
            to = min(to, at + r.choice([1, 1, 2, 5, 30]))
            piece = r.choice(ODD) if r.random() < 0.5 else r.choice([*NAMES, *LETTERS, *FUNCTIONS, *NUMBERS])
            match r.randrange(6):
                case 0 | 1:
                    text = text[:at] + piece + text[at:]
                case 2:
                    text = text[:at] + text[to:]
                case 3:
                    text = text[:to] + text[at:to] * r.choice([1, 1, 2, 50]) + text[to:]
                case 4:
                    text = text[:at] + piece + text[to:]
                case 5:
                    text = text[:at] if r.random() < 0.3 else text[:at] + text[at:to][::-1] + text[to:]
        return text


def texts(count: int, seed: int, examples: list[str], short: bool = False) -> Iterator[str]:
    """In turn: statements by the grammar, passages of examples mutated, whole networks, and these mutated.

    The short form has shorter texts, and three in four of them are passages.
    """
    maker = Maker(seed)
    choose = maker.random
    for number in range(count):
        match number % (12 if short else 6):
            case 0:
                yield maker.model(1 if short else 4)
            case 2:
                yield maker.network(1 if short else 5)
            case 4:
                yield maker.mutate(maker.network(2) if choose.random() < 0.5 else maker.model(2))
            case _:
                yield maker.mutate(maker.passage(choose.choice(examples), 3 if short else 8))


# -------------------------------------------------------------------- running


class Guard:
    """While it is on, whatever a text must never bring about ends the run."""

    def __init__(self) -> None:
        self.on = False
        write_methods()
        sys.addaudithook(self.audit)

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.on and event.startswith(FORBIDDEN):
            self.on = False
            raise Fault(f"a text led to {event} {arguments!r:.200}")


class Fault(Exception):
    """What a stage did that it must not."""


def check(text: str, guard: Guard | None = None) -> str:
    """Take a text through the stages; the code of its error, or "" where there was none. Raises on any fault."""
    value: Any = None
    if guard:
        guard.on = True
    try:
        for stage in STAGES:
            value = stage(text, value)
    except ChainruleError as error:
        if wrong := fault(error):
            raise Fault(f"{wrong}: {error.code} {error.problem}") from error
        return error.code
    finally:
        if guard:
            guard.on = False
    return ""


def fault(error: ChainruleError) -> str:
    """What is wrong with an error, if anything."""
    if error.span is None or error.source is None:
        return "it has no place"
    if not 0 <= error.span.start <= error.span.stop <= max(1, len(error.source.text)):
        return f"its place {error.span} is outside of the text"
    if min(error.place or (0, 0)) < 1:
        return f"its line and column are {error.place}"
    if not error.problem or not error.help:
        return "it says too little"
    return "its message is longer than a screen" if len(str(error)) > 5000 else ""


def examples() -> list[str]:
    root = Path(__file__).parents[1]
    return [path.read_text("utf-8") for path in sorted((root / "src" / "chainrule" / "examples").glob("*.eq"))]


def main() -> int:
    options = argparse.ArgumentParser(description="random texts through every stage that reads a text")
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    guard = Guard()
    codes: dict[str, int] = {}
    slowest, start = 0.0, time.monotonic()
    known = examples()
    for number, text in enumerate(texts(chosen.count, chosen.seed, known)):
        if number % 100 == 0:
            faulthandler.dump_traceback_later(120, exit=True)  # a hang ends the run and shows where
        before = time.monotonic()
        try:
            code = check(text, guard)
        except Exception:
            guard.on = False
            print(f"text {number} of seed {chosen.seed}:\n{text!r}\n\n{text}\n")
            traceback.print_exc(limit=8)
            return 1
        took = time.monotonic() - before
        slowest = max(slowest, took)
        if took > SLOWEST:
            print(f"text {number} of seed {chosen.seed} took {took:.1f} s:\n{text!r}")
            return 1
        codes[code or "read"] = codes.get(code or "read", 0) + 1
        if (number + 1) % 100_000 == 0:
            print(f"{number + 1} texts, {time.monotonic() - start:.0f} s", flush=True)
    faulthandler.cancel_dump_traceback_later()
    print(f"{chosen.count} texts, seed {chosen.seed}: no fault; the slowest took {1000 * slowest:.0f} ms")
    for code, count in sorted(codes.items()):
        print(f"  {code:>6} {count}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
