"""A page's link: what is written is read again to the bit, by JavaScript and by Python, and hostile ones do nothing."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.page.node import in_node, needs_node

import chainrule as cr
from chainrule.errors import UsageError
from chainrule.page import link

MANY = 10_000
MARK = "0123456789abcdef"
KNOWN = {
    "hash": MARK,
    "entries": ["w", "b₁", *(f"W[{n}]" for n in range(300))],
    "weights": ["w", "b1", "W", "T_hat"],
    "consts": ["lambda"],
    "columns": ["x", "y"],
    "rules": ["own", "gd", "sign", "momentum"],
    "quantities": ["w", "ŷ", "E", "∂E/∂w"],
    "arrays": ["W", "x"],
}
FORM = dict(link.form())


def written(folder: Path, states: list[dict[str, Any]]) -> list[dict[str, Any]]:
    body = "return given.states.map((one) => writeLink(given.form, one))"
    found: list[dict[str, Any]] = in_node(folder, {"link": "writeLink"}, body, {"form": FORM, "states": states})
    return found


def read(folder: Path, fragments: list[str], known: dict[str, Any] = KNOWN) -> list[dict[str, Any]]:
    body = "return given.fragments.map((one) => readLink(given.form, one, given.known))"
    given = {"form": FORM, "known": known, "fragments": fragments}
    found: list[dict[str, Any]] = in_node(folder, {"link": "readLink"}, body, given)
    return found


def number(draw: random.Random) -> float:
    while True:
        found: float = struct.unpack("<d", struct.pack("<Q", draw.getrandbits(64)))[0]
        if found - found == 0:
            return found


def state(draw: random.Random) -> dict[str, Any]:
    """What a page may have to say."""
    orders: list[Any] = ["each", "all", "shuffled", draw.randint(1, 9999), [3], [0, 2, 1], [[0, 1], [2]]]
    whole: dict[str, Any] = {
        "m": MARK, "a": number(draw), "w.w": number(draw), "w.W[3]": number(draw), "w.b₁": number(draw),
        "c.lambda": draw.choice((0.0, -0.0, 5e-324, 0.1)), "x.x.0": float(draw.randint(-9, 9)), "x.y.12": number(draw),
        "order": draw.choice(orders), "rule": draw.choice(KNOWN["rules"]), "hold": ["w", "b1"],
        "seed": draw.randint(0, 2**32 - 1), "steps": draw.randint(0, 10**5), "k": draw.randint(0, 10**5),
        "weight": 3, "row": 0,
        "phase": draw.randint(1, 4), "q": draw.choice(KNOWN["quantities"]), "tab": "plane", "fade": "rule", "ask": "1",
        "l.w.6": draw.choice(("(ŷ − y)·x", "a&b=c#d%20", "½·x²", "a+b", "<b>", "𝕏")), "l.T_hat.12": "x",
    }  # fmt: skip
    return {name: value for name, value in whole.items() if name == "m" or draw.random() < 0.7}


@needs_node()
def test_what_is_written_is_read_again_in_both_languages(tmp_path: Path) -> None:
    draw = random.Random(3)
    states = [state(draw) for _ in range(500)]
    links = written(tmp_path, states)
    for was, one, again in zip(states, links, read(tmp_path, [one["fragment"] for one in links]), strict=True):
        assert again == {"state": was, "ignored": [], "refused": None}
        here = link.read(one["fragment"], KNOWN, MARK)
        assert (dict(here.state), here.ignored) == (was, ())
        assert json.dumps(here.state, sort_keys=True) == json.dumps(was, sort_keys=True), "−0 is not 0"
        assert one["fragment"].isascii()
        assert not set(one["fragment"]) & set(' "<>#')


def hostile(draw: random.Random) -> str:
    """A fragment that nobody means well with: a good one broken, or made of pieces that break something."""
    pieces = [
        "__proto__=1", "constructor=1", "w.__proto__=1", "x.toString=1", "l.w.=x", "l.w.0=x", "l.w.100=x",
        "l.__proto__.1=x", "a=1e999", "a=NaN", "a=Infinity", "a=0x10", "a=1_0", "a= 1", "a=１", "a=", "a=1,2", "a=--1",
        "a=1e", "w.w=", "w.w=1,,2", "k=-1", "k=1.5", "k=99999999999999999999", "phase=5", "phase=0", "order=atall",
        "order=at", "order=0", "order=at1;;2", "rule=evil", "rule=__proto__", "q=<script>", "tab=constructor",
        "fade=3", "ask=true", "seed=9007199254740992", "l.w.6=%00", "l.w.6=%E2%80%AE", "l.w.6=" + "x" * 401,
        "l.w.6=%ED%A0%80", "l.w.6=%", "l.w.6=%zz", "%=1", "=", "&", "&&", "m=0123456789abcdeF", "m=",
        "m=fedcba9876543210", "out=__proto__", "hold=w,w2", "hold=", "javascript:alert(1)", "#", "🙂=🙂",
        "x.x=1", "x.x.00=1", "x.x.1000000=1", "x.x.-1=1", "a=" + "1" * 41, "a=1\n", "k=1\n", "l.w.6=a%0Ab", "a=1&a=2",
        "\ud800=1", "a=\udc00",
    ]  # fmt: skip
    good = [f"m={MARK}", "a=0.5", "w.w=2", "x.x.0=7", "k=3", "order=at0,1;2", "q=" + quote("ŷ")]
    good.append("l.w.6=" + quote("(ŷ − y)·x"))
    parts = [draw.choice(pieces if draw.random() < 0.6 else good) for _ in range(draw.randint(1, 8))]
    if draw.random() < 0.8:
        parts.insert(draw.randint(0, len(parts)), f"m={MARK}")
    text = "&".join(parts)
    for _ in range(draw.choice((0, 0, 1, 3))):
        at = draw.randint(0, len(text))
        text = text[:at] + draw.choice(("%", "=", "&", "\0", ".", "é", "-", "")) + text[at + draw.randint(0, 2) :]
    return text


@needs_node()
def test_hostile_fragments_are_ignored_alike_in_both_languages(tmp_path: Path) -> None:
    draw = random.Random(4)
    fragments = [hostile(draw) for _ in range(MANY)]
    fragments += ["x" * 20_001, f"m={MARK}&" * 3000, "", "#", "derivation", f"#m={MARK}&k=2"]
    for text, found in zip(fragments, read(tmp_path, fragments), strict=True):
        here = link.read(text, KNOWN, MARK)
        assert found["state"] == here.state, text
        assert found["ignored"] == list(here.ignored), text
        assert (found["refused"] is None) == (here.mark in ("", MARK)), text
        assert all(allowed(name, value) for name, value in found["state"].items()), text


def allowed(name: str, value: Any) -> bool:
    """Whether a value is one that a page of KNOWN may be given, said again in other words."""
    stem, _, rest = name.partition(".")
    lists = {"w": "entries", "c": "consts", "x": "columns"}
    if rest and stem in lists:
        return (rest.rpartition(".")[0] if stem == "x" else rest) in KNOWN[lists[stem]] and value - value == 0
    if rest and stem == "l":
        return rest.rpartition(".")[0] in KNOWN["weights"] and len(value) <= 400 and value.isprintable()
    tabs = ["curve", "plane", "answers", "map"]
    chosen = {"rule": KNOWN["rules"], "q": KNOWN["quantities"], "tab": tabs, "ask": ["0", "1"]}
    if name in chosen:
        return value in chosen[name]
    return name in ("m", "a", "order", "hold", "seed", "steps", "k", "phase", "fade", "out", "weight", "row")


@needs_node()
def test_a_link_of_another_model_is_refused_with_the_reason(tmp_path: Path) -> None:
    one, two = read(tmp_path, [f"m={MARK[::-1]}&a=1", "derivation"])
    assert (one["state"], one["refused"]) == ({}, "link.other")
    assert (two["state"], two["refused"], two["ignored"]) == ({}, None, ["derivation"])


@needs_node()
def test_long_arrays_stay_out_and_the_link_says_so(tmp_path: Path) -> None:
    many, few = ({f"w.W[{n}]": 0.5 for n in range(201)}, {f"x.x.{n}": 1 for n in range(200)})
    found = written(tmp_path, [{"m": MARK, "w.w": 2, **many, **few}])[0]
    assert found["out"] == ["W"]
    assert read(tmp_path, [found["fragment"]])[0]["state"] == {"m": MARK, "w.w": 2, **few, "out": ["W"]}


@needs_node()
def test_what_is_not_finite_stays_out(tmp_path: Path) -> None:
    body = "return writeLink(given, { m: 'f'.repeat(16), a: NaN, 'w.w': Infinity, k: 2, 'l.w.6': '' }).fragment"
    assert in_node(tmp_path, {"link": "writeLink"}, body, FORM) == f"m={'f' * 16}&k=2&l.w.6="


def test_the_lines_of_a_learner_are_found() -> None:
    model = cr.example("identity")
    address = f"file:///home/me/identity.html#m={link.mark(model.text)}&l.w.6={quote('(ŷ − y)·x')}&l.w.5=1&q=E"
    found = link.of_model(address, model.network, model.text)
    assert found.lines == {("w", 5): "1", ("w", 6): "(ŷ − y)·x"}
    assert list(found.lines) == [("w", 5), ("w", 6)]
    assert found.state["q"] == "E"


@pytest.mark.parametrize("address", ["", "#", "page.html", "https://example.com/", "m=zz", "m=" + "0" * 16])
def test_what_is_no_link_of_this_model_is_an_error(address: str) -> None:
    model = cr.example("identity")
    with pytest.raises(UsageError) as caught:
        link.of_model(address, model.network, model.text)
    assert caught.value.code == "E058"
