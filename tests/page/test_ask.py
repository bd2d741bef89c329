"""Questions before a step: the right answer is what happens, and the reason fits it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tests.page.node import in_node, needs_node

from chainrule.page.strings import english

pytestmark = needs_node()

BODY = """
const say = (key, words = {}) => given.strings[key].replace(/\\{(\\w+)\\}/g, (_, name) => {
  if (words[name] === undefined) throw new Error(`${key} lacks ${name}`);
  return String(words[name]);
});
return given.steps.map((step) => questions(step, say).map((one) => ({ ...one, said: one.answers.map((_, n) => answered(one, n, say)) })));
"""  # noqa: E501


def asked(folder: Path, steps: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    given = {"steps": steps, "strings": dict(english().table)}
    found: list[list[dict[str, Any]]] = in_node(folder, {"ask": "questions, answered"}, BODY, given)
    return found


def step(**more: Any) -> dict[str, Any]:
    """Step 2 of `identity`."""
    weight = {"q": "w", "slope": -0.0887234, "before": 0.5, "after": 0.5443617, "raw": 0.5443617}
    given = {
        "E": "E", "plain": True, "sense": 1, "rate": 0.5, "turn": 0, "chosen": 0, "weights": [weight], "own": 1,
        "patterns": [
            {"i": 0, "before": 0.125, "after": 0.125, "slope": 0.0},
            {"i": 1, "before": 0.0713, "after": 0.0674, "slope": -0.0039},
        ],
    }  # fmt: skip
    return given | more


def weight(before: float, after: float, slope: float, raw: float | None = None, q: str = "w") -> dict[str, Any]:
    return {"q": q, "slope": slope, "before": before, "after": after, "raw": after if raw is None else raw}


def test_the_second_step_of_identity(tmp_path: Path) -> None:
    direction, size, error = asked(tmp_path, [step()])[0]
    assert direction["ask"] == "The slope of E by w is −0.08872. Which way will w go?"
    assert (direction["answers"], direction["right"]) == (["up", "down", "it stays"], 0)
    why = "w went up by 0.04436: the slope is negative, and the step subtracts it."
    assert direction["said"] == [f"As you said: {why}", f"You said down. {why}", f"You said it stays. {why}"]
    assert (size["answers"], size["right"]) == (["0.04", "0.4", "4"], 0)
    told = "The change is the rate times the slope, 0.5·(−0.08872) = −0.04436; so w changed by 0.04436."
    assert size["because"] == told
    assert error["answers"][error["right"]] == "stay the same"


def test_what_happened_decides_and_the_reason_fits(tmp_path: Path) -> None:
    cases = {
        "why.box": step(weights=[weight(1.0, 1.0, -0.5, raw=1.25)]),
        "why.boxed": step(weights=[weight(0.9, 1.0, -0.5, raw=1.15)]),
        "why.stay": step(weights=[weight(0.5, 0.5, 0.0)]),
        "why.small": step(weights=[weight(0.5, 0.5, 1e-30)]),
        "why.down": step(weights=[weight(0.5, 0.25, 0.5)]),
        "why.uphill.up": step(weights=[weight(0.5, 0.75, 0.5)], sense=-1),
        "why.rule.up": step(weights=[weight(0.5, 0.75, 0.5)], plain=False),
        "why.rule.stay": step(weights=[weight(0.5, 0.5, 0.5)], plain=False),
    }
    for (key, given), found in zip(cases.items(), asked(tmp_path, list(cases.values())), strict=True):
        before, after = given["weights"][0]["before"], given["weights"][0]["after"]
        assert found[0]["right"] == (0 if after > before else 1 if after < before else 2), key
        start = english().table[key].replace("{w}", "w").partition("{")[0]
        assert found[0]["because"].startswith(start), key


def test_random_steps_never_lack_a_word_and_have_three_answers(tmp_path: Path) -> None:
    draw = random.Random(3)
    steps = []
    for turn in range(400):
        odd = [float(draw.choice((0, 1, 5e-324, 1e300))) for _ in range(2)]
        slopes = [draw.choice((0.0, draw.uniform(-1, 1), *odd)) for _ in range(draw.randint(1, 6))]
        moves = [(draw.uniform(-1, 1), slope) for slope in slopes]
        weights = [weight(w, w - 0.5 * g, g, q=f"w{n}") for n, (w, g) in enumerate(moves)]
        patterns = [
            {"i": n, "before": draw.random(), "after": draw.random(), "slope": draw.uniform(-1, 1)} for n in range(4)
        ]
        some = patterns[: draw.randint(0, 4)]
        steps.append(step(weights=weights, turn=turn, plain=draw.random() < 0.7, patterns=some))
    kinds = set()
    for given, found in zip(steps, asked(tmp_path, steps), strict=True):
        for one in found:
            kinds.add(one["id"])
            assert len(set(one["answers"])) == 3
            assert 0 <= one["right"] <= 2
            assert "undefined" not in one["ask"] + one["because"]
            if one["id"] == "most":
                far = {w["q"]: abs(w["after"] - w["before"]) for w in given["weights"]}
                assert far[one["answers"][one["right"]]] == max(far.values())
            if one["id"] == "size":
                sizes = [float(answer.replace("−", "-")) for answer in one["answers"]]
                assert sizes == sorted(sizes)
    assert kinds == {"direction", "size", "most", "error"}


def test_a_tally_counts_and_each_turn_asks_another_kind(tmp_path: Path) -> None:
    body = """
    const say = (key) => key, kinds = [0, 1, 2].map((turn) => question({ ...given, turn }, say).id);
    return [kinds, [true, false, true].reduce(counted, { n: 0, r: 0 }), question({ ...given, weights: [{ q: "w" }], own: null }, say)];
    """  # noqa: E501
    found = in_node(tmp_path, {"ask": "question, counted"}, body, step())
    assert found == [["direction", "size", "error"], {"n": 3, "r": 2}, None]
