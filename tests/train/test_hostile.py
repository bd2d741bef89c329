"""Files that are damaged, foreign or made to harm: each is refused in words, and nothing in them is run."""

import io
import json
import pickle
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import ChainruleError, RunError
from chainrule.train import npz
from chainrule.train.files import load_run
from chainrule.train.run import Run
from chainrule.train.seal import seal

Trained = Callable[..., Run]
KINDS = ("npz", "json", "csv")

MODEL = """\
index i = 1..2, j = 0..2
const α := 0.3
data x[i] in {0, 1}
target y = x[1]
weight W[j,i] ~ normal(0, 1), b in [-1, 1]
h[j] = Σ_i W[j,i]*x[i] + b
E = (Σ_j h[j] - y)^2/2
"""


@pytest.mark.parametrize("kind", KINDS)
def test_every_changed_byte_is_found(trained: Trained, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"run.{kind}"
    trained(steps=3).save(path)
    for part in tmp_path.iterdir():
        content = part.read_bytes()
        # the last byte of a text is the end of its line, which may be written in other ways
        last = len(content) - (part.suffix == ".json")
        for place in {*range(0, last, 7), *range(max(0, last - 70), last)}:
            changed = bytearray(content)
            changed[place] ^= 1 << place % 8
            part.write_bytes(changed)
            with pytest.raises(RunError) as caught:
                load_run(path)
            assert caught.value.code in ("E364", "E365")
        part.write_bytes(content)
        for stop in (0, 1, 20, len(content) // 2, last - 1):
            part.write_bytes(content[:stop])
            with pytest.raises(RunError) as caught:
                load_run(path)
            assert caught.value.code in ("E364", "E365")
        part.write_bytes(content)
    assert load_run(path).verify()


def test_a_run_that_lies_is_found_by_training_again(trained: Trained, tmp_path: Path) -> None:
    trained(steps=5).save(tmp_path / "run.json")
    text = (tmp_path / "run.json").read_text("utf-8")
    found = json.loads(text)
    for change, differs in (
        (
            lambda about, arrays: arrays["weights/w"]["values"].__setitem__(3, 0.75),
            "the weights or states after step 3",
        ),
        (lambda about, arrays: about.update(error=0.25), "the error at the end"),
        (lambda about, arrays: about.update(ended="converged"), "how the run ended"),
        (lambda about, arrays: about.update(ended="left the finite numbers", steps=6), "the number of recorded steps"),
        (lambda about, arrays: about.update(batch="all"), "the weights or states after step 1"),
        (lambda about, arrays: about.update(rate=0.7), "the rate that it says"),
        (
            lambda about, arrays: arrays["values/alpha"]["values"].__setitem__(0, 0.2),
            "the weights or states after step 1",
        ),
    ):
        about, arrays = json.loads(json.dumps(found["about"])), json.loads(json.dumps(found["arrays"]))
        change(about, arrays)
        del about["record_sha256"]
        (tmp_path / "lie.json").write_bytes(resealed(about, arrays))
        report = load_run(tmp_path / "lie.json").verify()
        assert not report
        assert not report.same
        assert report.differs == differs


def resealed(about: Any, arrays: Any) -> bytes:
    text = json.dumps({"about": about, "arrays": arrays}, ensure_ascii=False)
    return seal(f'{text[:-1]}, "sha256": "'.encode(), b'"}')


def test_nothing_hostile_gives_a_traceback(trained: Trained, tmp_path: Path) -> None:
    """Every field of a sealed file replaced by what does not belong there."""
    trained(steps=3).save(tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    strange: list[Any] = [
        None,
        True,
        -1,
        0,
        2**70,
        1e308,
        "x",
        "=1",
        [],
        [[]],
        {},
        {"a": 1},
        [1, "a"],
        "∂",
        "a" * 10**5,
    ]
    refused = 0
    for group in ("about", "arrays"):
        for field in found[group]:
            for value in (*strange, ...):
                parts = json.loads(json.dumps(found))
                if value is ...:
                    del parts[group][field]
                else:
                    parts[group][field] = value
                path = tmp_path / "strange.json"
                path.write_bytes(resealed(parts["about"], parts["arrays"]))
                try:
                    load_run(path).verify()
                except ChainruleError as error:
                    refused += bool(error.help)
    assert refused > 300


def test_shapes_that_do_not_fit_are_refused(trained: Trained, tmp_path: Path) -> None:
    trained(MODEL, steps=3).save(tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    for name, shape in (("weights/W", [24]), ("weights/W", [4, 2, 3]), ("values/x", [2, 4]), ("values/alpha", [1])):
        parts = json.loads(json.dumps(found["arrays"]))
        parts[name]["shape"] = shape
        (tmp_path / "strange.json").write_bytes(resealed(found["about"], parts))
        with pytest.raises(RunError) as caught:
            load_run(tmp_path / "strange.json")
        assert caught.value.code == "E364"


def test_digests_that_are_not_those_of_the_numbers(trained: Trained, tmp_path: Path) -> None:
    trained(steps=3).save(tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    for name in ("data_sha256", "record_sha256"):
        (tmp_path / "lie.json").write_bytes(resealed(found["about"] | {name: "0" * 64}, found["arrays"]))
        with pytest.raises(RunError, match="E364") as caught:
            load_run(tmp_path / "lie.json")
        assert name in caught.value.problem


def test_a_later_form_is_refused(trained: Trained, tmp_path: Path) -> None:
    trained(steps=1).save(tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    for change in ({"version": 2}, {"numerics": "posits"}):
        (tmp_path / "later.json").write_bytes(resealed(found["about"] | change, found["arrays"]))
        with pytest.raises(RunError) as caught:
            load_run(tmp_path / "later.json")
        assert caught.value.code == "E366"


def test_a_model_that_cannot_be_built_again(trained: Trained, tmp_path: Path) -> None:
    trained(steps=1).save(tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    (tmp_path / "odd.json").write_bytes(resealed(found["about"] | {"text": "E = ("}, found["arrays"]))
    with pytest.raises(RunError) as caught:
        load_run(tmp_path / "odd.json")
    assert caught.value.code == "E368"


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in members.items():
            made.writestr(name, content)
        made.comment = b"-" * 64
    return seal(file.getvalue()[:-64])


def npy(array: Any, **how: Any) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, **how)
    return file.getvalue()


class Bomb:
    def __reduce__(self) -> Any:
        return pytest.fail, ("unpickled",)


HUGE = npy(np.zeros(1)).replace(b"(1,), }" + b" " * 15, b"(1000000000000000,), }")[:128] + bytes(8)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (archive({"about.npy": bytes(10**6)}, zipfile.ZIP_DEFLATED), "is compressed or encrypted"),
        (
            archive({"about.npy": npy(np.array([Bomb()], dtype=object), allow_pickle=True)}),
            "is not an array of numbers",
        ),
        (archive({"about.npy": pickle.dumps(Bomb())}), "is not an array of numbers"),
        (archive({"about.npy": HUGE}), "does not have as many numbers as it says"),
        (archive({"about.npy": npy(np.zeros(3))}), "has no part 'about'"),
        (archive({"about.npy": npy(np.frombuffer(b"[1]", np.uint8))}), "its text is not a JSON object"),
        (archive({"about.npy": npy(np.frombuffer(b"[" * 10**5, np.uint8))}), "its text is not JSON"),
        (archive({"about.npy": npy(np.frombuffer(b'{"a": NaN}', np.uint8))}), "its text is not JSON"),
        (archive({"../../out.npy": npy(np.zeros(3))}), "has no part 'about'"),
        (archive({}), "has no part 'about'"),
        (seal(b"PK" + bytes(300)), "is not an archive that can be read"),
        (b"\x00\x01\x02", "is not a run"),
        (b"", "is not a run"),
        (b'{"about": {}}', "is not as it was written"),
    ],
)
def test_archives_that_are_no_runs(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "run.npz"
    path.write_bytes(content)
    with pytest.raises(RunError) as caught:
        load_run(path)
    assert problem in caught.value.problem
    assert caught.value.code in ("E364", "E365")
    assert caught.value.help


def test_parts_that_lie_over_one_another_are_refused(tmp_path: Path) -> None:
    """A thousand names for one stretch of the file are larger together than the file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("a.npy", bytes(10**4))
        made.filelist += [made.filelist[0]] * 1000
        made.comment = b"-" * 64
    (tmp_path / "run.npz").write_bytes(seal(file.getvalue()[:-64]))
    with pytest.raises(RunError, match="E364") as caught:
        load_run(tmp_path / "run.npz")
    assert "its parts are larger than the file" in caught.value.problem


def test_numbers_out_of_a_seal_that_is_right(trained: Trained, tmp_path: Path) -> None:
    """Random bytes changed inside a file that is then sealed again: an error of ours, or a run that can be judged."""
    trained(steps=3).save(tmp_path / "run.npz")
    content = (tmp_path / "run.npz").read_bytes()[:-64]
    draw = random.Random(1)
    for _ in range(300):
        changed = bytearray(content)
        for _ in range(draw.randint(1, 4)):
            changed[draw.randrange(len(changed))] = draw.randrange(256)
        (tmp_path / "odd.npz").write_bytes(seal(bytes(changed)))
        try:
            load_run(tmp_path / "odd.npz").verify()
        except ChainruleError as error:
            assert error.code.startswith("E3")  # noqa: PT017


def test_the_header_that_numpy_writes_is_the_one_that_is_read() -> None:
    for array in (np.zeros((0, 2)), np.array(1.5), np.arange(3, dtype="<i8"), np.zeros((2, 3, 4))):
        assert npz.array(npy(array), "a", "b").tolist() == array.tolist()


def forged(found: Any, *changes: tuple[str, Any]) -> bytes:
    """A run's file with some fields changed, sealed again; a field of the departure is written with a dot."""
    about, arrays = json.loads(json.dumps(found["about"])), found["arrays"]
    about.pop("record_sha256")
    for field, value in changes:
        group, _, inner = field.partition(".")
        if inner:
            about[group][inner] = value
        else:
            about[field] = value
    return resealed(about, arrays)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("departure.equation", "nothing"), ("departure.equation", "\x1b[2J"), ("departure.pattern", -5),
        ("departure.pattern", 99), ("departure.step", -1), ("departure.step", 10**9), ("departure.step", True),
        ("departure.entry", [5]), ("departure.entry", [-1]), ("ended", "converged"), ("rate", "inf"), ("rate", "nan"),
        ("rate", None), ("rate", 10**400), ("error", 10**400), ("seed", 2**40), ("engine", "other"),
        ("projections", [["q", 1, 2]]), ("projections", [["w", -3, 2]]), ("projections", [["w", 5, 2]]),
        ("projections", [["w", True, 2]]), ("projections", [["w", 1, 10**9]]), ("ranges", {"i": [0, 10**9]}),
        ("record", 7), ("steps", -1), ("hold", ["x"]), ("update", "w <- ("), ("text", "(" * 10**5),
    ],
)  # fmt: skip
def test_a_run_forged_with_a_right_seal_is_refused(trained: Trained, tmp_path: Path, field: str, value: Any) -> None:
    trained(steps=10**4, rate=100.0).save(tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert found["about"]["departure"] is not None
    (tmp_path / "lie.json").write_bytes(forged(found, (field, value)))
    with pytest.raises(RunError) as caught:
        load_run(tmp_path / "lie.json")
    assert caught.value.code in ("E364", "E368")
    assert caught.value.help


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_weights_that_are_no_numbers_are_refused(trained: Trained, tmp_path: Path, value: str) -> None:
    trained(steps=3).save(tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    for place in range(4):
        arrays = json.loads(json.dumps(found["arrays"]))
        arrays["weights/w"]["values"][place] = value
        about = {name: one for name, one in found["about"].items() if name != "record_sha256"}
        (tmp_path / "lie.json").write_bytes(resealed(about, arrays))
        with pytest.raises(RunError, match="not finite"):
            load_run(tmp_path / "lie.json")


@pytest.mark.parametrize(
    "change",
    [
        ('"rate": 0.1', '"rate": 1e400'),
        ('"rate": 0.1', '"rate": 1e-400'),
        ('"rate": 0.1', '"rate": Infinity'),
        ('"hold": []', '"hold": [], "hold": []'),
        ('"steps": 3', f'"steps": {"9" * 5000}'),
    ],
)
def test_json_that_can_be_read_in_two_ways_is_refused(
    trained: Trained, tmp_path: Path, change: tuple[str, str]
) -> None:
    trained(steps=3).save(tmp_path / "run.json")
    text = (tmp_path / "run.json").read_text("utf-8").rpartition(', "sha256": "')[0]
    assert change[0] in text
    (tmp_path / "lie.json").write_bytes(seal((text.replace(*change) + ', "sha256": "').encode(), b'"}'))
    with pytest.raises(RunError, match="is not JSON"):
        load_run(tmp_path / "lie.json")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("validation.patterns", 10**9), ("validation.patterns", 0), ("validation.patterns", True),
        ("validation.origin", 3), ("validation", 3), ("validation", {}),
        ("scales", {"q": {"mean": 0.0, "spread": 1.0}}), ("scales", {"x": {"mean": "nan", "spread": 1.0}}),
        ("scales", {"x": {"mean": 0.0, "spread": 0.0}}),
        ("scales", {"x": 3}), ("scales", []),
    ],
)  # fmt: skip
def test_what_is_held_out_or_scaled_is_that_of_the_model(tmp_path: Path, field: str, value: Any) -> None:
    held_out(tmp_path)
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    (tmp_path / "lie.json").write_bytes(forged(found, (field, value)))
    with pytest.raises(RunError, match="E364"):
        load_run(tmp_path / "lie.json")


def held_out(folder: Path) -> None:
    model = cr.Model("data x\ntarget y\nweight w := 0.5\nE = (w*x - y)^2/2\n")
    model.train({"x": [0, 1, 2, 3], "y": [1, 2, 3, 4]}, steps=3, validation=0.5, standardise=True).save(
        folder / "run.json"
    )


def test_arrays_that_are_held_out_are_those_of_the_model(tmp_path: Path) -> None:
    held_out(tmp_path)
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    about = {name: one for name, one in found["about"].items() if name != "record_sha256"}
    two = {"shape": [2], "values": [1.0, 2.0]}
    for change in (
        {"validation/q": two}, {"validation/w": two}, {"validation/x": {"shape": [3], "values": [1.0, 2.0, 3.0]}},
        {"validation/x": {"shape": [2], "values": ["nan", 1.0]}},
    ):  # fmt: skip
        (tmp_path / "lie.json").write_bytes(resealed(about, found["arrays"] | change))
        with pytest.raises(RunError, match="E364"):
            load_run(tmp_path / "lie.json")
    (tmp_path / "whole.json").write_bytes(resealed(about, found["arrays"]))
    assert load_run(tmp_path / "whole.json").verify()
