"""Real data: images of handwritten digits are told apart after a few seconds of training."""

import chainrule as cr


def test_digits_are_told_apart() -> None:
    model = cr.example("digits")
    run = model.train(batch=50, steps=150, record=150)
    found = model.evaluate(weights=dict(run.weights))
    assert found.values["accuracy"] > 0.9
    assert run.error < 0.5 < run.error_at(0)
