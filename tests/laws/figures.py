"""Every figure of random networks, trained with random choices: drawn, or refused with a reason; never broken."""

from __future__ import annotations

import random
import re
import warnings
from xml.etree import ElementTree as ET

import numpy as np
from tests.laws import indexed, networks

import chainrule as cr

FIGURES = ("error", "landscape", "patterns", "gradients", "fit", "predictions", "graph", "network")
NOT_A_NUMBER = re.compile(r"\b(?:nan|inf)\b")


def trained(seed: int) -> tuple[cr.Model, cr.Run] | None:
    """A random network and a training of it, long or short, wild or tame; None where its numbers do not fit it."""
    choose = random.Random(seed)
    if seed % 2:
        text, values = indexed.network(seed)
        given = {name: np.asarray(value).tolist() for name, value in values.items()}
    else:
        text = networks.network(seed)
        names = [*text.partition("data ")[2].partition("\n")[0].split(", "), "y"]
        patterns = choose.choice((1, 3, 15))
        given = {name: [choose.uniform(-2, 2) for _ in range(patterns)] for name in names}
    model = cr.Model(text)
    roles = {name: quantity.role for name, quantity in model.network.quantities.items()}
    data = {name: value for name, value in given.items() if roles.get(name) in ("data", "target")}
    start = {name: value for name, value in given.items() if roles.get(name) == "weight"}
    steps, rate = choose.choice((0, 5, 40)), choose.choice((0.01, 0.1, 3.0, 1e5))
    batch = choose.choice(("each", "all"))
    try:
        return model, model.train(data, rate=rate, steps=steps, batch=batch, start=start or None)
    except cr.DataError:
        return None


def faults(seed: int) -> list[str]:
    """What is wrong with the figures of a network: a picture that is no XML, or a place in it that is no number."""
    made = trained(seed)
    if made is None:
        return []
    model, run = made
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in FIGURES:
            try:
                figure = getattr(model.figure, name)(run)
            except cr.UsageError as error:
                if not error.help:
                    found.append(f"{name} of {seed} is refused without help")
                continue
            root = ET.fromstring(figure.svg())  # noqa: S314
            places = " ".join(value for one in root.iter() for value in one.attrib.values())
            if NOT_A_NUMBER.search(places):
                found.append(f"{name} of {seed} has a place that is no number")
            if not figure.description:
                found.append(f"{name} of {seed} is not told")
    return found
