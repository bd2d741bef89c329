"""Kernels that a page's own module runs through WebGPU, and the same steps on the processor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from tests.laws.engines import random_model, random_training
from tests.page.browser import Browser, Page

import chainrule as cr
from chainrule.api.planned import planned
from chainrule.code.wgsl.arithmetic import OWN, Modes
from chainrule.code.wgsl.kernel import kernel
from chainrule.engines.protocol import Many
from chainrule.engines.runners import given
from chainrule.maps.plan import Plan
from chainrule.maps.tile import begun
from chainrule.train.ensemble import follow

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


def opened(browser: Browser, folder: Path) -> Page:
    """A page with the module and nothing else."""
    path = folder / "card.html"
    module = Path(str(cr.__file__)).parent / "page" / "modules" / "card.js"
    script = f"{module.read_text('utf-8')}\n{ASKED}\nglobalThis.opened = opened;\nglobalThis.runs = runs;"
    path.write_text(f'<!doctype html><title>card</title><script type="module">{script}</script>', "utf-8")
    return browser.page(path)


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


def difference(page: Page, plan: Plan, cut: int) -> str:
    """What differs between the trainings of a plan in a page and on the processor, down to the last bit."""
    told, many, (group, order) = asked(plan, cut)
    found = in_page(page, told)
    follow(many, group, order, plan.steps)
    bits = np.ascontiguousarray(group.rows.T.astype(np.float32)).view(np.uint32)
    wanted = {"states": bits.ravel().tolist(), "ended": group.ended.tolist(), "steps": group.steps.tolist()}
    fates, runs = found["fates"], group.runs
    got = {"states": found["states"], "ended": fates[:runs], "steps": fates[runs : 2 * runs]}
    return ", ".join(name for name in wanted if wanted[name] != got[name])


RATES = "α=[0, 0.001, 0.01, 0.1, 0.5, 1, 3, 30, 1000, 1e6, 1e30]"


def random_plan(seed: int, steps: int = 40) -> Plan:
    """Trainings of a random network at many rates, over all patterns, by one of the learning rules."""
    how = random_training(seed)
    return planned(random_model(seed), RATES, steps=steps, batch="all", numerics="plain32", update=how["update"],
                   seed=seed)  # fmt: skip
