"""The adjoints of pre-activations → their short names δ, δ₁, δ₂."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chainrule.derive.index.network import Network


def aliases(network: Network, names: Iterable[str]) -> Mapping[str, str]:
    """The key of each adjoint → how it is called: δ if there is one, δ₂ of z₂, δ_a of a. None that would be taken."""
    found = tuple(names)
    model = network.model
    taken = {*model.quantities, *model.functions, *(letter for group in model.sets for letter in group.letters)}
    short: dict[str, str] = {}
    for name in found:
        digits = name[len(name.rstrip("0123456789")) :]
        alias = "delta" if len(found) == 1 else f"delta{digits}" if digits else f"delta_{name}"
        if alias in short.values():
            alias = f"delta_{name}"
        short[f"∂{network.of}/∂{name}"] = alias
    return {} if taken & set(short.values()) else short
