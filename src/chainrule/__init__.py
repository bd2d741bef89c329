"""Write a network as mathematics; see why it learns.

>>> import chainrule as cr
>>> cr.ChainruleError.__name__
'ChainruleError'

A public name is loaded when it is first used, so ``import chainrule`` costs nothing and needs no dependency.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the same table once more, for tools that read types
    from chainrule.api import Model, example, load
    from chainrule.api.graded import grade
    from chainrule.api.map import Map
    from chainrule.api.notebook import Run, load_run, resume
    from chainrule.api.stored import load_map
    from chainrule.api.written import from_keras, from_sklearn, from_sympy, from_torch, mlp
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
    from chainrule.explain import Story
    from chainrule.expr.limits import limits
    from chainrule.gallery import Misconception, misconception
    from chainrule.train.evaluation import Evaluation
    from chainrule.views.figure import Figure

__all__ = [
    "BrokenPass",
    "ChainruleError",
    "DataError",
    "DerivationError",
    "Evaluation",
    "Figure",
    "LimitError",
    "Map",
    "Misconception",
    "MissingExtra",
    "Model",
    "ModelError",
    "NotationError",
    "Run",
    "RunError",
    "Story",
    "UsageError",
    "example",
    "from_keras",
    "from_sklearn",
    "from_sympy",
    "from_torch",
    "grade",
    "limits",
    "load",
    "load_map",
    "load_run",
    "misconception",
    "mlp",
    "resume",
]

_ROOMS = {
    "Evaluation": "chainrule.train.evaluation",
    "Figure": "chainrule.views.figure",
    "Map": "chainrule.api.map",
    "Misconception": "chainrule.gallery",
    "Model": "chainrule.api",
    "Run": "chainrule.api.notebook",
    "Story": "chainrule.explain",
    "example": "chainrule.api",
    "from_keras": "chainrule.api.written",
    "from_sklearn": "chainrule.api.written",
    "from_sympy": "chainrule.api.written",
    "from_torch": "chainrule.api.written",
    "grade": "chainrule.api.graded",
    "limits": "chainrule.expr.limits",
    "load": "chainrule.api",
    "load_map": "chainrule.api.stored",
    "load_run": "chainrule.api.notebook",
    "misconception": "chainrule.gallery",
    "mlp": "chainrule.api.written",
    "resume": "chainrule.api.notebook",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'chainrule' has no attribute {name!r}")
    return getattr(import_module(_ROOMS.get(name, "chainrule.errors")), name)


def __dir__() -> list[str]:
    return __all__
