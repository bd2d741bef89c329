"""The benchmark of training: every peer that is here computes the same weights, and one that does not is told."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(BENCHMARKS)
    import training

    return training


def little(training: ModuleType) -> list:  # type: ignore[type-arg]
    """The neuron, and a network whose layers differ in size, so that a peer cannot mix up rows and columns."""
    return [training.WORKS[0], training.Work("little", "", (3, 4, 5, 2), 6, 2, 4)]


def test_the_peers_agree(training: ModuleType) -> None:
    for work in little(training):
        ready, missing = training.gathered(work)
        assert {"chainrule reference", "NumPy", "Python", "micrograd-style"} <= set(ready)
        assert not [why for why in missing.values() if "differ" in why]
        assert set(ready) | set(missing) == set(training.PEERS), "a peer is measured or named"
        assert all(missing.values())


def test_the_weights_have_moved(training: ModuleType) -> None:
    neuron, network = little(training)
    for work in (neuron, network):
        train = training.PEERS["NumPy"](work)
        assert np.max(np.abs(train(work.check) - train(0))) > 1e-7


def test_a_peer_that_computes_something_else_is_named(training: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    right = training.PEERS["NumPy"]
    wrong = {"NumPy": right, "planted": lambda work: lambda steps: right(work)(steps) * (1 + 1e-6)}
    monkeypatch.setattr(training, "PEERS", wrong)
    ready, missing = training.gathered(little(training)[1])
    assert list(ready) == ["NumPy"]
    assert "differ" in missing["planted"]


def test_the_quickest_rounds_are_compared_and_the_range_is_of_the_rounds(training: ModuleType) -> None:
    ours, theirs = training.Times(9, (1.0, 2.0, 4.0), ()), training.Times(9, (2.0, 8.0, 8.0), ())
    assert ours.against(theirs) == (2.0, 2.0, 4.0)
    assert training.Times(9, (1.0, 3.0), ()).against(training.Times(9, (6.0, 3.0), ())) == (3.0, 1.0, 6.0)
    ready = dict.fromkeys(("chainrule x", "peer"), training.Ready(None, 0.1, 0))
    lines = training.table({"chainrule x": ours, "peer": theirs}, ready, {"gone": "why"})
    assert lines[2].split()[-2:] == ["2", "(2-4)"]
    assert lines[3].endswith("not measured: why")


@pytest.mark.parametrize("shape", [(4, 8, 12, 16), (0, 0, 2, 32)], ids=["network", "neuron"])
def test_the_peers_of_maps_agree(training: ModuleType, shape: tuple[int, int, int, int]) -> None:
    from _maps import Map
    from peers.maps import MAP_PEERS

    ready, missing = training.gathered(Map("little", "", *shape, 5), MAP_PEERS)
    assert "NumPy" in ready
    assert not [why for why in missing.values() if "differ" in why]
    assert set(ready) | set(missing) == set(MAP_PEERS)
