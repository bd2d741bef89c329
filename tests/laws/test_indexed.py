"""Gradients of networks with letters are those of the complex step, to 1e-12 of the largest entry."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.laws.forward import by_jax, complex_step, hessian_by_jax
from tests.laws.indexed import worst

import chainrule as cr
from chainrule.notation.statements import Box, Listed

PROGRAMS = sorted((Path(__file__).parents[1] / "programs").glob("*.eq"))


@pytest.mark.parametrize("seed", [*range(26), 223, 648])  # a recurrence with a kink; a quotient at a border
def test_random_networks(seed: int) -> None:
    assert worst(seed) < 1e-12


@pytest.mark.parametrize("path", PROGRAMS, ids=[path.stem for path in PROGRAMS])
def test_programs(path: Path) -> None:
    model, given = program(path)
    found = model.evaluate()
    assert compare(found, complex_step(*given)[1]) < 1e-12
    run = model.train(steps=20, batch="all", rate=0.02)
    after = model.evaluate(weights=dict(run.weights))
    assert found.error is not None
    assert after.error is not None
    assert after.error < found.error


@pytest.mark.parametrize("name", ["10-recurrent-net", "13-self-attention"])
def test_programs_against_jax(name: str) -> None:
    pytest.importorskip("jax")
    model, given = program(PROGRAMS[0].with_name(f"{name}.eq"))
    assert compare(model.evaluate(), by_jax(*given)) < 1e-12


@pytest.mark.parametrize("seed", range(2))
def test_random_networks_against_jax(seed: int) -> None:
    pytest.importorskip("jax")
    assert worst(seed, jax=True) < 1e-12


@pytest.mark.parametrize("name", ["09-two-convolutions", "10-recurrent-net", "12-layer-normalisation"])
def test_second_derivatives_against_jax(name: str) -> None:
    pytest.importorskip("jax")
    model, given = program(PROGRAMS[0].with_name(f"{name}.eq"))
    found, wanted = model.evaluate(second=True).hessian, hessian_by_jax(*given)
    most = max(float(np.max(np.abs(block))) for row in wanted.values() for block in row.values())
    for one, row in wanted.items():
        for two, block in row.items():
            assert np.max(np.abs(np.asarray(found[one][two]) - block)) < 1e-12 * most


def program(path: Path) -> tuple[cr.Model, tuple[Any, ...]]:
    """A program with data, and what its slopes are computed from at the starts of its weights."""
    text = path.read_text("utf-8")
    model = cr.Model(text, path.stem, data(cr.Model(text)))
    patterns = model._patterns(None, None, 0)
    found = model.evaluate()
    values = {**patterns.values, **{name: np.asarray(found.weights[name]) for name in model.weights}}
    return model, (model.network, values, patterns.ranges, patterns.patterns, model.weights)


def data(model: cr.Model, patterns: int = 5) -> dict[str, Any] | None:
    """Data for a program: of each kind what its text allows."""
    net, draw = model.network, np.random.default_rng(1)
    found: dict[str, Any] = {}
    for quantity in (*net.named("data"), *net.named("target")):
        if quantity.start is not None or (isinstance(quantity.domain, Listed) and net.pattern != "p"):
            continue  # computed, or every combination of the values listed
        shape = [] if net.pattern == "p" else [patterns]
        for letter in quantity.letters:
            group = net.set_of(letter)
            shape.append(patterns if group is None else int(group.high.value) - int(group.low.value) + 1)  # type: ignore[union-attr]
        value = draw.normal(size=shape)
        if net.facts and quantity.role == "target":
            value = np.eye(shape[-1])[draw.integers(0, shape[-1], shape[0])]
        elif isinstance(quantity.domain, Listed):
            value = (value > 0) * 1.0
        elif isinstance(quantity.domain, Box):
            value = 1 / (1 + np.exp(-value))
        found[quantity.name] = value
    return found or None


def compare(found: cr.Evaluation, slopes: dict[str, Any]) -> float:
    """The largest difference of the gradients, by the largest entry."""
    most = max(float(np.max(np.abs(slope))) for slope in slopes.values())
    return max(float(np.max(np.abs(np.asarray(found.gradient[name]) - slope))) for name, slope in slopes.items()) / most
