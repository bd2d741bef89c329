"""The methods of all values, written now: then nothing that is compiled later is theirs."""

import sys

METHODS = ("__init__", "__repr__", "__eq__", "__hash__")


def write_methods() -> None:
    """Look up, in each class of each module that is loaded, what `chainrule.values` writes when it is looked up."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "chainrule":
            for one in list(vars(module).values()):
                if isinstance(one, type):
                    for method in METHODS:
                        getattr(one, method, None)
