"""Printed kernels in a browser's WebGPU, which SwiftShader plays here: the bits of the processor in `plain32`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from tests.page.browser import CHROMIUM, Browser, Page
from tests.page.played import asked, difference, in_page, opened, random_plan

import chainrule as cr
from chainrule.api.planned import planned
from chainrule.code.wgsl.arithmetic import Modes
from chainrule.maps.plan import Plan
from chainrule.train.ensemble import follow

if CHROMIUM is None:
    pytest.skip("Chromium is not installed", allow_module_level=True)

@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, card_browser: Browser) -> Iterator[Page]:
    one = opened(card_browser, tmp_path_factory.mktemp("card"))
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


@pytest.mark.parametrize("name, cut", [("identity", 120), ("xor", 50), ("basin", 7), ("momentum", 120)])
def test_a_kernel_has_the_bits_of_the_processor(page: Page, name: str, cut: int) -> None:
    assert not difference(page, plan_of(name), cut)


@pytest.mark.parametrize("seed", range(8))  # campaign devices has more
def test_random_networks(page: Page, seed: int) -> None:
    plan = random_plan(seed)
    assert not difference(page, plan, 7 + seed)


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
