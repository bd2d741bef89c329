"""Printed kernels in a browser's WebGPU, which SwiftShader plays here: the bits of the processor in `plain32`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from tests.page.browser import CHROMIUM, Browser, Page

import chainrule as cr
from chainrule.api.planned import planned
from chainrule.code.wgsl.arithmetic import OWN, Modes
from chainrule.code.wgsl.kernel import kernel
from chainrule.engines.protocol import Many
from chainrule.engines.runners import given
from chainrule.maps.plan import Plan
from chainrule.maps.tile import begun
from chainrule.train.ensemble import follow

if CHROMIUM is None:
    pytest.skip("Chromium is not installed", allow_module_level=True)

ASKED = """
globalThis.trained = async (asked) => {
  const card = await opened(true);
  if (card.why) return card;
  const numbers = { shared: new Float32Array(asked.shared), own: new Float32Array(asked.own),
    visited: new Int32Array(asked.visited), states: new Float32Array(asked.states),
    fates: new Int32Array(asked.fates) };
  const work = await runs(card, asked.kernel, numbers);
  let fates = numbers.fates;
  for (let step = 0; step < asked.steps; step += asked.cut) {
    fates = await work.advance(step, Math.min(asked.steps, step + asked.cut), asked.turn);
  }
  const states = await work.states();
  work.close();
  return { name: card.name, fates: [...fates], states: [...new Uint32Array(states.buffer)] };
};
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, card_browser: Browser) -> Iterator[Page]:
    path = tmp_path_factory.mktemp("card") / "card.html"
    module = Path(str(cr.__file__)).parent / "page" / "modules" / "card.js"
    script = f"{module.read_text('utf-8')}\n{ASKED}\nglobalThis.opened = opened;\nglobalThis.runs = runs;"
    path.write_text(f'<!doctype html><title>card</title><script type="module">{script}</script>', "utf-8")
    one = card_browser.page(path)
    yield one
    one.close()


BASIN = "weight x := 0.5, y := 0.5\nE = 1/4*(1 − x²·y²)²"
MAPS: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "identity": ("identity", ["α=geometric(0.05, 1e4, 24)", "w=linear(0, 1, 8)"], {}),
    "xor": ("xor", ["α=geometric(0.05, 1e4, 96)"], {"measures": ("trained", "largest", "reach(0.05)")}),
    "basin": (BASIN, ["x=linear(-4, 4, 16)", "y=linear(-4, 4, 16)"], {"rate": 0.4}),
    "momentum": ("xor", ["α=geometric(0.05, 1e4, 64)"], {"update": "momentum"}),
}


@cache
def plan_of(name: str) -> Plan:
    text, axes, how = MAPS[name]
    model = cr.example(text) if text in ("identity", "xor") else cr.Model(text)
    return planned(model, axes, steps=120, batch="all", numerics="plain32", **how)


def asked(plan: Plan, cut: int, modes: Modes = OWN) -> tuple[dict[str, Any], Many[Any], Any]:
    """What the page is told, the same program on the processor, and its group."""
    (group,) = plan.ground.groups(tuple(range(count) for count in plan.cells))
    ready = begun(plan.ground, group, np.arange(len(group.cells)), 1)
    assert ready is not None
    many, began, fits = ready
    assert fits.all()
    printed = kernel(many.program, many.bound, many.own, many.bound.patterns, True, modes)
    symbols = {one.name: one for one in many.program.symbols()}
    shared = [given(many.program, many.bound, symbols[name]).ravel() for name in printed.given]
    told = {
        "kernel": printed.text, "steps": plan.steps, "cut": cut, "turn": group.order.pass_length,
        "shared": np.concatenate(shared).tolist() if shared else [],
        "own": np.asarray(began.consts).T.astype(np.float32).ravel().tolist(),
        "visited": list(range(many.bound.patterns)), "states": began.rows.T.astype(np.float32).ravel().tolist(),
        "fates": [0] * 3 * began.runs,
    }  # fmt: skip
    return told, many, (began, group.order)


def in_page(page: Page, told: dict[str, Any]) -> Any:
    found = page.run(f"trained({json.dumps(told)})")
    assert "why" not in found, f"Chromium has no WebGPU here: {found}"
    return found


@pytest.mark.parametrize("name, cut", [("identity", 120), ("xor", 50), ("basin", 7), ("momentum", 120)])
def test_a_kernel_has_the_bits_of_the_processor(page: Page, name: str, cut: int) -> None:
    plan = plan_of(name)
    told, many, (group, order) = asked(plan, cut)
    found = in_page(page, told)
    follow(many, group, order, plan.steps)
    bits = np.ascontiguousarray(group.rows.T.astype(np.float32)).view(np.uint32)
    assert found["states"] == bits.ravel().tolist()
    assert found["fates"][: group.runs] == group.ended.tolist()
    assert found["fates"][group.runs : 2 * group.runs] == group.steps.tolist()


def test_without_walls_bits_differ(page: Page) -> None:
    told, many, (group, order) = asked(plan_of("xor"), 120, Modes(walls=False))
    found = in_page(page, told)
    follow(many, group, order, 120)
    bits = np.ascontiguousarray(group.rows.T.astype(np.float32)).view(np.uint32)
    assert found["states"] != bits.ravel().tolist()


def test_a_text_that_is_none_is_an_error(page: Page) -> None:
    told, _, _ = asked(plan_of("identity"), 120)
    told["kernel"] = "fn nothing("
    said = page.run(f"trained({json.dumps(told)}).then(() => '', (fault) => fault.message)")
    assert said


def test_a_card_that_is_played_is_left_to_javascript(page: Page) -> None:
    found = page.run("opened().then((card) => card.why ?? 'a card')")
    assert found in ("played", "a card")  # a browser need not say that it plays
