"""A store in a bucket of a server that speaks as S3 does: created once, replaced only while it is the one that was
read."""

from __future__ import annotations

from collections.abc import Iterator

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
