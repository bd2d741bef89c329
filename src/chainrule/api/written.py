"""Sizes, or networks of PyTorch and scikit-learn → models: the text is written, with their weights as starts.

Neither library is imported: a network is known by the names of its layers, and its weights are read as arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chainrule.api.layers import ACTIVATIONS, LETTERS, LOSSES, Layer, network_text
from chainrule.api.model import Model
from chainrule.errors import UsageError, absent, inline, shown
from chainrule.expr.limits import limited
from chainrule.tape.bound import Array

HIDDEN = tuple(name for name in ACTIVATIONS if name != "identity")

TORCH: Mapping[str, str] = {
    "Tanh": "tanh", "Sigmoid": "sigmoid", "ReLU": "relu", "Softplus": "softplus", "SiLU": "swish",
}  # fmt: skip
"""Activations of PyTorch that are one of ours as they stand."""

PASSED = frozenset({"Identity", "Dropout", "Flatten"})
"""Layers that change nothing of a row of numbers that is only looked at."""

SKLEARN: Mapping[str, str] = {"identity": "identity", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu"}


def mlp(*sizes: int | None, activation: str = "tanh", output: str = "squared") -> Model:
    """A network of layers, each of whose units reads all of the layer before: as many inputs, units and outputs as
    ``sizes`` say; None for as many as the data say.

    ``activation`` is that of the hidden layers; ``output`` is "squared" (numbers, ½ of the squared error), "binary"
    (probabilities of 1) or "classes" (probabilities of classes, one of which is right). The text is there to be
    changed: ``model.text``. Starts are drawn as Glorot and Bengio (2010) have them, biases are 0.

    Errors: UsageError E063 for sizes and names that are none.

    >>> import chainrule as cr
    >>> print(cr.mlp(2, 3, 1).text)
    # 2 inputs, 3 units with tanh, 1 output
    index i = 1..2, j = 1..3
    data x[i]
    target y
    weight W1[j,i] ~ glorot(), b1[j] := 0
    weight w2[j] ~ normal(0, 1), b2 := 0
    const α := 0.1                    # the learning rate
    h[j] = tanh(Σ_i W1[j,i]·x[i] + b1[j])  # a hidden layer
    ŷ = Σ_j w2[j]·h[j] + b2           # the output
    E = ½(ŷ − y)²                     # the error of one pattern
    <BLANKLINE>
    """
    return Model(mlp_text(sizes, activation, output), name="mlp")


def mlp_text(sizes: Sequence[int | None], activation: str = "tanh", output: str = "squared") -> str:
    """The text of `mlp`."""
    if not 2 <= len(sizes) <= len(LETTERS):
        problem = f"a network has from 2 to {len(LETTERS)} sizes"
        raise UsageError("E063", problem, "write inputs, units, outputs: 2, 3, 1")
    for size in sizes:
        if size is not None and (type(size) is not int or not 1 <= size <= 10_000):
            raise UsageError("E063", f"{shown(size)} is no size of a layer", "write a whole number from 1 to 10000")
    one_of("activation", activation, HIDDEN)
    one_of("output", output, LOSSES)
    hidden = [Layer(size, activation) for size in sizes[1:-1]]
    told = [counted(sizes[0], "input"), *(f"{counted(size, 'unit')} with {activation}" for size in sizes[1:-1])]
    said = ", ".join([*told, counted(sizes[-1], "output")])
    return network_text(sizes[0], [*hidden, Layer(sizes[-1])], output, [said])


def counted(size: int | None, what: str) -> str:
    return f"{what}s as the data have them" if size is None else f"{size} {what}{'s' * (size != 1)}"


def from_torch(network: Any, loss: str | None = None) -> Model:
    """A `torch.nn.Sequential` of linear layers and activations as a model, its weights as starts.

    ``loss`` is "squared", "binary" or "classes", as in `mlp`; by default "classes" where the last layer is Softmax or
    LogSoftmax, "binary" where it is Sigmoid, else "squared". Layers that only change the training are left out.

    Errors: UsageError E063 for a layer that cannot be written as equations here.
    """
    loss = None if loss is None else one_of("loss", loss, LOSSES)
    layers: list[Layer] = []
    inputs, ending = None, ""
    for layer in steps_of(network):
        kind = type(layer).__name__
        if kind == "Linear":
            weights = numbers(layer.weight)
            inputs = weights.shape[1] if inputs is None else inputs
            biases = None if layer.bias is None else numbers(layer.bias)
            layers.append(Layer(weights.shape[0], "identity", weights, biases, biases is not None))
        elif kind in ("Softmax", "LogSoftmax"):
            ending = "classes"
        elif kind not in PASSED:
            if not layers or layers[-1].activation != "identity":
                raise UsageError("E063", f"{kind} stands where no linear layer is before it", LINEAR)
            old = layers[-1]
            layers[-1] = Layer(old.units, torch_activation(layer), old.weights, old.biases, old.biased)
    if not layers:
        raise UsageError("E063", f"{inline(type(network).__name__)} has no linear layer", LINEAR)
    if not ending and layers[-1].activation == "sigmoid" and loss in (None, "binary"):
        ending = "binary"
    chosen = loss or ending or "squared"
    if ending and layers[-1].activation not in ("identity", "sigmoid"):
        raise UsageError("E063", "an activation stands before the Softmax", LINEAR)
    sizes = " - ".join(str(one) for one in [inputs, *(layer.units for layer in layers)])
    told = [f"{type(network).__name__} of PyTorch: {sizes}"]
    return Model(network_text(inputs, layers, chosen, told), name="torch")


LINEAR = "a network that can be read is torch.nn.Sequential of Linear layers, each with an activation or none"


KERAS: Mapping[str, str] = {
    "linear": "identity", "tanh": "tanh", "sigmoid": "sigmoid", "relu": "relu", "softplus": "softplus", "silu": "swish",
}  # fmt: skip
"""Activations of Keras that are one of ours as they stand."""

DENSE = "a network that can be read is keras.Sequential of Dense layers, each with one of " + ", ".join(KERAS)


def from_keras(network: Any, loss: str | None = None) -> Model:
    """A `keras.Sequential` of dense layers and activations as a model, its weights as starts; ``loss`` as `from_torch`.

    Errors: UsageError E063 for a layer that cannot be written as equations here.
    """
    loss = None if loss is None else one_of("loss", loss, LOSSES)
    layers: list[Layer] = []
    inputs, ending = None, ""
    for layer in getattr(network, "layers", [network]):
        kind = type(layer).__name__
        name = "softmax" if kind == "Softmax" else str(getattr(getattr(layer, "activation", None), "__name__", ""))
        if kind in PASSED | {"InputLayer"}:
            continue
        if ending or kind not in ("Dense", "Activation", "Softmax") or name not in (*KERAS, "softmax"):
            raise UsageError("E063", f"{inline(kind)} ({shown(name)}) cannot be written as an equation here", DENSE)
        if kind == "Dense":
            weights = numbers(layer.get_weights()[0]).T
            inputs = weights.shape[1] if inputs is None else inputs
            biases = numbers(layer.get_weights()[1]) if layer.use_bias else None
            layers.append(Layer(len(weights), "identity", weights, biases, biases is not None))
        elif not layers or layers[-1].activation != "identity":
            raise UsageError("E063", f"{inline(kind)} stands where no dense layer is before it", DENSE)
        ending = "classes" if name == "softmax" else ""
        old = layers[-1]
        layers[-1] = Layer(old.units, KERAS.get(name, "identity"), old.weights, old.biases, old.biased)
    if not layers:
        raise UsageError("E063", f"{inline(type(network).__name__)} has no dense layer", DENSE)
    if layers[-1].activation == "sigmoid" and loss in (None, "binary"):
        ending = "binary"
    sizes = " - ".join(str(one) for one in [inputs, *(layer.units for layer in layers)])
    told = [f"Sequential of Keras: {sizes}"]
    return Model(network_text(inputs, layers, loss or ending or "squared", told), name="keras")


def steps_of(network: Any) -> list[Any]:
    """The layers of a network, those of networks inside it in their place."""
    kind = type(network).__name__
    if kind == "Linear":
        return [network]
    if kind != "Sequential":
        raise UsageError("E063", f"{inline(kind)} is no torch.nn.Sequential", LINEAR)
    return [one for layer in network for one in (steps_of(layer) if type(layer).__name__ == "Sequential" else [layer])]


def torch_activation(layer: Any) -> str:
    """What an activation of PyTorch is called here."""
    kind = type(layer).__name__
    if kind == "GELU" and getattr(layer, "approximate", "") == "tanh":
        return "gelu"
    if kind == "ELU" and float(layer.alpha) == 1.0:
        return "elu"
    if kind == "LeakyReLU" and float(layer.negative_slope) == 0.01:
        return "leaky_relu"
    if kind == "Softplus" and float(layer.beta) != 1.0:
        kind = "Softplus with another beta"
    if kind not in TORCH:
        raise UsageError("E063", f"{inline(kind)} cannot be written as an equation here", LINEAR)
    return TORCH[kind]


def numbers(values: Any) -> Array:
    """The numbers of a tensor or an array."""
    found = values.detach().cpu().numpy() if hasattr(values, "detach") else values
    return np.asarray(found, np.float64)


def one_of(what: str, name: object, known: Sequence[str]) -> str:
    """A name that is one of those known, or the error E063."""
    if not isinstance(name, str) or name not in known:
        raise UsageError("E063", f"no {what} is called {shown(name)}", f"write one of {', '.join(known)}")
    return name


def from_sklearn(estimator: Any) -> Model:
    """A trained MLPClassifier, MLPRegressor, LogisticRegression or LinearRegression of scikit-learn as a model.

    Its weights are the starts; penalties are left out. With several classes the targets are t[k], 1 for the class that
    is right; with two, y is 1 for the second of ``classes_``.

    Errors: UsageError E063 for another estimator, or one that is not trained.
    """
    kind = type(estimator).__name__
    known = "MLPClassifier, MLPRegressor, LogisticRegression, LinearRegression"
    if kind not in known.split(", "):
        raise UsageError("E063", f"{inline(kind)} cannot be read", f"it can be one of {known}")
    told = [f"{kind} of scikit-learn"]
    if not hasattr(estimator, "coefs_" if kind.startswith("MLP") else "coef_"):
        raise UsageError("E063", f"this {kind} is not trained, so it has no weights", "call its fit first")
    if hasattr(estimator, "classes_"):
        told.append("its classes, in the order of the outputs: " + ", ".join(inline(one) for one in estimator.classes_))
    if kind.startswith("MLP"):
        hidden = SKLEARN[str(estimator.activation)]
        pairs = list(zip(estimator.coefs_, estimator.intercepts_, strict=True))
        layers = [
            Layer(len(offset), hidden if at < len(pairs) - 1 else "identity", numbers(weights).T, numbers(offset))
            for at, (weights, offset) in enumerate(pairs)
        ]
        loss = {"identity": "squared", "logistic": "binary", "softmax": "classes"}[str(estimator.out_activation_)]
        return Model(network_text(numbers(estimator.coefs_[0]).shape[0], layers, loss, told), name="sklearn")
    weights = np.atleast_2d(numbers(estimator.coef_))
    offset = np.broadcast_to(np.atleast_1d(numbers(estimator.intercept_)), len(weights)).copy()
    layer = Layer(len(weights), "identity", weights, offset)
    loss = "squared" if kind == "LinearRegression" else "binary" if len(weights) == 1 else "classes"
    return Model(network_text(weights.shape[1], [layer], loss, told), name="sklearn")


@limited
def from_sympy(
    equations: Any,
    *,
    weights: Mapping[str, Any] | None = None,
    data: Sequence[str] = (),
    targets: Sequence[str] = (),
    consts: Mapping[str, Any] | None = None,
    minimise: str | None = None,
    index: Mapping[str, tuple[int, int] | None] | None = None,
    patterns: str | None = None,
    name: str = "sympy",
    limits: Mapping[str, int] | None = None,
) -> Model:
    """A model of equations of SymPy: ``sympy.Eq`` with a name on the left side, or names with their expressions.

    What has no equation is said: ``weights`` with their starts (a number, a list, ``"normal(0, 1)"``, or None),
    ``data``, ``targets`` and ``consts``. An ``Indexed`` is an array; its letters, where it is never read by them alone,
    are written with the name, ``"x[i]"``. A letter has the ends of the sums or of the ``Idx`` that it is met in, else
    those of ``index``, else as many values as the data have. ``patterns`` is the letter of
    the patterns, if there is one. The text is there to be read: ``model.text``.

    Errors: E412 for a node that the notation has not, E413 for names that are nothing or two things, E062 without SymPy
    (``pip install "chainrule[sympy]"``).

    >>> import chainrule as cr, sympy
    >>> w, x, y = sympy.symbols("w x y")
    >>> model = cr.from_sympy({"E": (sympy.tanh(w*x) - y)**2/2}, weights={"w": 0.5}, data=["x"], targets=["y"])
    >>> print(model.text)
    data x
    target y
    weight w := 0.5
    E = (−y + tanh(w·x))²/2
    <BLANKLINE>
    >>> print(model.derive("w").result)
    (tanh(w·x) − y)·x·(1 − tanh(w·x)²)
    """
    try:
        from chainrule.api.symbolic.written import text_of
    except ImportError:
        raise absent("an expression of SymPy", "sympy", "sympy") from None
    return Model(text_of(equations, weights, data, targets, consts, minimise, index, patterns), name)
