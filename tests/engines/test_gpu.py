"""Many runs on a graphics card: the bits of the processor in `plain32`, whatever is cut, interrupted or huge."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

pytest.importorskip("wgpu")
pytest.importorskip("llvmlite")

from tests.laws.devices import card_difference, loaded, trained
from tests.laws.engines import random_model

import chainrule as cr
from chainrule.code.wgsl import arithmetic
from chainrule.code.wgsl.arithmetic import OWN, Modes
from chainrule.code.wgsl.probe import COUNTED, ROWS, probe
from chainrule.engines.gpu import many as engine
from chainrule.engines.gpu.device import adapters, complaint
from chainrule.engines.gpu.many import Block
from chainrule.engines.gpu.probe import probed
from chainrule.engines.native.run_status import Ended
from chainrule.train.device import Card, able, opened
from chainrule.train.ensemble import follow, outcome

if not adapters():
    pytest.skip("no graphics card answers, nor a driver that plays one", allow_module_level=True)


@pytest.fixture(scope="module")
def card() -> Card:
    return opened(adapters()[0])


RATES = [0.01, 0.3, 1.0, 30.0, 1e5, 1e30]

MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "box": ("data x\ntarget y\nweight w in [-0.5, 0.5] := 0.3, b in [0, ∞) := 0.1\nE = (w*x + b - y)^2", {}),
    "kinks": ("data x\ntarget y\nweight a := 0.4, b := -0.3\nE = abs(max(a*x, b) - relu(y - a)) + [a > b]*a^2", {}),
    "logarithm": ("data x\ntarget y\nweight w := 0.7, b := 2\nE = log(b + exp(w*x))*sqrt(b) - y*sin(w) + cosh(b)", {}),
    "grows": ("data x\ntarget y\nweight w := 1\nE = exp(w*x)\nmaximise mean E", {}),
    "letters": (
        "index i = 1..2, j = 1..5\ndata x\ntarget y\nweight W[j,i] ~ normal(0, 1), c[j] ~ normal(0, 1)\n"
        "h[j] = tanh(W[j,1]*x + W[j,2])\nE = (sum_j c[j]*h[j] - y)^2 + 0.01*max_j h[j]",
        {},
    ),
    "softmax": (
        "index k, m = 1..3\ndata x\ntarget y\nweight v[k] ~ normal(0, 1), u[k] ~ normal(0, 1)\nz[k] = v[k]*x + u[k]\n"
        "p[k] = exp(z[k])/(sum_m exp(z[m]))\nE = -log(p[2]) + y*p[1]",
        {},
    ),
}
DRAW = np.random.default_rng(1)
DATA = {"x": DRAW.normal(size=5), "y": DRAW.normal(size=5)}


@pytest.mark.parametrize("unrolled", [1000, 0])
@pytest.mark.parametrize("name", MODELS)
def test_models(card: Card, name: str, unrolled: int) -> None:
    model = cr.Model(MODELS[name][0], data=DATA)
    batch = "all" if unrolled else 2
    assert not card_difference(card, model, unrolled=unrolled, rate=RATES, steps=40, batch=batch)


@pytest.mark.parametrize("batch", ["all", "each", "shuffled", 3, [[0, 1], [2], [3, 0, 1]]], ids=str)
def test_orders(card: Card, batch: Any) -> None:
    assert not card_difference(card, cr.example("xor"), rate=RATES, steps=60, batch=batch)


@pytest.mark.parametrize("rule", ["momentum", "adam", "clip"])
def test_learning_rules(card: Card, rule: str) -> None:
    assert not card_difference(card, cr.example("xor"), update=rule, rate=RATES, steps=40)


@pytest.mark.parametrize("seed", range(2))
def test_random_networks(card: Card, seed: int) -> None:
    assert not card_difference(card, random_model(seed), rate=RATES, steps=20)


TABLES = {
    "labels from 0": ("index i = 0..9\ndata x\ndata label\nweight W[i] ~ normal(0, 1), b[i] := 0\n"
                      "z[i] = W[i]*x + b[i]\nE = logsumexp_i z[i] - (sum_i [label == i]*z[i])"),
    "from below 0": "index i = -4..4\ndata x\ntarget y\nweight W[i] ~ normal(0, 1)\nE = (sum_i i*W[i]*x - y)^2",
    "infinite": ("index i = 0..8\ndata x\ntarget y\nweight W[i] ~ normal(0, 1)\n"
                 "E = sum_i (W[i]*x - y)^2*(1/(1 + 1/i))"),
    "tiny": "index i = 0..8\ndata x\ntarget y\nweight W[i] ~ normal(0, 1)\nE = sum_i (W[i]*x - y)^2*(1 + 1e-40*i)",
}  # fmt: skip


@pytest.mark.parametrize("unrolled", [0, 10**6])
@pytest.mark.parametrize("name", TABLES)
def test_tables_of_numbers_that_are_made_at_run_time(card: Card, name: str, unrolled: int) -> None:
    """0, infinite and tiny numbers stand in a table by their bits."""
    data = {"x": DATA["x"], "label": [0, 3, 9, 1, 2]} if "label" in TABLES[name] else DATA
    model = cr.Model(TABLES[name], data=data)
    how = {"batch": "all", "rate": RATES, "steps": 20, "unrolled": unrolled}
    assert not card_difference(card, model, **how)


@pytest.mark.parametrize("seed", [505, 519])
def test_random_networks_with_tables(card: Card, seed: int) -> None:
    assert not card_difference(card, random_model(seed), batch="all", rate=RATES, steps=20)


def test_a_driver_is_quoted_with_what_is_wrong_and_not_with_a_picture_of_it() -> None:
    said = "Validation Error\n\nCaused by:\n  In wgpuDeviceCreateShaderModule\n\n"
    said += "Shader '' parsing error: no such name\n    ┌─ wgsl:113:51\n    │\n"
    said += "113 │ var a = b;\n    │         ^ see msg\n\n"
    error = complaint(said)
    assert error.code == "E685"
    assert "the graphics card refused: Shader '' parsing error: no such name" in str(error)
    assert "it does not say why" in str(complaint(" \n"))


def test_quotients_and_roots_in_whole_numbers(card: Card) -> None:
    modes = Modes(own_quotient=False, own_root=False)
    model = cr.Model(MODELS["logarithm"][0], data=DATA)
    assert not card_difference(card, model, modes, rate=RATES, steps=30)


def test_without_walls_bits_differ(card: Card) -> None:
    """So the tests can fail, and a probe finds it."""
    if not card.device.adapter.processor:
        pytest.skip("what a compiler changes is its own affair; this is known of one")
    modes = Modes(walls=False)
    assert card_difference(card, cr.example("xor"), modes, rate=RATES, steps=100, batch="all")
    assert probed(card.device, probe(modes), ROWS, COUNTED).wrong


EDGES = "data x\nweight w := 1\nE = (w*x)^2 - w*x"


@pytest.mark.parametrize(
    "start",
    [0.0, -0.0, 1e-45, -1e-42, 1.2e-38, 3e38, -3e38, 1e19, -1e20],
    ids=str,
)
def test_edges(card: Card, start: float) -> None:
    data = {"x": [1.0, -1.0, 0.0, 1e-20, 0.5]}
    if not card.found.subnormal and 0 < abs(start) < 1.2e-38:
        pytest.skip("this card has no such numbers, and says so")
    model = cr.Model(EDGES, data=data)
    assert not card_difference(card, model, start={"w": start}, rate=[0.0, 1e-38, 0.5, 1.0, 1e38], steps=20)


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_no_step_and_one(card: Card, steps: int) -> None:
    assert not card_difference(card, cr.example("identity"), rate=[0.5], steps=steps)


def test_neither_cuts_nor_blocks_change_a_bit(card: Card) -> None:
    runs = cr.example("xor").train(rate=RATES * 3, steps=300, numerics="plain32", engine="native", record=300)
    assert isinstance(runs, tuple)
    wanted = trained(card, runs)[1]
    for block, turns in ((1, 0), (5, 40), (64, 1)):
        with patch.object(engine, "BLOCK", block):
            many, given = loaded(card, runs)
            many.turns = turns
            ensemble = many.ensemble(*given)
            follow(many, ensemble, runs[0].recipe.order, 300 if turns != 1 else 20)
        if turns == 1:
            assert (ensemble.steps <= 20).all()
            follow(many, ensemble, runs[0].recipe.order, 0)
            continue
        assert len(ensemble.blocks) == -(-len(runs) // block)
        assert ensemble.rows.tobytes() == wanted.rows.tobytes()
        assert ensemble.ended.tolist() == wanted.ended.tolist()
        assert ensemble.steps.tolist() == wanted.steps.tolist()


def test_a_hundred_thousand_runs(card: Card) -> None:
    run = cr.example("identity").train(steps=0, numerics="plain32", engine="reference")
    starts = {"w": np.linspace(-1, 1, 100_000).astype(np.float32).astype(float)}
    own = {"alpha": np.full(100_000, 0.5)}
    found = [
        outcome(run.program, run.recipe.bound, run.recipe.order, 5, starts, own, card=one) for one in (None, card)
    ]
    assert found[0].ensemble.rows.tobytes() == found[1].ensemble.rows.tobytes()
    assert found[0].error.tobytes() == found[1].error.tobytes()


def test_an_interruption_loses_nothing(card: Card) -> None:
    runs = cr.example("xor").train(rate=RATES, steps=400, numerics="plain32", engine="native", record=400)
    assert isinstance(runs, tuple)
    wanted = trained(card, runs)[1]
    many, given = loaded(card, runs)
    ensemble, calls, read = many.ensemble(*given), 0, Block.read

    def interrupted(block: Block) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        read(block)

    with patch.object(Block, "read", interrupted), pytest.raises(KeyboardInterrupt):
        follow(many, ensemble, runs[0].recipe.order, 400)
    made = int(ensemble.steps[ensemble.ended == Ended.STEPS].max())
    assert 0 < made < 400
    many.advance(ensemble, runs[0].recipe.order.visits(made, 400), made, runs[0].recipe.order.pass_length)
    assert ensemble.rows.tobytes() == wanted.rows.tobytes()


def test_a_loop_that_the_driver_ends_is_found(card: Card) -> None:
    if not card.found.turns:
        pytest.skip("this driver ends no loop")
    runs = cr.example("identity").train(rate=[1e-6, 2e-6], steps=1, numerics="plain32", engine="native")
    assert isinstance(runs, tuple)
    many, given = loaded(card, runs)
    many.turns, ensemble = 0, many.ensemble(*given)
    ensemble.blocks[0].size = 2 * card.found.turns
    with pytest.raises(cr.ChainruleError) as caught:
        many.advance(ensemble, [[0, 1]] * (2 * card.found.turns), 0, 1)
    assert caught.value.code == "E686"


def test_a_device_that_rounds_otherwise_is_refused(card: Card) -> None:
    lying = arithmetic.SUMS.replace("wall(x * y)", "wall(x * y * 0x1.000002p+0f)")
    with patch.object(arithmetic, "SUMS", lying):
        found = probed(card.device, probe(OWN), ROWS, COUNTED)
    assert "x * y" in found.wrong
    with pytest.raises(cr.ChainruleError) as caught:
        able(replace(card, found=found))
    assert caught.value.code == "E684"


def test_a_text_that_the_driver_refuses_is_an_error(card: Card) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        card.device.load("fn nothing(", "advance", (True,))
    assert caught.value.code == "E685"


def test_names_of_the_language_may_be_names_of_the_text(card: Card) -> None:
    model = cr.Model("data x\nweight fn := 0.5, var := 1, sum1 := 2, state := 0.1\nE = (fn*x + var*state - sum1)^2",
                     data={"x": [1.0, 2.0]})  # fmt: skip
    assert not card_difference(card, model, rate=[0.1, 0.2], steps=5)
