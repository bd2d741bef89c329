"""Learning rules that come with the package, each a text in the notation: consts with their defaults, and a block.

The first line says what a rule does, the second where it is from.
"""

from __future__ import annotations

from importlib import resources

NAMES = ("gd", "sign", "normalised", "clip", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
"""The rules, simple ones first."""


def text(name: str) -> str:
    """The text of a rule that comes with the package.

    >>> print(text("sign"), end="")
    # sign descent: every weight moves by α, whatever the size of its gradient
    update θ, g
      θ <- θ - α*sign(g)
    """
    return (resources.files("chainrule.rules") / f"{name}.rule").read_text(encoding="utf-8")


def listed() -> dict[str, str]:
    """Each rule with what it does, the first line of its text.

    >>> listed()["gd"]
    'gradient descent: a step of α times the gradient, downhill'
    """
    return {name: text(name).partition("\n")[0].lstrip("# ") for name in NAMES}
