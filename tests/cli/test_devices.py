"""`chainrule devices`, and a map on one, as people and programs read them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from chainrule.cli import cli

pytest.importorskip("llvmlite")


def test_devices_as_json_have_the_processor_first() -> None:
    done = CliRunner().invoke(cli, ["devices", "--json"])
    assert done.exit_code == 0
    found = json.loads(done.output)
    assert found["devices"][0]["device"] == "cpu"
    assert found["devices"][0]["numerics"] == ["exact", "fused", "fused32", "plain32"]
    known = {one["device"] for one in found["devices"]} | set(found["missing"])
    assert known == {"cpu", "gpu", "opencl"}


@pytest.mark.parametrize("device", ["gpu", "opencl"])
def test_a_map_on_a_device_says_what_was_checked_or_why_not(device: str) -> None:
    line = ["map", "identity", "--axis", "α=[0.1, 1, 10]", "--steps", "5", "--device", device]
    said = CliRunner().invoke(cli, line).output
    assert "checked on 3 cells" in said or "every cell on the processor: " in said
    made = json.loads(CliRunner().invoke(cli, [*line, "--json"]).output)["made"]
    assert made["device"] == device
    assert made["agreed"] == made["checked"]
    assert made["made"] + made["other"] >= 3


def test_numerics_that_a_card_has_not_are_refused() -> None:
    line = ["map", "identity", "--axis", "α=[0.1]", "--device", "gpu", "--numerics", "exact"]
    assert "E681" in CliRunner().invoke(cli, line).output
