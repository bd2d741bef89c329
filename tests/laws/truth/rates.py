"""Trials of what is said of rates: the named ones trained again by the reference engine, their steps counted."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from .case import Case, made
from .worlds import world

CLOSE = 1e-9
"""Of an error: the arithmetic of a world and of an engine differ by no more."""
TOLD = 2e-4
"""Of an error: what four digits leave open."""

OWN = re.compile(
    r"Your rate \S+ = (\S+) (?:learns in (\d+)|leaves the finite numbers in step (\d+)|has not learned after (\d+))"
)
QUICK = re.compile(r"the quickest rate here, (\S+), takes (\d+) step")
LEVEL = re.compile(r" at (\S+) or (less|more), 99 %")


def mapped(case: Case) -> Case:
    """The same case, with a story that has the map."""
    return replace(case, story=case.model.explain(case.run, map=True))


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("∞", "inf").rstrip(",;."))


def rates(case: Case) -> list[str]:
    """The run's own rate, and the quickest, learn in as many steps as is said, at the level that is said."""
    claim = next((one for one in case.story.claims if one.id == "map"), None)
    if claim is None or claim.evidence["kind"] == "no map":
        return []
    said, known = claim.statement, claim.evidence
    found = level(case, said, known)
    own, quick = OWN.search(said), QUICK.search(said)
    if own is None:
        return [*found, f"the sentence names no rate of its own: {said}"]
    what = "learned" if own[2] else "left" if own[3] else "not"
    found += counted(case, float(case.run.rate), what, int(own[2] or own[3] or own[4]), known)
    if abs(number(own[1]) - case.run.rate) > TOLD * abs(case.run.rate):
        found.append(f"the rate of the run is {case.run.rate}, and {own[1]} is told")
    if quick:
        found += counted(case, number(quick[1]), "learned", int(quick[2]), known)
    if "no rate tried here is quicker" in said:
        better = [rate for rate, one in zip(known["rates"], known["learned"], strict=True) if one >= 0]
        for rate in better[:: max(1, len(better) // 3)]:
            steps = course(case, rate, int(own[2]), known)[1]
            if steps is not None and 0 <= steps < int(own[2]):
                found.append(f"the rate {rate} is quicker")
    return found


def level(case: Case, said: str, known: dict) -> list[str]:  # type: ignore[type-arg]
    """The level lies 99 % of the way from the error at the start, and is told."""
    told = LEVEL.search(said)
    if told is None:
        return [f"the sentence names no level: {said}"]
    first = float(case.world.goal(case.path[:1])[0])
    size = TOLD * max(abs(first), abs(known["level"])) + 1e-12
    found = []
    if abs(number(told[1]) - known["level"]) > size:
        found.append(f"the level is {known['level']}, and {told[1]} is told")
    if abs(first + 0.99 * (known["target"] - first) - known["level"]) > size:
        found.append(f"the level {known['level']} is not 99 % of the way from {first} to {known['target']}")
    if known["measured_against"] == "end of the run":
        last = float(case.world.goal(case.path[-1:])[0])
        if abs(last - known["target"]) > TOLD * max(abs(last), abs(first)):
            found.append(f"the run ends at {last}, not at {known['target']}")
    return found


def course(case: Case, rate: float, steps: int, known: dict) -> tuple[str, int | None]:  # type: ignore[type-arg]
    """What a training does, and after how many steps it has learned; None where rounding decides that."""
    model, options = case.model, {**case.world.options, "rate": rate, "steps": known["steps"], "record": 1}
    run = model.train(case.world.data, **{**options, "engine": "reference"})
    if run.departure is not None:
        return "left", run.departure.step
    ahead = case.sense * (case.world.goal(case.vectors(run)) - known["level"])
    scale = CLOSE * max(abs(known["level"]), abs(known["first"]), 1e-300)
    good = ahead <= 0
    if abs(ahead[-1]) <= scale or (np.abs(ahead[: int(np.argmax(good)) + 1]) <= scale).any():
        return "learned" if good[-1] else "not", None
    return ("learned", int(np.argmax(good))) if good[-1] else ("not", known["steps"])


def counted(case: Case, rate: float, what: str, steps: int, known: dict) -> list[str]:  # type: ignore[type-arg]
    does, truly = course(case, rate, steps, known)
    if truly is None:
        return []
    if (does, truly) != (what, steps):
        return [f"at the rate {rate} it is {does} after {truly} steps, not {what} after {steps}"]
    return []


TRIALS = (rates,)


def tried_rates(seed: int) -> tuple[list[str], str]:
    """The map in the story of a random training, attacked; and its kind."""
    case = mapped(made(world(seed)))
    with np.errstate(all="ignore"):
        return rates(case), str(case.story["map"].evidence["kind"])
