"""The native engine in fused numerics: the bits of the reference engine, at every width and for every processor."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from tests.laws.engines import RULES, difference, random_model, random_training
from tests.laws.functions import EDGES
from tests.laws.test_indexed import PROGRAMS, program

import chainrule as cr
from chainrule.engines.native import machine
from chainrule.engines.native.engine import ENGINE
from chainrule.engines.native.many import LoadedMany
from chainrule.engines.native.writer import Writer
from chainrule.engines.protocol import Bound, State
from chainrule.engines.reference import REFERENCE
from chainrule.errors import UsageError
from chainrule.model import build
from chainrule.notation import parse
from chainrule.numbers.functions import PROGRAMS as FUNCTIONS
from chainrule.numbers.numerics import FUSED32
from chainrule.program import lower

KINDS = ("fused", "fused32")
BOTH = pytest.mark.parametrize("numerics", KINDS)

if not machine.fuses():
    pytest.skip("this processor has no fused multiply-add", allow_module_level=True)


@BOTH
@pytest.mark.parametrize("name", ["identity", "xor", "mazur", "growth", "digits"])
def test_examples(name: str, numerics: str) -> None:
    how: dict[str, Any] = {"steps": 3, "batch": 10} if name == "digits" else {"steps": 60}
    assert not difference(cr.example(name), numerics=numerics, **how)


SOME = [path for path in PROGRAMS if path.stem[:2] not in ("15", "16")]  # which are as 14 and 17 are, at length


@BOTH
@pytest.mark.parametrize("path", SOME, ids=lambda path: path.stem)
def test_programs(path: Path, numerics: str) -> None:
    model, _ = program(path)
    assert not difference(model, steps=20, batch="all", rate=0.05, numerics=numerics)


@BOTH
@pytest.mark.parametrize("seed", range(8))
def test_random_networks(seed: int, numerics: str) -> None:
    how = random_training(seed)
    if how["rate"] > 1e30:
        how["rate"] = 1e30
    assert not difference(random_model(seed), steps=40, numerics=numerics, **how)


@BOTH
@pytest.mark.parametrize("rule", sorted({*RULES} - {None}))
def test_every_learning_rule(rule: str, numerics: str) -> None:
    assert not difference(cr.example("xor"), update=rule, steps=40, numerics=numerics)


@BOTH
def test_where_a_run_leaves_the_finite_numbers_and_what_a_box_puts_back(numerics: str) -> None:
    draw = np.random.default_rng(0)
    data = {"x": draw.normal(size=(5, 3)), "y": draw.normal(size=5)}
    text = "data x[i]\ntarget y\nindex i = 1..3\nweight w[i] in [-0.5, 0.5], b in [0, ∞)\n"
    boxed = cr.Model(text + "E = ((sum_i w[i]*x[i]) + b - y)^2", data=data)
    assert not difference(boxed, steps=60, rate=0.3, numerics=numerics)
    growing = cr.Model("data x\nweight w := 1\nh = exp(w*x)\nE = h\nmaximise mean E", data={"x": [0.5, 3.0]})
    run = growing.train(steps=60, numerics=numerics)
    assert run.ended == "left the finite numbers"
    assert run.departure is not None
    assert not difference(growing, steps=60, numerics=numerics)


WIDE = """index i = 1..3, j = 1..21
data x[i]
target y
weight W[j,i] ~ normal(0,1), c[j] ~ normal(0,1), v[j] ~ normal(0,1), b := 0
h[j] = tanh((sum_i W[j,i]*x[i]) + c[j])
E = ((sum_j v[j]*h[j]) + b - y)^2
"""
DRAW = np.random.default_rng(0)
MODEL = cr.Model(WIDE, data={"x": DRAW.normal(size=(9, 3)), "y": DRAW.normal(size=9)})


def sha(numerics: str, engine: str = "native", steps: int = 100) -> str:
    return MODEL.train(batch=4, steps=steps, engine=engine, numerics=numerics).sha256


@contextmanager
def lanes(count: int) -> Iterator[None]:
    with patch("chainrule.engines.native.engine.lanes", lambda: count):
        yield


def cut(most: int) -> Any:
    """Chunks of at most so many steps."""
    return patch("chainrule.train.drive.ROWS", 4 * most)


@BOTH
def test_neither_width_nor_chunks_change_a_bit(numerics: str) -> None:
    shas = set()
    for width in (1, 2, 4, 8, 16):
        for most in (1, 7, 1000) if width == 4 else (1000,):
            with lanes(width), cut(most):
                shas.add(sha(numerics))
    assert shas == {sha(numerics, "reference")}


TARGETS = {"haswell": ("avx2", "fma"), "skylake-avx512": ("avx512f", "avx512dq", "avx512vl", "fma"), "": ()}
"""Processors by LLVM's names, and what a machine needs to run their code; "" is this machine's own."""


def processor(name: str) -> Any:
    return patch.object(machine, "processor", lambda: (name, "")) if name else nullcontext()


@BOTH
def test_no_processor_changes_a_bit(numerics: str) -> None:
    can = machine.binding().get_host_cpu_features()
    names = [name for name, needed in TARGETS.items() if all(can.get(one) for one in needed)]
    assert "" in names
    shas = set()
    for name in names:
        for width in (4, 8):
            with processor(name), lanes(width):
                shas.add(sha(numerics))
    assert shas == {sha(numerics, "reference")}


def test_code_for_another_processor_is_other_code() -> None:
    """Else the test before would compare a thing with itself."""
    llvm = machine.binding()
    text = "define <16 x float> @f(<16 x float> %a) {\n  %b = fadd <16 x float> %a, %a\n  ret <16 x float> %b\n}\n"
    made = []
    for name in ("haswell", "skylake-avx512"):
        target = llvm.Target.from_default_triple()
        if not target.name.startswith("x86"):
            pytest.skip("these processors are of another family")
        made.append(target.create_target_machine(cpu=name, opt=2).emit_assembly(llvm.parse_assembly(text)))
    assert made[0] != made[1]


@BOTH
def test_a_sum_that_is_not_fused_is_caught(numerics: str) -> None:
    right = Writer.operation

    def wrong(self: Writer, name: str, inputs: Any, detail: object = None) -> Any:
        if name != "fma":
            return right(self, name, inputs, detail)
        a, b, c = inputs
        return right(self, "add", (c, right(self, "multiply", (a, b))))

    text, data = MODEL.text, MODEL.data
    with patch.object(Writer, "operation", wrong):
        one = cr.Model(text, "wrong", data)  # a network of its own: what is written for one is kept
        assert difference(one, batch=4, steps=100, numerics=numerics)
    assert not difference(cr.Model(text, data=data), batch=4, steps=100, numerics=numerics)


@BOTH
def test_runs_side_by_side_are_the_runs_alone(numerics: str) -> None:
    runs = [MODEL.train(batch=3, steps=40, seed=seed, numerics=numerics) for seed in range(5)]
    bound = runs[0].recipe.bound
    starts = {name: np.array([run.start[name] for run in runs]) for name in runs[0].weights}
    rows = [list(runs[0].rows(step)) for step in range(40)]
    for width in (2, 8):
        many = LoadedMany(runs[0].program, bound, (), width)
        ensemble = many.ensemble(starts, {})
        many.advance(ensemble, rows, 0, 10**9)
        goal = many.evaluate(ensemble, ["goal"])["goal"]
        for place, run in enumerate(runs):
            assert ensemble.rows[place].tobytes() == many.layout.row(run.weights).tobytes()
            assert float(goal[place]) == run.error


@BOTH
def test_jax_comes_to_the_same_weights(numerics: str) -> None:
    jax = pytest.importorskip("jax")
    jnp = jax.numpy
    format = jnp.float32 if numerics == "fused32" else jnp.float64
    jax.config.update("jax_enable_x64", True)
    run = MODEL.train(batch="all", steps=50, rate=0.05, numerics=numerics)
    data = {name: jnp.asarray(run.data[name], format) for name in ("x", "y")}

    def goal(weights: dict[str, Any]) -> Any:
        hidden = jnp.tanh(data["x"] @ weights["W"].T + weights["c"])
        return jnp.mean((hidden @ weights["v"] + weights["b"] - data["y"]) ** 2)

    slope = jax.jit(jax.grad(goal))
    weights = {name: jnp.asarray(array, format) for name, array in run.start.items()}
    for _ in range(50):
        weights = {name: array - format(0.05) * slope(weights)[name] for name, array in weights.items()}
    near = 1e-12 if numerics == "fused" else 2e-5
    for name, array in run.weights.items():
        assert np.asarray(weights[name]).dtype == format
        assert array == pytest.approx(np.asarray(weights[name], float), rel=near, abs=near)


def test_a_sum_in_another_order_is_caught() -> None:
    text = "index i = 1..40\ndata x[i]\nweight w := 1\nE = w*sum_i x[i]*x[i]\nmaximise E"
    x = np.random.default_rng(5).normal(size=(30, 40))
    one, other = (cr.Model(text, data={"x": given}) for given in (x, x[:, ::-1].copy()))
    assert one.train(numerics="fused", steps=30).sha256 != other.train(numerics="fused", steps=30).sha256


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - {"expm1", "log1p"}))  # which others are made of
def test_elementary_functions_in_float32(name: str) -> None:
    two = {"power": "x[k]^z[k]", "max": "max(x[k], z[k])", "min": "min(x[k], z[k])"}
    function = two.get(name, f"{name}(x[k])")
    text = f"""index k = 1..1003
data x[k], z[k]
weight r[k]
f[k] = {function}
told[k] = if(f[k] == f[k], if(f[k] > 3.4e38, 5, if(f[k] < -3.4e38, -5, f[k])), 7)
E = sum_k r[k]*told[k]
update θ, g
  θ <- g
"""
    draw = np.random.default_rng(5)
    bits = draw.integers(0, 2**32, size=(2, 20, 1003), dtype=np.uint64).astype(np.uint32)
    x, z = bits.view(np.float32)
    x[:10], z[:10] = draw.normal(size=(2, 10, 1003)) * 10.0 ** draw.uniform(-3, 2, size=(2, 10, 1003))
    ends = np.array(EDGES)
    with np.errstate(all="ignore"):
        x[:, : len(EDGES)] = ends
        z[:, : len(EDGES)] = draw.permuted(np.tile(ends, (20, 1)), axis=1)
        data = {"x": x.astype(float), "z": z.astype(float)}  # a NaN that signals is heard here
    given = Bound(data, {"k": range(1, 1004)}, 20, FUSED32)
    found = lower(build(parse(text)))
    one, other = REFERENCE.load(found, given), ENGINE.load(found, given)
    start = State({"r": np.zeros(1003)}, {})
    seen = set()
    for row in range(20):
        wanted, got = (loaded.advance(start, [(row,)], 1) for loaded in (one, other))
        assert len(wanted.steps) == 1
        assert wanted.weights["r"].tobytes() == got.weights["r"].tobytes()
        seen |= set(wanted.weights["r"].ravel().tolist())
    assert len(seen) > (2 if name == "sign" else 500)


@BOTH
def test_the_choice_is_the_native_engine_and_it_is_verified(numerics: str, tmp_path: Path) -> None:
    run = cr.example("mazur").train(steps=30, numerics=numerics)
    assert run.recipe.engine == "native"
    run.save(tmp_path / "run.npz")
    again = cr.load_run(tmp_path / "run.npz")
    assert again.loaded.__class__.__name__ == "LoadedNative"
    assert again.verify().same
    with patch("chainrule.train.recipe.machine.there", lambda: False):  # the slow way to the same bits
        slow = cr.load_run(tmp_path / "run.npz")
        assert slow.loaded.__class__.__name__ == "LoadedReference"
        assert slow.verify().same


def test_a_processor_that_fuses_nothing_is_refused_with_the_reason() -> None:
    model = cr.example("identity")
    with patch.object(machine, "fuses", lambda: False):
        for numerics in KINDS:
            for engine in ("auto", "native"):
                with pytest.raises(UsageError) as caught:
                    model.train(numerics=numerics, engine=engine, steps=5)
                assert caught.value.code == "E314"
            assert model.train(numerics=numerics, engine="reference", steps=5).steps == 5
        assert model.train(engine="native", steps=5).steps == 5


class Processor:
    """What llvmlite says of a machine."""

    def __init__(self, triple: str, features: dict[str, bool]) -> None:
        self.get_process_triple = lambda: triple
        self.get_host_cpu_features = lambda: features


@pytest.mark.parametrize(
    ("triple", "features", "fuses"),
    [
        ("x86_64-unknown-linux-gnu", {"avx": True, "fma": False}, False),
        ("x86_64-unknown-linux-gnu", {"sse2": True}, False),
        ("x86_64-unknown-linux-gnu", {"avx2": True, "fma": True}, True),
        ("aarch64-unknown-linux-gnu", {"neon": True}, True),
        ("arm64-apple-darwin", {}, True),
    ],
)
def test_what_fuses_is_read_from_the_features(triple: str, features: dict[str, bool], fuses: bool) -> None:
    with patch.object(machine, "binding", lambda: Processor(triple, features)):
        assert machine.fuses() is fuses


def test_without_llvmlite_the_error_says_what_to_install() -> None:
    missing = cr.MissingExtra("E313", "llvmlite is not installed", "pip")
    with patch.object(machine, "binding", side_effect=missing), pytest.raises(cr.MissingExtra) as caught:
        cr.example("identity").train(numerics="fused", steps=5)
    assert caught.value.code == "E313"
