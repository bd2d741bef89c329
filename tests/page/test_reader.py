"""The page's reader of right sides: the same meaning as the notation has, to the bit; else a reason and a place."""

from __future__ import annotations

import math
import random
import struct
from pathlib import Path
from typing import Any

from tests.page.node import in_node, needs_node

from chainrule.code.functions import Functions
from chainrule.code.javascript.table import JAVASCRIPT
from chainrule.errors import ChainruleError
from chainrule.expr.nodes import Derivative, Ref, key
from chainrule.model.model import Definition
from chainrule.notation import parse_expression
from chainrule.notation.known import ALIASES, KNOWN
from chainrule.notation.names import ascii as kept
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate

pytestmark = needs_node()

MANY = 4_000
QUANTITIES = ["y_hat", "y", "x", "w", "E", "W1", "alpha", "Delta_w", "x_bar", "b", "T_hat"]
SLOPES = ["∂E/∂y_hat", "∂y_hat/∂w", "∂E/∂y"]
CALLED = {**KNOWN, "A": 1, "A'": 1}
NAMES = {"quantities": QUANTITIES, "slopes": SLOPES, "functions": CALLED, "aliases": dict(ALIASES)}
DEFINED: list[dict[str, Any]] = [
    {"name": "A", "parameters": ["u"], "body": "1/(1 + exp(-u))"},
    {"name": "A'", "parameters": ["u"], "body": "(1 - A(u))*A(u)"},
]


def elementary() -> str:
    """Every elementary function in JavaScript, as an object, printed as a page has them."""
    functions = Functions(JAVASCRIPT)
    names = {kind: functions.called(kind) for kind in (*KNOWN, "power")}
    pairs = ", ".join(f"{kind}: {name}" for kind, name in names.items())
    return "\n".join((JAVASCRIPT.prelude, *functions.texts.values(), f"const ELEMENTARY = {{ {pairs} }};"))


READ = """
const calls = defined(given.definitions, ELEMENTARY, given.names);
const view = new DataView(new ArrayBuffer(8));
const bits = (x) => { view.setFloat64(0, x); return [0, 1, 2, 3, 4, 5, 6, 7].map((n) => view.getUint8(n).toString(16).padStart(2, "0")).join(""); };
return given.texts.map((text) => {
  const { tree, fault } = readSide(text, given.names);
  if (fault) return { key: fault.key, from: fault.from, to: fault.to };
  return { bits: given.values.map((values) => bits(valueOf(tree, calls)(values))) };
});
"""  # noqa: E501


def read(folder: Path, texts: list[str], values: list[dict[str, float]]) -> list[dict[str, Any]]:
    imports = {"reader": "readSide, defined", "values": "valueOf"}
    given = {"texts": texts, "values": values, "names": NAMES, "definitions": DEFINED}
    found: list[dict[str, Any]] = in_node(folder, imports, READ, given, elementary())
    return found


def points(many: int = 3) -> list[dict[str, float]]:
    draw = random.Random(7)
    names = [*QUANTITIES, *SLOPES]
    return [{name: draw.uniform(-2, 2) for name in names} for _ in range(many)]


TYPED = ["ŷ", "y_hat", "ŷ", "y", "x", "w", "E", "W₁", "W1", "α", "Δw", "x̄", "b", "T̂", "∂E/∂ŷ", "∂ŷ/∂w", "∂E / ∂y"]
NUMBERS = ["1", "2", "0.5", "½", "¾", "1/2", "2/3", "1e-3", "10", "0.1", "3"]
CALLS = ["A", "A′", "σ", "exp", "tanh", "log", "sin", "relu", "sqrt", "A'", "softplus", "abs"]


RAISED = ["²", "^2", "³", "^3", "⁻¹", "^(-1)", "^-2", "**2", "^½", "^(1/2)", "^(4/2)", "^y"]


def written(draw: random.Random, depth: int) -> str:
    """A right side, in one of many spellings; now and then one that the notation refuses."""
    gap = draw.choice(("", "", " ", "\u00a0"))
    if depth <= 0:
        return draw.choice(TYPED if draw.random() < 0.75 else NUMBERS)
    one, two = written(draw, depth - 1), written(draw, depth - draw.randint(1, 2))
    match draw.randint(0, 15):
        case 0 | 1:
            return f"({one}{gap}{draw.choice('+-−')}{gap}{two})"
        case 2:
            return f"{one} {draw.choice('+-−')} {two}"
        case 3 | 4 | 5:
            return f"{one}{gap}{draw.choice('*·×⋅')}{gap}{two}"
        case 6:
            return f"{one}{gap}/{gap}{two}"
        case 7:
            return f"({one}){draw.choice(RAISED)}"
        case 8:
            return f"{draw.choice(TYPED)}{draw.choice(('²', '^2', '⁻²', '^-1', '^x', '^2^2'))}"
        case 9 | 10:
            return f"{draw.choice(CALLS)}({one})"
        case 11:
            return f"{draw.choice('-−+')}{one}"
        case 12:
            return f"{one}{draw.choice(('', ' '))}({two})"
        case 13:
            return f"{draw.choice(NUMBERS)}{draw.choice(('', ' '))}{draw.choice(TYPED)}"
        case 14:
            return f"{draw.choice(('max', 'min'))}({one}, {two})"
        case _:
            return f"[{one} {draw.choice(('>', '<', '>=', '≤', '==', '≠'))} {two}]"


def here(text: str, values: dict[str, float]) -> float:
    """What the package makes of a text."""
    parsed = parse_expression(text, functions=["A"], quantities=QUANTITIES)
    return evaluate(parsed, values, setting=SETTING)


def definition() -> Definition:
    body, slope = (parse_expression(one["body"], functions=["A"], quantities=["u"]) for one in DEFINED)
    return Definition("A", ("u",), body, {1: ("u", slope)})


SETTING = Setting({}, {}, {"A": definition()}, "p")


def named(values: dict[str, float]) -> dict[str, float]:
    """Values by the names under which `evaluate` finds them, derivatives too."""
    found = {}
    for name, value in values.items():
        parts = [Ref(part.removeprefix("∂")) for part in name.split("/")]
        found[key(Derivative(parts[0], (parts[1],))) if len(parts) > 1 else name] = value
    return found


def bits(value: float) -> str:
    return struct.pack(">d", value).hex()


def test_random_right_sides_have_the_same_bits(tmp_path: Path) -> None:
    draw = random.Random(11)
    texts = [written(draw, draw.randint(0, 4))[:390] for _ in range(MANY)]
    at = points()
    names = [named(values) for values in at]
    refused = alike = both = 0
    reads_less: dict[str, int] = {}
    for text, found in zip(texts, read(tmp_path, texts, at), strict=True):
        try:
            wanted = [here(text, values) for values in names]
        except ChainruleError:
            assert "key" in found, f"{text}: the page reads it, and the notation does not"
            refused += 1
            continue
        if "key" in found:
            reads_less[found["key"]] = reads_less.get(found["key"], 0) + 1
            assert 0 <= found["from"] <= found["to"] <= len(text.encode("utf-16-le")) // 2
            continue
        both += 1
        for hexed, right in zip(found["bits"], wanted, strict=True):
            mine = struct.unpack(">d", bytes.fromhex(hexed))[0]
            same = hexed == bits(right) or (math.isnan(mine) and math.isnan(right)) or mine == right == 0
            assert same or ("′" in text and abs(mine - right) <= 1e-12 * abs(right)), (text, mine, right)
            alike += hexed == bits(right)
    assert both > MANY / 2, "most can be read"
    assert refused > MANY / 100, "some are refused by both"
    assert sum(reads_less.values()) < MANY / 20, reads_less
    assert alike > 2.5 * both


UNREAD = [
    ("", "read.empty", ""),
    ("(ŷ − y", "read.open", ""),
    ("ŷ − y)", "read.close", ")"),
    ("ŷ − zz", "read.name", "zz"),
    ("x·", "read.missing", ""),
    ("x··y", "read.value", "·"),
    ("x·−y", "read.sign", "−"),
    ("x 2", "read.together", "2"),
    ("1/2x", "read.division", "x"),
    ("x^2y", "read.exponent", "y"),
    ("∂E/∂b·x", "read.slope", "∂E/∂b"),
    ("∂E/∂ŷ²", "read.derivative", "²"),
    ("A·x", "read.bracket", "A"),
    ("A(x, y)", "read.arguments", ")"),
    ("x'", "read.prime", "'"),
    ("x²²·$", "read.character", "$"),
    ("1.2.3", "read.number", "1.2.3"),
    ("1e999", "read.number", "1e999"),
    ("x²^2", "read.power", "^"),
    ("alert`1`", "read.character", "`"),
    ("x[0]", "read.test", "]"),
    ("this.constructor", "read.character", "."),
    ("constructor(x)", "read.name", "constructor"),
    ("__proto__", "read.character", "_"),
    ("(" * 60, "read.deep", "("),
    ("x" * 401, "read.long", "x"),
]


def test_what_cannot_be_read_is_said_with_its_place(tmp_path: Path) -> None:
    found = read(tmp_path, [text for text, _, _ in UNREAD], [])
    said = [(text, one["key"], text[one["from"] : one["to"]]) for (text, _, _), one in zip(UNREAD, found, strict=True)]
    assert said == UNREAD


SAME = [
    ("∂E/∂w = x·y", "x·y"), ("= x", "x"), ("dE/dŷ", "∂E/∂ŷ"), ("d(E)/d(y_hat)·x", "∂E/∂ŷ·x"), ("x²y", "x·x·y"),
    ("x (y)", "x·y"), ("2 x y", "2·x·y"), ("A′(w·x)", "(1 − A(w·x))·A(w·x)"), ("π", "pi"), ("[x > 5]·log(−1)", "0"),
]  # fmt: skip


def test_other_spellings_mean_the_same(tmp_path: Path) -> None:
    found = [read(tmp_path, [pair[n] for pair in SAME], points()) for n in (0, 1)]
    for pair, one, two in zip(SAME, *found, strict=True):
        assert one["bits"] == two["bits"], pair


def test_names_are_kept_as_the_package_keeps_them(tmp_path: Path) -> None:
    typed = [*TYPED[:14], "W_1", "x_1y", "Ŵ₂", "σ̂", "αβ", "θ_2", "µ", "ϵ", "mean_error", "ẋ", "Δ", "a_b_1", "ȳ₁"]
    assert in_node(tmp_path, {"tokens": "kept"}, "return given.map(kept)", typed) == [kept(one) for one in typed]


LONGEST = 300
"""Lines of a module: the interpreter of claims is the longest."""


def test_nothing_in_the_modules_can_run_a_text() -> None:
    from tests.page.node import MODULES

    for module in MODULES.glob("*.js"):
        text = module.read_text("utf-8")
        assert len(text.splitlines()) <= LONGEST, module.name
        for danger in ("eval(", "Function(", "import(", "innerHTML", 'setTimeout("', "document.write", "Math.exp("):
            assert danger not in text, (module.name, danger)
