"""The benchmark of training: every peer that is here computes the same weights, and one that does not is told."""

from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest


def little(training: ModuleType) -> list:  # type: ignore[type-arg]
    """The neuron, and a network whose layers differ in size, so that a peer cannot mix up rows and columns."""
    return [training.WORKS[0], training.Work("little", "", (3, 4, 5, 2), 6, 2, 4)]


def quick(peers: Mapping) -> dict:  # type: ignore[type-arg]
    """Without torch.compile, which takes seconds for each."""
    return {name: peer for name, peer in peers.items() if "torch.compile" not in name}


def test_the_peers_agree(training: ModuleType) -> None:
    peers = quick(training.PEERS)
    for work in little(training):
        ready, missing = training.gathered(work, peers)
        assert {"chainrule reference", "NumPy", "Python", "micrograd-style"} <= set(ready)
        assert not [why for why in missing.values() if "differ" in why]
        assert set(ready) | set(missing) == set(peers), "a peer is measured or named"
        assert all(missing.values())


def test_the_peers_agree_in_float32(training: ModuleType) -> None:
    work = training.Work("little", "", (3, 4, 5, 2), 6, 2, 4, bits=32)
    peers = quick(training.peers_of(work))
    ready, missing = training.gathered(work, peers)
    assert "NumPy" in ready
    assert 0 < ready["NumPy"].agrees.differs < 1e-6, "it computes in float32"
    assert not [why for why in missing.values() if "differ" in why]
    assert set(ready) | set(missing) == set(peers)


def test_a_wrong_rate_is_seen_in_float32(training: ModuleType) -> None:
    """The tolerance is wider there; a rate that is wrong by a hundredth is still beyond it, for every work that NumPy
    is a peer of."""
    works = [one for one in training.WORKS if one.bits == 32 and not hasattr(one, "written")]
    assert {"small32", "wide32"} <= {one.name for one in works}
    for work in works:
        wrong = replace(work, rate=work.rate * 1.01)
        peers = {"right": training.PEERS["NumPy"], "planted": lambda _, wrong=wrong: training.PEERS["NumPy"](wrong)}
        ready, missing = training.gathered(work, peers)
        assert list(ready) == ["right"]
        assert "differ" in missing["planted"]


def test_the_weights_have_moved(training: ModuleType) -> None:
    neuron, network = little(training)
    for work in (neuron, network):
        train = training.PEERS["NumPy"](work)
        assert np.max(np.abs(train(work.check) - train(0))) > 1e-7


def test_a_peer_that_computes_something_else_is_named(training: ModuleType) -> None:
    right = training.PEERS["NumPy"]
    wrong = {"NumPy": right, "planted": lambda work: lambda steps: right(work)(steps) * (1 + 1e-6)}
    ready, missing = training.gathered(little(training)[1], wrong)
    assert list(ready) == ["NumPy"]
    assert "differ" in missing["planted"]


def test_peers_are_chosen_by_words_of_their_names(training: ModuleType) -> None:
    peers = training.PEERS
    assert training.named(peers, []) == peers
    ours = {name for name in peers if name.startswith("chainrule native")}
    assert ours
    assert set(training.named(peers, ["numpy", "torch.COMPILE"])) == {"NumPy", "PyTorch, torch.compile"} | ours
    assert set(training.named(peers, ["numpy", "chainrule native exact"])) == {"NumPy", "chainrule native exact"}
    assert not training.named(peers, ["no such peer"])


class Slow:
    """A clock beside which a call takes ``before`` seconds and each step ``each``."""

    def __init__(self, before: float, each: float) -> None:
        self.now, self.before, self.each, self.most = 0.0, before, each, 0

    def train(self, steps: int) -> np.ndarray:
        self.now += self.before + steps * self.each
        self.most = max(self.most, steps)
        return np.zeros(1)


def test_a_slow_peer_is_measured_with_few_steps(training: ModuleType) -> None:
    for before, each, rough in [(20.0, 1e-3, True), (0.0, 10.0, False), (1e-3, 1e-6, False)]:
        slow = Slow(before, each)
        (found,) = training.rounds({"slow": slow.train}, 2, 0.3, lambda slow=slow: slow.now).values()
        assert found.rough is rough
        assert found.least == pytest.approx(before / 4 + each if rough else each), "all of it, or the steps alone"
        assert slow.now < 8 * (before + 4 * each) + 20, "four calls to find out, two in each round"
    assert slow.most > 1e5, "a quick one is not"


def test_the_number_of_threads_is_read_before_anything_else(training: ModuleType) -> None:
    from _threads import asked

    lines = (["wide"], ["--threads", "2"], ["--threads=3"], ["--threads", "x"])
    assert [asked(words) for words in lines] == [1, 2, 3, 1]


def test_the_quickest_rounds_are_compared_and_the_range_is_of_the_rounds(training: ModuleType) -> None:
    ours, theirs = training.Times(9, (1.0, 2.0, 4.0), ()), training.Times(9, (2.0, 8.0, 8.0), ())
    assert ours.against(theirs) == (2.0, 2.0, 4.0)
    assert training.Times(9, (1.0, 3.0), ()).against(training.Times(9, (6.0, 3.0), ())) == (3.0, 1.0, 6.0)
    ready = dict.fromkeys(("chainrule x", "peer"), training.Ready(None, 0.1, training.Agreement(0.0)))
    lines = training.table({"chainrule x": ours, "peer": theirs}, ready, {"gone": "why"})
    assert lines[2].split()[-2:] == ["2", "(2-4)"]
    assert lines[3].endswith("not measured: why")


def test_a_page_has_the_quickest_first_and_ratios_of_two_digits(training: ModuleType) -> None:
    times = {
        "slow": training.Times(9, (3.7e-2, 3.5e-2), ()),
        "quick": training.Times(9, (4.5e-7, 5e-7), (), rough=True),
        "chainrule native exact": training.Times(9, (1e-6, 1e-6), ()),
    }
    assert training.page(training.WORKS[0], times) == [
        "| | a step | times native exact |",
        "|---|---|---|",
        "| chainrule native exact | 1 µs | 1 |",
        "| quick | at most 450 ns | 0.45 (0.45-0.50) |",
        "| slow | 35 ms | 35,000 (35,000-37,000) |",
    ]
