"""Printed JavaScript in Node has the bits of Python: functions, whole trainings, how they end and where."""

from __future__ import annotations

import itertools
import json
import math
import struct
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.laws.engines import RULES, random_model, random_training
from tests.laws.javascript import NODE, difference, differences, in_node, needs_node, printed
from tests.laws.test_indexed import PROGRAMS as NETWORKS
from tests.laws.test_indexed import program as read

import chainrule as cr
from chainrule.code.functions import PAIRS, Functions
from chainrule.code.javascript.single import SINGLE
from chainrule.code.javascript.table import JAVASCRIPT
from chainrule.code.names import Names
from chainrule.code.reads import arrays
from chainrule.code.step import steps
from chainrule.engines.machine import machine_of
from chainrule.numbers.elementary import integer_power
from chainrule.numbers.functions import PROGRAMS
from chainrule.numbers.numerics import PLAIN32
from chainrule.numbers.operations import FLOAT
from chainrule.tape.record import record
from chainrule.train.run import Run

pytestmark = needs_node()

Golden = Callable[[str, str], None]

SPECIAL = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.0, 3.0, -3.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1e-310,
    2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308, 0.1, 709.782712893384, 709.7827128933841,
    -708.3964185322641, -745.1332191019411, -745.1332191019412, 710.5, 1e16, 4503599627370497.5, 2.0**53, 2.0**65, 1e22,
]  # fmt: skip
POWERS = (-3, -1, 0, 2, 3, 5, 6, 17)
POINTS = 400

EXAMPLES = ["identity", "identity-bias", "and", "or", "xor", "mazur", "line", "growth", "digits"]

UNROLLED, LOOPS = 2000, 0
"""Operations up to which a step is unrolled: both ways have the same bits."""


def points(arity: int) -> list[tuple[float, ...]]:
    """Special numbers, any bits at all, and numbers of ordinary size."""
    draw = np.random.default_rng(arity)
    anywhere = np.frombuffer(draw.bytes(8 * POINTS * arity), np.float64)
    near, far = draw.uniform(-12, 12, POINTS * arity), draw.normal(size=POINTS * arity) * 300
    drawn = np.concatenate([anywhere, near, far, np.round(far)]).reshape(-1, arity).tolist()
    return [*itertools.product(SPECIAL, repeat=arity), *map(tuple, drawn)]


TRIED = """
import { readFileSync, writeFileSync } from "node:fs";
function tried(called, name) {
  const x = new Float64Array(new Uint8Array(readFileSync(`${name}.in`)).buffer);
  const y = new Float64Array(x.length / called.length);
  for (let k = 0; k < y.length; k++) y[k] = called.length === 1 ? called(x[k]) : called(x[2 * k], x[2 * k + 1]);
  writeFileSync(`${name}.out`, new Uint8Array(y.buffer));
}
"""


def test_elementary_functions(tmp_path: Path) -> None:
    functions = Functions(JAVASCRIPT)
    names = {name: functions.called(name) for name in PROGRAMS}
    names |= {f"power {n}": functions.called(f"power {n}") for n in POWERS}
    lines = [JAVASCRIPT.prelude, *functions.texts.values(), TRIED]
    wanted: dict[str, list[float]] = {}
    for name, called in names.items():
        kind, _, exponent = name.partition(" ")
        values = points(2 if kind in PAIRS and not exponent else 1)
        program = PROGRAMS[kind] if not exponent else lambda m, x, n=int(exponent): integer_power(m, x, n)
        wanted[name] = [program(FLOAT, *one) for one in values]
        (tmp_path / f"{called}.in").write_bytes(np.array(values, "<f8").tobytes())
        lines.append(f"tried({called}, '{called}');")
    (tmp_path / "all.mjs").write_text("\n".join(lines), "utf-8")
    subprocess.run([str(NODE), "all.mjs"], check=True, cwd=tmp_path)
    for name, called in names.items():
        found = np.frombuffer((tmp_path / f"{called}.out").read_bytes(), "<f8").tolist()
        assert list(map(bits, found)) == list(map(bits, wanted[name])), name


def test_elementary_functions_in_float32(tmp_path: Path) -> None:
    """Rounded once more after each operation they have the bits of plain32."""
    functions, machine = Functions(SINGLE), machine_of(PLAIN32)
    names = {name: functions.called(name) for name in PROGRAMS}
    names |= {f"power {n}": functions.called(f"power {n}") for n in POWERS}
    lines = [JAVASCRIPT.prelude, SINGLE.prelude, *functions.texts.values(), TRIED]
    wanted: dict[str, list[float]] = {}
    for name, called in names.items():
        kind, _, exponent = name.partition(" ")
        with np.errstate(all="ignore"):
            values = np.array(points(2 if kind in PAIRS and not exponent else 1)).astype(np.float32)
            values = np.concatenate([values, values * np.float32(1e-38)])
            program = PROGRAMS[kind] if not exponent else lambda m, x, n=int(exponent): integer_power(m, x, n)
            wanted[name] = np.asarray(program(machine, *values.T), np.float64).tolist()
        (tmp_path / f"{called}.in").write_bytes(values.astype("<f8").tobytes())
        lines.append(f"tried({called}, '{called}');")
    (tmp_path / "all.mjs").write_text("\n".join(lines), "utf-8")
    subprocess.run([str(NODE), "all.mjs"], check=True, cwd=tmp_path)
    for name, called in names.items():
        found = np.frombuffer((tmp_path / f"{called}.out").read_bytes(), "<f8").tolist()
        assert list(map(bits, found)) == list(map(bits, wanted[name])), name


def bits(number: float) -> bytes:
    """The bits of a number; those of NaN are not promised."""
    return b"nan" if math.isnan(number) else struct.pack("<d", number)


@pytest.mark.parametrize("small", [UNROLLED, LOOPS])
def test_examples(small: int, tmp_path: Path) -> None:
    runs = [cr.example(name).train(steps=400) for name in EXAMPLES]
    assert dict(zip(EXAMPLES, differences(runs, tmp_path, small=small), strict=True)) == dict.fromkeys(EXAMPLES, "")


def test_digits_over_all_its_patterns(tmp_path: Path) -> None:
    assert differences([cr.example("digits").train(steps=1797, record=500)], tmp_path) == [""]


@cache
def networks() -> list[Run]:
    hows = [{"batch": None if place % 2 else "all"} for place in range(len(NETWORKS))]
    return [read(path)[0].train(steps=20, rate=0.02, **how) for path, how in zip(NETWORKS, hows, strict=True)]


@pytest.mark.parametrize("small", [UNROLLED, LOOPS])
def test_networks_with_letters(small: int, tmp_path: Path) -> None:
    runs = networks()
    names = [path.stem for path in NETWORKS]
    assert dict(zip(names, differences(runs, tmp_path, small=small), strict=True)) == dict.fromkeys(names, "")


@pytest.mark.parametrize("small", [UNROLLED, LOOPS])
def test_rules_and_orders(small: int, tmp_path: Path) -> None:
    rules = sorted(set(RULES[2:]))
    orders: list[Any] = ["each", "all", "shuffled", 3, [0, 3, 1], [[0, 1], [2], [3, 1, 1], [2]]]
    hows = [{"update": rule, "batch": orders[place % len(orders)]} for place, rule in enumerate(rules)]
    hows += [{"batch": batch, "record": 7, "seed": 5} for batch in orders]
    runs = [cr.example("xor").train(steps=60, rate=0.3, **how) for how in hows]
    assert [(how, one) for how, one in zip(hows, differences(runs, tmp_path, small=small), strict=True) if one] == []


def test_random_models(tmp_path: Path) -> None:
    runs = [random_model(seed).train(engine="reference", steps=40, **random_training(seed)) for seed in range(50)]
    found = differences(runs[:25], tmp_path / "unrolled") + differences(runs[25:], tmp_path / "loops", small=LOOPS)
    assert {seed: one for seed, one in enumerate(found) if one} == {}
    assert len({run.ended for run in runs}) == 3, "they end in every way"


BOXED = """
table x | y
      1 | 2
      3 | -1
weight w in [0, 1] := 0.5, b in [-0.25, 0.25] := 0
ŷ = w·x + b
E = (ŷ - y)^2
"""

LEAVES = """
index j = 1..3
table x | y
      1 | 2
      800 | 1
weight W[j] := 1
E = sum_j exp(W[j]·x) - y
"""

TURNED = """
table x | y
      1 | 0.3
      2 | 0.1
weight u := 0.5, v := 0.25
E = (u·x - v - y)^2
update u <- v
update v <- u
"""


@pytest.mark.parametrize("small", [UNROLLED, LOOPS])
def test_every_quantity_of_one_pattern_and_of_all(small: int, tmp_path: Path) -> None:
    wanted, lines = [], []
    named = {name: cr.example(name) for name in ("identity", "xor", "growth", "digits")}
    named |= {path.stem: read(path)[0] for path in NETWORKS[8:12]}
    for place, model in enumerate(named.values()):
        run = model.train(steps=2, rate=0.01)
        patterns = min(run.recipe.bound.patterns, 20)
        text = printed(run, watched=(1, patterns), small=small)
        (tmp_path / f"m{place}.mjs").write_text(text.replace("export { train,", "export { values, train,"), "utf-8")
        lines.append(f"  [await import('./m{place}.mjs'), {patterns}],")
        for rows in ([0], list(range(patterns))):
            found = run.loaded.evaluate(run.weights, rows=rows)
            wanted.append({key: np.ravel(value).astype("<f8").tobytes().hex() for key, value in found.items()})
    script = "const found = [];\nfor (const [{ values, train }, patterns] of [\n" + "\n".join(lines) + SHEETS
    (tmp_path / "all.mjs").write_text(script, "utf-8")
    told = subprocess.run([str(NODE), "all.mjs"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert json.loads(told) == wanted


SHEETS = """
]) {
  const { state } = train();
  for (const rows of [[0], Array.from({ length: patterns }, (_, k) => k)]) {
    const entries = Object.entries(values(state, rows));
    found.push(Object.fromEntries(entries.map(([key, one]) => [key, Buffer.from(one.buffer).toString("hex")])));
  }
}
console.log(JSON.stringify(found));
"""

ALONE = "weight w := 1, u := 0.5\nmaximise F\nF = -(w - 3)^2 - u^4"
NAMES = "data x in {1, 2}\ntarget y = x\nweight state := 1, at := 0.5, exp2 := 0.1, let := 0.2\n"
NAMES += "power_5 = at^5\nsquare = at^2·power_5\nconsts = state·x + square + at\n"
NAMES += "new = tanh(consts)·exp2 + let\nE = (new - y)^2"
WORDS = "data export in {1, 2}, clas in {3, 4}\ntarget y = export\nweight window := 1, NaN := 2\n"
WORDS += "E = (window·export + NaN·clas - y)^2"
HELD = "data x in {1, 2}\ntarget y = x\nweight a := 1, b := 0.5\nE = (a·x + b·x^2 - y)^2"


@pytest.mark.parametrize("small", [UNROLLED, LOOPS])
def test_no_data_names_of_the_language_and_held_weights(small: int, tmp_path: Path) -> None:
    runs = [
        cr.Model(ALONE).train(steps=20),
        cr.Model(NAMES).train(steps=20, update="momentum"),
        cr.Model(HELD).train(steps=20, hold=["a"], update="adam"),
        cr.Model(HELD).train(steps=0),
        cr.Model(WORDS).train(steps=5),
        cr.Model(HELD).train(steps=20, rate=0),
    ]
    assert differences(runs, tmp_path, small=small) == [""] * len(runs)


@pytest.mark.parametrize("small", [UNROLLED, LOOPS])
def test_boxes_departures_and_weights_that_change_places(small: int, tmp_path: Path) -> None:
    boxed, leaves = cr.Model(BOXED).train(steps=30, rate=0.4), cr.Model(LEAVES).train(steps=30, rate=1e-6)
    turned = cr.Model(TURNED).train(steps=7)
    still = cr.Model(BOXED).train(steps=50, rate=0.0)
    assert boxed.projections
    assert (leaves.ended, still.ended) == ("left the finite numbers", "converged")
    assert differences([boxed, leaves, turned, still], tmp_path, small=small) == [""] * 4


DRAWN = """
index i = 1..2, j = 1..3
data x[i]
target y
const s := 0.25
weight W[j,i] ~ normal(0, s)
weight V[j] ~ uniform(-1, 2·s)
weight U[j,i] ~ glorot()
weight T[j] ~ zeros()
weight S
weight R[i] in [0.5, 2]
weight Q[i] in [0, ∞)
weight P := 0.125
h[j] = tanh(sum_i (W[j,i] + U[j,i] + R[i]·Q[i])·x[i])
E = (sum_j (V[j] + T[j])·h[j] + S·P - y)^2
"""


def test_starts_drawn_by_another_seed(tmp_path: Path) -> None:
    data = {"x": [[1.0, 2.0], [0.5, -1.0]], "y": [1.0, 0.0]}
    model = cr.Model(DRAWN, data=data)
    more = "console.log(JSON.stringify([3, 4, 99].map((seed) => weights(starts(seed)))));"
    (tmp_path / "net.js").write_text(f"{model.code(exact=True, seed=3, steps=1)}\n{more}\n", "utf-8")
    told = subprocess.run([str(NODE), "net.js"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    found = json.loads(told.splitlines()[-1])
    for seed, weights in zip((3, 4, 99), found, strict=True):
        assert weights == model.train(steps=0, seed=seed).weights.json()
    assert found[0] != found[1]


HOWS: list[dict[str, Any]] = [
    {"batch": "shuffled", "seed": 4},
    {"update": "adam", "steps": 50},
    {"batch": 2, "rate": 0.5},
    {"consts": {"s": 2.0}, "start": {"V": [1, 2, 3], "S": 0.5}, "hold": ["P"], "seed": 9, "record": 7},
    {"update": "update θ, g\n  v <- 0.5·v + g\n  θ <- θ - s·v", "validation": 0.34},
]


@pytest.mark.parametrize("how", HOWS)
def test_a_file_prints_each_weight_with_its_full_value(how: dict[str, Any], tmp_path: Path) -> None:
    model = cr.Model(DRAWN, data={"x": [[1.0, 2.0], [0.5, -1.0], [0.25, 3.0]], "y": [1.0, 0.0, -1.0]})
    (tmp_path / "net.js").write_text(model.code("javascript", exact=True, **how), "utf-8")
    told = subprocess.run([str(NODE), "net.js"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    found = {name: json.loads(value) for name, _, value in (line.partition(" = ") for line in told.splitlines())}
    assert found == model.train(**how).weights.json()


HOSTILE = "# </script> */ \\n process.exit(7)\ndata x in {1}\nweight w := 1 # `${process.exit(7)}`\nE = (w·x)²"


def test_starts_are_drawn_by_the_rate_that_is_asked_for(tmp_path: Path) -> None:
    model = cr.Model("weight w ~ normal(0, α)\nconst α := 0.1\nE = w^2")
    (tmp_path / "net.js").write_text(model.code(exact=True, rate=0.25, steps=3), "utf-8")
    told = subprocess.run([str(NODE), "net.js"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert told == f"w = {float(model.train(rate=0.25, steps=3).weights['w'])!r}\n"


def test_more_steps_than_can_be_counted_are_refused(tmp_path: Path) -> None:
    model = cr.Model(DRAWN, data={"x": [[1.0, 2.0]], "y": [1.0]})
    (tmp_path / "net.js").write_text(f"{model.code(exact=True, steps=2)}\nadvance(begin(), {2**31});\n", "utf-8")
    done = subprocess.run([str(NODE), "net.js"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "at most 2147483647 steps" in done.stderr
    assert done.returncode


def test_the_numbers_are_exact_whatever_the_run_was_made_in() -> None:
    exact, fused = (printed(cr.example("mazur").train(steps=3, numerics=one)) for one in ("exact", "fused"))
    assert exact == fused


def test_a_text_stays_a_comment(tmp_path: Path) -> None:
    text = cr.Model(HOSTILE, name="net\nprocess.exit(7)\u2028process.exit(7)\x07").code(exact=True, steps=3)
    assert not set(text) & set("\u2028\u2029\x07\r")
    (tmp_path / "net.js").write_text(text, "utf-8")
    told = subprocess.run([str(NODE), "net.js"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert told.startswith("w = ")


def test_other_languages_and_several_trainings_are_refused() -> None:
    with pytest.raises(cr.ChainruleError, match="E452") as caught:
        cr.example("xor").code("c++")
    assert "javascript" in str(caught.value)
    with pytest.raises(cr.ChainruleError, match="E452"):
        cr.example("xor").code(rate=[0.1, 0.2])
    with pytest.raises(cr.ChainruleError, match="E353"):
        cr.example("xor").code(steps=-1)


def test_a_planted_fault_is_found(tmp_path: Path) -> None:
    run = cr.Model(BOXED).train(steps=30, rate=0.03)
    text = printed(run)
    faults = {
        "w - alpha * dgoal_dw": "w - alpha * (1 + 2 ** -52) * dgoal_dw",
        "max(w_new, 0)": "w_new",
        "put[2 * rows] = 1": "put[2 * rows] = 0",
        ">= turn": ">= turn + 1",
    }
    wrong = [text.replace(right, fault) for right, fault in faults.items()]
    assert text not in wrong
    assert difference(run, in_node([text], tmp_path)[0]) == ""
    assert all(difference(run, one) for one in in_node(wrong[:3], tmp_path))
    still = cr.Model(BOXED).train(steps=50, rate=0.0)
    assert "step" in difference(still, in_node([printed(still).replace(*list(faults.items())[3])], tmp_path)[0])


def test_no_function_of_the_engine_of_javascript_is_called_but_exact_ones() -> None:
    functions = Functions(JAVASCRIPT)
    text = "\n".join(functions.texts[functions.called(name)] for name in PROGRAMS)
    assert {part.split("(")[0] for part in text.split("Math.")[1:]} == {"sqrt", "floor"}


@pytest.mark.parametrize(("name", "small"), [("identity", UNROLLED), ("xor", UNROLLED), ("digits", UNROLLED)])
def test_printed_steps_read_as_before(name: str, small: int, golden: Golden) -> None:
    run = cr.example(name).train(steps=0)
    functions, count = Functions(JAVASCRIPT), run.recipe.order.width or 1
    recording = record(run.program, run.recipe.bound, count, training=True)
    taken = Names(functions.taken(recording))
    where = arrays(run.program, run.recipe.bound, taken)
    text = steps("steps", count, where, recording, JAVASCRIPT, taken.taken, functions.called, small=small)
    golden(f"code/{name}.js", text + "\n")
