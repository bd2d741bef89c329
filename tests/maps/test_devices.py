"""Maps on a graphics card: the bits of the processor, what is said of them, and what happens where a card fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

pytest.importorskip("wgpu")
pytest.importorskip("llvmlite")

import chainrule as cr
from chainrule.api.planned import planned
from chainrule.code.wgsl import arithmetic
from chainrule.engines.gpu import opencl
from chainrule.engines.gpu.device import adapters
from chainrule.engines.gpu.many import DeviceMany
from chainrule.errors import MissingExtra, UsageError
from chainrule.maps.begin import begin
from chainrule.maps.fill import fill
from chainrule.maps.made import Made, sample, together
from chainrule.maps.noted import look, noted
from chainrule.maps.plan import Plan
from chainrule.maps.runners.choose import How
from chainrule.maps.store.place import Memory
from chainrule.train.device import card, forget

if not adapters():
    pytest.skip("no graphics card answers, nor a driver that plays one", allow_module_level=True)

RATES = "α=geometric(0.05, 1e5, 12)"
MEASURES = ("reach(0.02)", "largest", "trained", "period", "sharpness")

BASIN = "weight x := 0.5, y := 0.5\nE = 1/4*(1 − x²·y²)²"
DATA = {"x": [0.5, -1.0, 2.0, 0.1], "y": [1.0, 0.0, -1.0, 0.3]}
FIT = "data x\ntarget y\n"

MAPS: dict[str, tuple[str, dict[str, Any], Any, dict[str, Any]]] = {
    "identity": ("identity", {}, [RATES, "w=linear(0, 1, 7)"], {"measures": MEASURES}),
    "xor": ("xor", {}, [RATES], {"measures": MEASURES, "batch": "all"}),
    "xor in turns": ("xor", {}, [RATES], {"measures": MEASURES, "batch": "each"}),
    "xor shuffled": ("xor", {}, [RATES, "seed=[1, 2, 3]"], {"batch": "shuffled", "measures": "reach(0.1)"}),
    "xor with momentum": ("xor", {}, [RATES], {"update": "momentum", "measures": "trained"}),
    "xor with Adam": ("xor", {}, ["α=geometric(1e-4, 10, 12)"], {"update": "adam", "batch": 2}),
    "basin": (BASIN, {}, ["x=linear(-4, 4, 12)", "y=linear(-4, 4, 11)"], {"rate": 0.4, "measures": ("largest",)}),
    "box": (FIT + "weight w in [-0.5, 0.5] := 0.3, b in [0, ∞) := 0.1\nE = (w*x + b - y)^2", DATA, [RATES], {}),
    "huge": (FIT + "weight w := 1\nE = (w*x - y)^2", DATA, ["α=geometric(1, 1e6, 9)", "w=[-1e30, 0, 1e-40, 1e39]"], {}),
    "kinks": (FIT + "weight a := 0.4, b := -0.3\nE = abs(max(a*x, b) - relu(y - a)) + [a > b]*a^2", DATA, [RATES], {}),
    "letters": (
        "index i = 1..2, j = 1..4\ndata x\ntarget y\nweight W[j,i] ~ normal(0, 1), c[j] ~ normal(0, 1)\n"
        "h[j] = tanh(W[j,1]*x + W[j,2])\nE = (sum_j c[j]*h[j] - y)^2",
        DATA, [RATES, "W*=[0.5, 2]"], {"chosen": ("W", "h"), "measures": "trained"},
    ),
    "a const of data": ("const k := 1\ndata x in {1, 2}\nweight w := 0.3\nE = (sin(k*w*x) - k)^2",
                        {}, ["k=linear(0.5, 2, 5)", RATES], {"batch": 1}),
}  # fmt: skip


def there_is_opencl() -> None:
    pytest.importorskip("pyopencl")
    if not opencl.adapters():
        pytest.skip("no device of OpenCL answers")


def model_of(name: str) -> cr.Model:
    text, data, _, _ = MAPS[name]
    return cr.example(text) if text in ("xor", "identity") else cr.Model(text, data=data or None)


def same(one: Any, other: Any) -> bool:
    return all(one[name].tobytes() == other[name].tobytes() for name in one.arrays)


@pytest.mark.parametrize("device, numerics", [("gpu", "plain32"), ("opencl", "exact"), ("opencl", "plain32"),
                                              ("opencl", "fused"), ("opencl", "fused32")])
@pytest.mark.parametrize("name", MAPS)
def test_maps_have_the_bits_of_the_processor(name: str, device: str, numerics: str) -> None:
    _, _, axes, how = MAPS[name]
    if device == "opencl":
        there_is_opencl()
    model = model_of(name)
    mine = model.map(axes, steps=60, device=device, numerics=numerics, **how)
    right = model.map(axes, steps=60, numerics=numerics, **how)
    assert same(mine, right)
    assert mine.made is not None
    assert (mine.made.why, mine.made.numerics) == ("", numerics)
    assert 0 < mine.made.agreed == mine.made.checked <= mine.status.size
    assert mine.made.made + int((mine.status == 4).sum()) == mine.status.size
    assert "checked on" in repr(mine)
    assert right.made is None


def test_a_cell_is_a_run_of_the_processor() -> None:
    found = model_of("xor").map([RATES], steps=30, device="gpu")
    assert found.run_at(α=0.05).error == found.cell(α=0.05)["error"]


def test_words_and_pictures_say_what_was_checked() -> None:
    found = model_of("identity").map([RATES, "w=linear(0, 1, 7)"], steps=10, device="gpu")
    scene = found.figure(bounds=False).scene
    assert "plain32, checked on 64 cells" in scene.title
    assert "checked on 64 cells" in scene.description


@pytest.fixture
def lying() -> Any:
    """A card whose products are sometimes one bit more, though it rounded well when it was tried."""
    card()
    wrong = "fn product(x: f32, y: f32) -> f32 { return wall(x * y * select(1f, 0x1.000002p+0f, less(x, y))); }"
    right = "fn product(x: f32, y: f32) -> f32 { return wall(x * y); }"
    assert right in arithmetic.SUMS
    with patch.object(arithmetic, "SUMS", arithmetic.SUMS.replace(right, wrong)):
        yield


def test_a_card_that_rounds_otherwise_is_caught(lying: None) -> None:
    found = model_of("xor").map("α=geometric(0.05, 1e5, 36)", steps=60, device="gpu", batch="all")
    assert found.made is not None
    assert found.made.numerics == "device32"
    assert found.made.agreed < found.made.checked
    assert "device32, which rounds otherwise: checked on 36 cells" in found.made.said
    assert "device32" in found.figure(bounds=False).scene.title


def test_the_sample_finds_one_bit() -> None:
    plan = planned(model_of("identity"), [RATES, "w=linear(0, 1, 5)"], steps=5, numerics="plain32", measures="trained")
    right = dict(cr.example("identity").map([RATES, "w=linear(0, 1, 5)"], steps=5, numerics="plain32",
                                            measures="trained").arrays)  # fmt: skip
    for name in right:
        arrays = {key: values.copy() for key, values in right.items()}
        arrays[name].reshape(-1).view(np.uint8)[3 * arrays[name].itemsize] ^= 1
        if name == "status":  # a cell that was not run is not in the sample
            arrays[name].flat[3] = 3
        checked, agreed = sample(plan, lambda cuts, arrays=arrays: {key: each[cuts] for key, each in arrays.items()})
        assert (checked, agreed) == (60, 59), name


def test_the_sample_of_a_large_map_lies_everywhere_and_at_the_boundary() -> None:
    plan = planned(model_of("basin"), ["x=linear(-4, 4, 150)", "y=linear(-4, 4, 140)"], rate=0.4, steps=20,
                   numerics="plain32")  # fmt: skip
    arrays = model_of("basin").map(["x=linear(-4, 4, 150)", "y=linear(-4, 4, 140)"], rate=0.4, steps=20,
                                   numerics="plain32").arrays  # fmt: skip
    checked, agreed = sample(plan, lambda cuts: {key: each[cuts] for key, each in arrays.items()})
    assert 100 < checked == agreed <= 128


# --- where a card does not do it


def trouble(error: cr.ChainruleError) -> Any:
    return patch("chainrule.maps.maker.able_card", side_effect=error)


@pytest.mark.parametrize(
    "error",
    [
        MissingExtra("E682", "a graphics card is asked through wgpu, which is not installed", "install it"),
        UsageError("E683", "no graphics card answers through Vulkan, Metal or Direct3D 12", "install its driver"),
        UsageError("E684", "llvmpipe does not round as plain32 numbers do: x * y", "leave it"),
    ],
    ids=lambda error: error.code,
)
def test_without_a_card_the_processor_does_it_and_says_so(error: cr.ChainruleError) -> None:
    with trouble(error):
        found = model_of("identity").map([RATES], steps=20, device="gpu")
    assert found.made is not None
    assert found.made.said == f"every cell on the processor: {error.problem}"
    assert (found.made.checked, found.made.numerics) == (0, "plain32")
    assert same(found, model_of("identity").map([RATES], steps=20, numerics="plain32"))


AXES = ["α=geometric(0.05, 1e5, 80)", "w=linear(0, 1, 70)"]


@pytest.mark.parametrize("code", ["E685", "E686", "E688"])
def test_a_card_that_fails_on_the_way_loses_nothing(code: str) -> None:
    groups, advance = list[Any](), DeviceMany.advance

    def failing(self: DeviceMany, group: Any, *given: Any, **named: Any) -> None:
        if not any(group is one for one in groups):
            groups.append(group)  # one for each tile
        if len(groups) == 3:
            raise UsageError(code, "it went away", "")
        advance(self, group, *given, **named)

    with patch.object(DeviceMany, "advance", failing):
        found = model_of("identity").map(AXES, steps=5, device="gpu")
    assert found.made is not None
    assert found.made.made > 0 < found.made.other
    assert found.made.made + found.made.other == found.status.size
    assert "cells on the processor: it went away" in found.made.said
    assert found.made.agreed == found.made.checked > 0
    assert same(found, model_of("identity").map(AXES, steps=5, numerics="plain32"))


def test_a_device_that_is_gone_is_lost_and_the_next_map_finds_it_again() -> None:
    card().device.device.destroy()
    found = model_of("identity").map([RATES], steps=5, device="gpu")
    assert found.made is not None
    assert "does not answer any more" in found.made.said
    again = model_of("identity").map([RATES], steps=5, device="gpu")
    assert again.made is not None
    assert again.made.why == ""
    forget()


def test_a_network_that_does_not_fit_goes_to_the_processor() -> None:
    text = "index i = 1..1500\ndata x\nweight W[i] ~ normal(0, 1)\nE = (sum_i W[i]*x - 1)^2"
    model = cr.Model(text, data={"x": [0.01, 0.02]})
    found = model.map("α=[0.001, 0.1]", steps=3, device="gpu")
    assert found.made is not None
    assert "has room for 2,048" in found.made.said
    assert same(found, model.map("α=[0.001, 0.1]", steps=3, numerics="plain32"))


def test_other_faults_are_not_taken_for_a_device_s() -> None:
    fault = patch.object(DeviceMany, "advance", side_effect=UsageError("E300", "a fault", ""))
    with fault, pytest.raises(cr.ChainruleError) as caught:
        model_of("identity").map([RATES], steps=5, device="gpu")
    assert caught.value.code == "E300"


@pytest.mark.parametrize("device, numerics, code", [("cuda", None, "E687"), (3, None, "E687"), ("gpu", "exact", "E681"),
                                                    ("gpu", "float", "E454"), ("gpu", 3, "E452")])  # fmt: skip
def test_wrong_devices(device: Any, numerics: Any, code: str) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        model_of("identity").map([RATES], steps=5, device=device, numerics=numerics)
    assert caught.value.code == code


# --- stores


def test_a_map_in_a_folder_says_it_when_it_is_opened_again(tmp_path: Path) -> None:
    found = model_of("identity").map([RATES], steps=5, device="gpu", store=tmp_path / "m.zarr")
    again = cr.load_map(tmp_path / "m.zarr")
    assert found.made == again.made is not None
    assert "checked on 12 cells" in repr(again)
    for name in (tmp_path / "m.zarr" / ".chainrule" / "devices").iterdir():
        name.write_text('{"made": 1e400, "device": "' + "x" * 9999 + '"}')
    assert cr.load_map(tmp_path / "m.zarr").made is None


def plan_of(**how: Any) -> Plan:
    return planned(model_of("identity"), AXES, steps=5, **how)


def test_a_plan_knows_its_device_and_old_plans_are_read() -> None:
    plan, old = plan_of(device="gpu"), plan_of()
    assert Plan.from_json(plan.to_json()) == plan
    assert '"device"' not in old.to_json()
    assert Plan.from_json(old.to_json()).device == "cpu"
    assert plan.differences(plan_of(numerics="plain32"))[0].startswith("the device")


def test_a_store_says_what_made_it_and_refuses_another() -> None:
    place = Memory()
    store = begin(plan_of(device="gpu"), place)
    fill(store, How("threads", 2))
    found = look(store)
    assert found is not None
    assert found == noted(store)
    assert found.made >= 80 * 70  # cells of coarse tiles may be made twice
    assert found.checked == found.agreed == 64
    right = model_of("identity").map(AXES, steps=5, numerics="plain32")
    assert store.arrays()["error"].tobytes() == right["error"].tobytes()
    with pytest.raises(cr.ChainruleError) as caught:
        begin(plan_of(numerics="plain32"), place)
    assert caught.value.code == "E602"
    assert "the device" in caught.value.problem
    store.close()


def test_what_one_process_found_to_be_off_is_not_lost_beside_another() -> None:
    right = Made("gpu", "plain32", ("card",), made=40, checked=128, agreed=128)
    wrong = Made("gpu", "device32", ("card",), made=60, checked=100, agreed=99)
    for parts in ((right, wrong), (wrong, right)):
        found = together(parts)
        assert found is not None
        assert (found.numerics, found.checked, found.agreed, found.made) == ("device32", 100, 99, 100)
    assert together((right, right)) == replace(right, made=80)
    assert together(()) is None
