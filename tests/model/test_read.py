"""One network for one text: what was made for it serves whoever asks again, and nobody else."""

import numpy as np
import pytest

import chainrule as cr
from chainrule.model.read import LONGEST

LINE = "data x\ntarget y\nweight w := 0.5\nE = ½(w·x − y)²\n"
DEEP = "weight w := 1\nE = " + "(" * 250 + "w" + ")^2" * 250


def test_a_text_is_one_network_and_its_data_are_each_models_own() -> None:
    one, other = (cr.Model(LINE, data={"x": [1.0], "y": [y]}) for y in (0.0, 2.0))
    assert one.network is other.network
    assert [model.train(steps=1, rate=0.1).weights["w"] for model in (one, other)] == [0.45, 0.65]
    assert one.network is not cr.Model(LINE, "line.eq").network, "errors name the text"
    assert one.network is not cr.Model(LINE + "# 2").network


def test_a_limit_that_was_raised_is_raised_for_nobody_else() -> None:
    for _ in range(2):
        with pytest.raises(cr.LimitError):
            cr.Model(DEEP)
        assert cr.Model(DEEP, limits={"depth": 600}).weights == ("w",)
    with cr.limits(depth=600):
        assert cr.Model(DEEP).network is cr.Model(DEEP, limits={"depth": 600}).network


def test_an_error_is_told_each_time() -> None:
    for _ in range(2):
        with pytest.raises(cr.ChainruleError) as caught:
            cr.Model("weight w := 1\nE = tahn(w)")
        assert caught.value.place == (2, 5)


def test_a_long_text_is_not_kept() -> None:
    long = LINE + "#" * LONGEST
    assert cr.Model(long).network is not cr.Model(long).network


def test_a_run_that_is_loaded_has_the_network_of_its_model(tmp_path) -> None:  # type: ignore[no-untyped-def]
    model = cr.Model(LINE, data={"x": [1.0, 2.0], "y": [0.0, 1.0]})
    run = model.train(steps=5)
    run.save(tmp_path / "run.npz")
    again = cr.load_run(tmp_path / "run.npz")
    assert again.program is run.program
    np.testing.assert_array_equal(again.trace["w"], run.trace["w"])
    assert again.verify().same
