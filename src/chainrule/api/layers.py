"""Layers of units, with or without weights → the text of the network in the notation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from chainrule.tape.bound import Array
from chainrule.values import dataclass

LETTERS = "ijkmnopqrsuv"
"""The letters of the layers, inputs first."""

ACTIVATIONS: Mapping[str, str] = {
    "identity": "{0}", "tanh": "tanh({0})", "sigmoid": "σ({0})", "relu": "relu({0})", "softplus": "softplus({0})",
    "gelu": "gelu({0})", "elu": "elu({0})", "swish": "swish({0})", "leaky_relu": "leaky_relu({0})", "sin": "sin({0})",
}  # fmt: skip
"""Activation → how it is written around what goes into a unit."""

LOSSES = ("squared", "binary", "classes")


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: how many units it has (None: as many as the data say), its activation, and its weights if they are
    known: ``weights[unit, input]`` and ``biases[unit]``; without biases, ``biased`` is False."""

    units: int | None
    activation: str = "identity"
    weights: Array | None = None
    biases: Array | None = None
    biased: bool = True


def network_text(inputs: int | None, layers: Sequence[Layer], loss: str, told: Sequence[str]) -> str:
    """The text: letters, data, weights, a line for each layer, and the error.

    ``loss`` is "squared", "binary" (the target is 0 or 1, the output a probability) or "classes" (the targets say which
    of the classes is right, the outputs are probabilities).

    >>> print(network_text(2, [Layer(1)], "squared", ["One neuron."]))
    # One neuron.
    index i = 1..2
    data x[i]
    target y
    weight w[i] ~ normal(0, 1), b := 0
    const α := 0.1                    # the learning rate
    ŷ = Σ_i w[i]·x[i] + b             # the output
    E = ½(ŷ − y)²                     # the error of one pattern
    <BLANKLINE>
    """
    sizes = [inputs, *(layer.units for layer in layers)]
    alone = sizes[-1] == 1 and loss != "classes"  # one output needs no letter
    letters = LETTERS[: len(sizes)]
    pairs = list(zip(letters, sizes, strict=True))[: -1 if alone else None]
    lines = [f"# {one}" for one in told]
    for group in ([f"{one} = 1..{size}" for one, size in pairs if size], [one for one, size in pairs if not size]):
        lines += [f"index {', '.join(group)}"] if group else []
    lines.append(f"data x[{letters[0]}]")
    last = "" if alone else f"[{letters[-1]}]"
    lines.append(f"target {'t' if loss == 'classes' else 'y'}{last}")
    if loss == "classes":
        lines.append(f"fact Σ_{letters[-1]} t{last} = 1")
    formulas: list[tuple[str, str]] = []
    before = f"x[{letters[0]}]"
    for number, layer in enumerate(layers):
        final = number == len(layers) - 1
        own = "" if final and alone else letters[number + 1]
        lines.append(weight_line(number, len(layers), layer, own, letters[number]))
        into = f"Σ_{letters[number]} {entry(name(number, len(layers), bool(own)), own, letters[number])}·{before}"
        into += f" + {entry(bias(number, len(layers)), own)}" if layer.biased else ""
        if final:
            formulas += output(into, layer, loss, last, letters[-1])
            break
        unit = entry("h" if len(layers) == 2 else f"h{number + 1}", own)
        formulas.append((f"{unit} = {ACTIVATIONS[layer.activation].replace('{0}', into)}", "a hidden layer"))
        before = unit
    rows = [("const α := 0.1", "the learning rate"), *formulas]
    wide = max(34, *(len(text) + 2 for text, _ in rows if len(text) < 60))
    lines += [f"{text.ljust(wide)}# {said}" for text, said in rows]
    return "\n".join(lines) + "\n"


def entry(name: str, *letters: str) -> str:
    """A name with the letters that it has."""
    inside = ",".join(letter for letter in letters if letter)
    return f"{name}[{inside}]" if inside else name


def name(number: int, count: int, matrix: bool) -> str:
    return ("W" if matrix else "w") + (str(number + 1) if count > 1 else "")


def bias(number: int, count: int) -> str:
    return "b" + (str(number + 1) if count > 1 else "")


def weight_line(number: int, count: int, layer: Layer, own: str, before: str) -> str:
    """The declaration of the weights of a layer."""
    called = entry(name(number, count, bool(own)), own, before)
    if layer.weights is None:
        draw = "glorot()" if own else "normal(0, 1)"
        text = f"weight {called} ~ {draw}"
    else:
        text = f"weight {called} := {listed(layer.weights if own else layer.weights[0])}"
    if not layer.biased:
        return text
    offset = entry(bias(number, count), own)
    if layer.biases is None:
        return f"{text}, {offset} := 0"
    start = listed(layer.biases) if own else listed(layer.biases[0])
    return f"{text}\nweight {offset} := {start}"


def listed(values: Array | float) -> str:
    """Numbers as the notation has them, to the last bit."""
    array = np.asarray(values, np.float64)
    if not array.ndim:
        return repr(float(array)).removesuffix(".0")
    return f"[{', '.join(listed(one) for one in array)}]"


def output(into: str, layer: Layer, loss: str, last: str, letter: str) -> list[tuple[str, str]]:
    """The lines of the output and of the error."""
    if loss == "classes":
        return [
            (f"z{last} = {into}", "what speaks for each class"),
            (f"ŷ{last} = softmax_{letter}(z{last})", "the probabilities of the classes"),
            (f"E = −Σ_{letter} t{last}·log(ŷ{last})", "the error of one pattern: cross-entropy"),
        ]
    if loss == "binary":
        each = f"softplus(z{last}) − y{last}·z{last}"
        return [
            (f"z{last} = {into}", "what speaks for 1"),
            (f"ŷ{last} = σ(z{last})", "the probability of 1"),
            (f"E = {each}" if not last else f"E = Σ_{letter} ({each})", "the error of one pattern: cross-entropy"),
            ("minimise E", "ŷ is only looked at"),
        ]
    value = ACTIVATIONS[layer.activation].replace("{0}", into)
    error = "½(ŷ − y)²" if not last else f"½·Σ_{letter} (ŷ{last} − y{last})²"
    return [(f"ŷ{last} = {value}", "the output"), (f"E = {error}", "the error of one pattern")]
