"""The benchmark of maps: peers agree about every run, and over a border about which stay; one that does not is told."""

import ctypes
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from chainrule.engines.machine import machine_of
from chainrule.numbers.elementary.exponential import tanh
from chainrule.numbers.numerics import NUMERICS


@pytest.mark.parametrize(
    "shape, bits",
    [((4, 8, 12, 16), 64), ((4, 8, 12, 16), 32), ((0, 0, 2, 32), 64)],
    ids=["network", "network32", "neuron"],
)
def test_the_peers_of_maps_agree(training: ModuleType, shape: tuple[int, int, int, int], bits: int) -> None:
    from _maps import Map
    from peers.maps import map_peers

    work = Map("little", "", *shape, 5, bits)
    peers = {name: peer for name, peer in map_peers(work).items() if "torch.compile" not in name}
    ready, missing = training.gathered(work, peers)
    assert "NumPy" in ready
    assert not [why for why in missing.values() if "differ" in why]
    assert set(ready) | set(missing) == set(peers)


@pytest.mark.parametrize("bits", [64, 32])
def test_over_a_border_runs_leave_and_others_stay(training: ModuleType, bits: int) -> None:
    from _maps import Map
    from peers.maps import map_peers

    work = Map("little", "", 4, 8, 12, 32, 40, bits, grid=(8, 4))
    here = map_peers(work)
    peers = {name: here[name] for name in here if name.startswith(("chainrule", "C intrinsics", "NumPy"))}
    ready, missing = training.gathered(work, peers)
    assert "NumPy" in ready
    assert not [why for why in missing.values() if "run" in why]
    stayed = ready["NumPy"].agrees.stayed
    assert 4 <= stayed <= 28, "there is a border"
    lines = training.apart(work, ready)
    assert any(line.startswith("NumPy") and f"{stayed} of 32 runs" in line for line in lines)


def test_a_wrong_map_is_seen(training: ModuleType) -> None:
    from _maps import MAPS, Map
    from peers.maps import MAP_PEERS

    border = Map("little", "", 4, 8, 12, 32, 40, grid=(8, 4))
    for work in (next(one for one in MAPS if one.name == "map32"), border):
        small = replace(work, runs=32, patterns=12)
        right = MAP_PEERS["NumPy"](small)(small.check)
        wrong = replace(small)
        wrong.__dict__["rates"] = small.rates * small.dtype(1.01)
        for weights in (MAP_PEERS["NumPy"](wrong)(small.check), np.full_like(right, np.nan)):
            peers = {"NumPy": MAP_PEERS["NumPy"], "planted": lambda _, weights=weights: lambda steps: weights}
            ready, missing = training.gathered(small, peers)
            assert list(ready) == ["NumPy"]
            assert missing["planted"]


def test_the_border_is_where_the_error_or_a_weight_is_not_finite(training: ModuleType) -> None:
    from _maps import Map

    work = Map("little", "", 4, 8, 12, 4, 1, 32, grid=(2, 2))
    rows = np.zeros((4, 40), np.float32)
    rows[1, 0], rows[2, -1], rows[3, -1] = np.nan, 1e30, 1e10  # the square of the second is beyond float32
    rows[2, :32] = rows[3, :32] = 1.0
    assert work.stayed(rows).tolist() == [True, False, False, True]
    assert replace(work, bits=64).stayed(rows).tolist() == [True, False, True, True]


@pytest.mark.parametrize("bits", [64, 32])
@pytest.mark.parametrize("target", [["-march=native", "-mno-avx512f"], ["-march=x86-64"]], ids=["avx2", "neither"])
def test_the_intrinsics_are_of_avx2_too_or_missing(training: ModuleType, target: list[str], bits: int) -> None:
    from _maps import Map
    from peers.maps import MAP_PEERS, by_c

    work = Map("little", "", 4, 8, 12, 16, 5, bits)
    strict = ["-O3", "-ffp-contract=off", *target, "-DFUSED"]
    peers = {"NumPy": MAP_PEERS["NumPy"], "C": lambda work: by_c.trained(work, "maps/hand.c", strict, "by_hand")}
    ready, missing = training.gathered(work, peers)
    if "C" in ready:
        assert target != ["-march=x86-64"]
        assert ready["C"].agrees.differs < (1e-13 if bits == 64 else 1e-6)
    else:
        assert "gcc" in missing["C"]


def test_operations_are_those_of_the_products(training: ModuleType) -> None:
    from _maps import MAPS

    assert MAPS[0].flops == 2 * 272 * 16 * 16 * 2 + 2 * 272 * 16 * 2


def test_rates_stand_as_in_a_picture(training: ModuleType) -> None:
    """So neighbours leave together: the rate of the last layer decides more, and is one along a line."""
    from _maps import Map

    rates = Map("little", "", 4, 8, 12, 6, 1, grid=(2, 3)).rates
    assert rates[:, 0].tolist() == pytest.approx([1e-3, 10**1.5, 1e6] * 2)
    assert rates[:, 1].tolist() == pytest.approx([1e-3] * 3 + [1e6] * 3)


@pytest.mark.parametrize("name", ["exact", "fused", "fused32"])
def test_tanh_of_the_intrinsics_has_the_bits_of_ours(training: ModuleType, name: str) -> None:
    from peers.maps.by_c import STRICT
    from peers.plain_c import library

    numerics = NUMERICS[name]
    options = [*STRICT, *["-DFUSED"] * numerics.fused, f"-DBITS={numerics.bits}"]
    sizes = ["-DPATTERNS=4", "-DINPUTS=4", "-DUNITS=4", "-DSCALE=1"]
    try:
        code = library("maps/hand.c", [*options, *sizes], numerics.constants)
    except training.Missing as reason:
        pytest.skip(str(reason))
    machine, edges = machine_of(numerics), [0.0, -0.0, np.inf, -np.inf, 30.0, -30.0, 1e-30, 1.0]
    inputs = machine.number(np.append(np.random.default_rng(1).normal(0, 3, 4088), edges))
    found = np.empty_like(inputs)
    arrays = [ctypes.c_void_p(array.ctypes.data) for array in (inputs, found)]
    code.tanh_of_each(ctypes.c_long(inputs.size), *arrays)
    assert found.tobytes() == np.asarray(tanh(machine, inputs)).tobytes()
