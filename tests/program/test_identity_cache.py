"""What is kept is given back to the very object it was made from, and to no other."""

import chainrule as cr
from chainrule.model import build
from chainrule.notation import parse
from chainrule.program import lower
from chainrule.program.identity_cache import IdentityCache

TEXT = "data x in {1, 2}\ntarget y = 2*x\nweight w := 0, b := 0\nE = (w*x + b - y)^2"


def test_a_model_is_lowered_once_for_each_question() -> None:
    model = build(parse(TEXT))
    assert lower(model) is lower(model)
    assert lower(model) is not lower(model, hold=["b"])
    assert lower(model, hold=["b"]) is lower(model, hold=("b", "b"))
    assert lower(model) is not lower(build(parse(TEXT)))


def test_the_oldest_is_forgotten_and_its_place_taken_by_no_other() -> None:
    kept, sources = IdentityCache[int](2), [object() for _ in range(3)]
    assert [kept.get(source, None, lambda k=k: k) for k, source in enumerate(sources)] == [0, 1, 2]
    assert kept.get(sources[2], None, lambda: 9) == 2
    assert kept.get(sources[0], None, lambda: 9) == 9


def test_a_second_training_asks_anew_what_differs() -> None:
    model = cr.Model(TEXT)
    runs = [
        model.train(steps=20, rate=0.1, batch=batch, hold=hold, engine=engine, numerics=numerics)
        for batch in ("all", [0], [1])
        for hold in ((), ("b",))
        for engine, numerics in (("reference", "exact"), ("native", "exact"), ("native", "fused"))
    ]
    again = [cr.Model(TEXT).train(steps=20, rate=0.1, batch=batch, hold=hold, engine="reference") for batch in
             ("all", [0], [1]) for hold in ((), ("b",))]  # fmt: skip
    assert [run.weights for run in runs[::3]] == [run.weights for run in runs[1::3]] == [run.weights for run in again]
