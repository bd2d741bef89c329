"""An outline → a file in NumPy that trains: forward, backward as it was derived, the learning rule."""

from __future__ import annotations

from chainrule.code.handout.arrays import Arrays
from chainrule.code.handout.dialect import NUMPY
from chainrule.code.handout.files import Data, above, finished, permuted, pick, setup, watch
from chainrule.code.handout.loops import looped
from chainrule.code.handout.outline import Outline
from chainrule.code.handout.python import Lines, Writer, identifiers, reserved


def numpy_file(outline: Outline) -> str:
    """The text of the file."""
    kept = looped(outline)
    names = identifiers(outline, reserved(*NUMPY.reserved(), "permutation", "order"))
    arrays = Arrays(outline, NUMPY, names, kept)
    plain = NUMPY.scalar if outline.divides else "{0}"
    data = Data(outline, names, "np.array", "np.float64", plain)
    lines = Lines(1 if data.large else 0)
    setup(outline, data, lines)
    with lines.block(f"for step in range({outline.steps}):"):
        pick(outline, data, names, lines)
        writer = Writer(outline, arrays, kept, lines)
        lines.add("# forward: each quantity from those before it")
        writer.parts(outline.forward)
        if outline.backward:
            lines.add()
            lines.add("# backward: the derivative of the error with respect to each of them, users before makers")
            writer.parts(outline.backward)
        lines.add()
        lines.add("# the learning rule: all weights change together")
        writer.update()
        changed = [names[f"{name}'"] for name in outline.updated]
        checked = [names[outline.program.objective], *(names[one] for one in outline.gradients.values()), *changed]
        writer.called("if not finite", checked, ":")
        lines.add('    print("the numbers are no longer finite in step", step + 1)')
        lines.add("    break")
        writer.project()
        writer.commit()
        watch(outline, names, lines)
    lines.add()
    for symbol in outline.program.weights:
        lines.add(f'print("{names[symbol.name]} =", {names[symbol.name]}.tolist())')
    helpers = [FINITE, *(NUMPY.helpers[one] for one in NUMPY.helpers if one in arrays.helpers)]
    if outline.order == "shuffled":
        helpers.insert(0, permuted())
    head = [*above(outline, "NumPy", "python"), "", "import math", "", "import numpy as np"]
    return finished(head, helpers, lines.text, data)


FINITE = '''\
def finite(*numbers):
    """Whether all numbers of all arrays are finite."""
    return all(np.all(np.isfinite(one)) for one in numbers)
'''
