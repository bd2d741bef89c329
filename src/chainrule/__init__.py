"""Write a network as mathematics; see why it learns.

>>> import chainrule as cr
>>> cr.ChainruleError.__name__
'ChainruleError'

A public name is loaded when it is first used, so ``import chainrule`` costs nothing and needs no dependency.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the same table once more, for tools that read types
    from chainrule.api import Evaluation, Model, Run, Story, example, load, load_run
    from chainrule.errors import (
        BrokenPass,
        ChainruleError,
        DataError,
        DerivationError,
        LimitError,
        MissingExtra,
        ModelError,
        NotationError,
        RunError,
        UsageError,
    )

__all__ = [
    "BrokenPass",
    "ChainruleError",
    "DataError",
    "DerivationError",
    "Evaluation",
    "LimitError",
    "MissingExtra",
    "Model",
    "ModelError",
    "NotationError",
    "Run",
    "RunError",
    "Story",
    "UsageError",
    "example",
    "load",
    "load_run",
]

_FACE = {"Evaluation", "Model", "Run", "Story", "example", "load", "load_run"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'chainrule' has no attribute {name!r}")
    return getattr(import_module("chainrule.api" if name in _FACE else "chainrule.errors"), name)


def __dir__() -> list[str]:
    return __all__
