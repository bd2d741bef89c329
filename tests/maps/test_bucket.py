"""A store in a bucket of a server that speaks as S3 does: created once, replaced only while it is the one that was
read."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.maps.trial import layout, numbers

from chainrule.errors import RunError
from chainrule.maps.fill import fill
from chainrule.maps.runners.choose import How
from chainrule.maps.store import Store
from chainrule.maps.store.bucket import Bucket
from chainrule.maps.store.place import Memory, at

pytest.importorskip("obstore")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server on the loopback."""
    moto = pytest.importorskip("moto.server")
    running = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    import urllib.request

    for name, value in {
        "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": server,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    urllib.request.urlopen(urllib.request.Request(f"{server}/maps", method="PUT")).close()  # noqa: S310
    place = at("s3://maps/m")
    assert isinstance(place, Bucket)
    return place


def test_what_is_there_is_not_created_again_nor_replaced_by_who_read_another(bucket: Bucket) -> None:
    assert bucket.create("a", b"one")
    assert not bucket.create("a", b"two")
    assert bucket.read("a", 99) == b"one"
    old = bucket.etag("a")
    assert bucket.replace("a", b"three", old)
    assert not bucket.replace("a", b"four", old), "its etag is stale"
    assert bucket.read("a", 2) == b"thr"
    assert (bucket.size("a"), bucket.size("b"), bucket.read("b", 9)) == (5, None, None)
    bucket.append("log/x", b"1\n")
    bucket.append("log/x", b"2\n")
    assert bucket.tail("log/x", 0, 99) == (b"1\n2\n", 2)
    assert bucket.tail("log/x", 1, 99) == (b"2\n", 2)
    assert bucket.names("log") == ["x"]
    bucket.delete("a")
    bucket.delete("a")
    assert bucket.read("a", 9) is None


def test_a_map_is_filled_in_a_bucket_and_gone_on_with(bucket: Bucket) -> None:
    shape = layout(4, 4, levels=(1,))
    expected = Store.create(Memory(), shape)
    for tile in shape.tiles():
        expected.commit(tile, numbers(shape, tile))
    place = Bucket("s3://maps/filled")
    store = Store.create(place, shape)
    store.commit((1, 0, 0), numbers(shape, (1, 0, 0)))
    again = Store.create(Bucket("s3://maps/filled"), shape)
    done = fill(again, How(workers=2))
    assert (done.before, done.whole) == (1, True)
    assert again.sha() == expected.sha()
    assert place.names(".chainrule/claims") == []


def test_a_bucket_that_is_not_there_is_said(bucket: Bucket) -> None:
    with pytest.raises(RunError, match=r"E6(05|14)"):
        Store.create(Bucket("s3://no-such-bucket/m"), layout())


# ---- a server that is cut off, does not answer, or answers twice ----


def test_what_was_created_though_the_answer_was_lost_is_ours(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    from obstore.exceptions import GenericError

    place = Bucket("s3://maps/lost")
    put, said = place.lib.put, list[int]()

    def lost(*given: Any, **named: Any) -> Any:
        found = put(*given, **named)
        if not said:
            said.append(1)
            raise GenericError("the connection was cut")
        return found

    monkeypatch.setattr(place.lib, "put", lost)
    assert place.create("claim", b"mine")
    assert said == [1]
    assert not place.create("claim", b"another's")
    place.put("x", b"1")
    assert place.read("x", 9) == b"1"


def test_requests_that_are_cut_off_are_repeated_and_then_said(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    from obstore.exceptions import GenericError

    monkeypatch.setattr("chainrule.maps.store.bucket.PAUSES", (0.0, 0.0))
    place = Bucket("s3://maps/cut")
    place.put("x", b"1")
    get, tries = place.lib.get, [2]

    def cut(*given: Any, **named: Any) -> Any:
        tries[0] -= 1
        if tries[0] >= 0:
            raise GenericError("the connection was cut")
        return get(*given, **named)

    monkeypatch.setattr(place.lib, "get", cut)
    assert place.read("x", 9) == b"1"
    tries[0] = 99
    with pytest.raises(RunError, match="E614") as found:
        place.read("x", 9)
    assert "the connection was cut" in found.value.problem
    assert tries[0] == 96


def test_who_is_to_end_does_though_nobody_answers(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Bucket("s3://maps/silent")
    silent = threading.Event()
    for name in ("delete", "get", "put", "head", "list_with_delimiter"):
        monkeypatch.setattr(place.lib, name, lambda *_, **__: silent.wait())
    place.hurry(0.05)
    began = time.monotonic()
    for call in (
        lambda: place.delete("x"), lambda: place.read("x", 9), lambda: place.put("x", b""), lambda: place.size("x"),
        lambda: place.names("x"),
    ):  # fmt: skip
        with pytest.raises(RunError, match=r"E6(05|14).*no answer|no answer"):
            call()
    assert time.monotonic() - began < 5
    silent.set()


def test_keys_are_neither_shown_nor_written_down(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from chainrule.cli import cli

    monkeypatch.setattr("chainrule.maps.store.bucket.PAUSES", ())
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "HIDDENHIDDEN")
    store = Store.create(Bucket("s3://maps/keys"), layout(4, 4, levels=(1,)))
    store.commit((1, 0, 0), numbers(store.layout, (1, 0, 0)))
    store.place.put("error/c/0/0", b"changed")
    said = ""
    for line in ("repair s3://maps/keys", "work s3://maps/keys --workers 1", "status s3://maps/keys --check",
                 "status s3://maps/none", "work s3://no-bucket/m", "status s3://HIDDENHIDDEN:x@maps/m"):  # fmt: skip
        said += CliRunner().invoke(cli, ["map", *line.split()]).output
    assert "1 tiles were changed" in said
    assert "4 of 4 tiles" in said
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    said += CliRunner().invoke(cli, ["map", "status", "s3://maps/keys"]).output
    assert "HIDDEN" not in said
    place = Bucket("s3://maps/keys")
    monkeypatch.undo()
    assert b"HIDDEN" not in b"".join(bytes(store.place.read(f"{key}/zarr.json", 2**20) or b"") for key in ("", "error"))
    assert place.address == "s3://maps/keys"
