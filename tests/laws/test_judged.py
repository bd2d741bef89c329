"""The judge of lines makes no wrong verdict; the long form is `campaigns/check.py`."""

import numpy as np
import pytest

from . import judged


@pytest.mark.parametrize("part", range(3))
@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
def test_no_line_is_graded_wrongly(right: bool, part: int) -> None:
    seeds = range(4 * part, 4 * part + 4)
    found = [one for seed in seeds if (one := judged.case(seed, right)) is not None]
    assert len(found) >= 2
    answers = [(one, *judged.verdict(one)) for one in found]
    wrong = [(one.network, one.line, str(answer)) for one, fair, answer in answers if not fair]
    assert wrong == []


def test_the_rules_of_the_truth_agree_with_differences() -> None:
    """∂E/∂w by `judged.slope` against (E(w + h) − E(w − h))/2h, away from kinks."""
    for seed in range(40):
        draw = judged.random.Random(seed)
        net = judged.scalar(draw)
        h = 1e-6
        for name, line in judged.derivatives(net).items():
            env = net.arrays(50, 1.0, np.random.default_rng(seed))
            ends = []
            for step in (h, -h):
                moved = {**env, name: env[name] + step}
                for quantity, letters, body in net.equations:
                    moved[quantity] = net.whole(body, letters, moved)
                ends.append(moved)
            far = np.ones(50, bool)
            for margin, letters in net.margins():
                far &= np.sign(net.whole(margin, letters, ends[0])) == np.sign(net.whole(margin, letters, ends[1]))
            right = (ends[0]["E"] - ends[1]["E"]) / (2 * h)
            size = np.abs(right) + np.abs(env["E"]) * 1e-3 + 1
            assert (np.abs(net.whole(line, (), env) - right)[far] <= 1e-5 * size[far]).all(), (seed, name)


def test_a_planted_fault_is_found() -> None:
    wrong = next(one for seed in range(50) if (one := judged.case(seed, False)) is not None and not one.here)
    assert not judged.verdict(judged.Case(wrong.network, wrong.line, True))[0]
