"""A subject → what trains the cells of the page's map in float32: a kernel for a graphics card, and the same steps in
JavaScript, which train some cells again, and go on where a card is lost. Both have the bits of ``plain32``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from chainrule.code.functions import Functions
from chainrule.code.javascript.single import SINGLE
from chainrule.code.names import Names
from chainrule.code.spelling import filled
from chainrule.code.step import sheet, stepping
from chainrule.code.wgsl.arithmetic import OWN_QUOTIENT, OWN_ROOT, WHOLE_QUOTIENT, WHOLE_ROOT
from chainrule.code.wgsl.kernel import UNROLLED, kernel, placed
from chainrule.errors import UsageError
from chainrule.maps.reaching import LEVEL, REACHED, reaching
from chainrule.maps.watching import OWN
from chainrule.numbers.numerics import PLAIN32
from chainrule.page.subject import Subject
from chainrule.tape.record import record

LONGEST = 200_000
"""Characters of a kernel that a page may hold: a few kilobytes when packed; a longer one takes seconds to compile."""

NONE = "export const SINGLE = null;\n"
"""The module where there is none."""

MODULE = """\
import { POWERS, fraction, exponent } from "./program.js";
{prelude}
const given = new Float32Array({size}), found = new Float32Array(1);
{text}
const goal = (state, consts) => { total(state, consts, null, 0, 0, found); return found[0]; };
export const SINGLE = { given, advance, goal };
"""

COMMENT = re.compile(r" *//.*")


def trainings(subject: Subject) -> tuple[dict[str, Any] | None, str]:
    """The facts of the kernel, or none, and the module in JavaScript."""
    order, rate = subject.run.recipe.order, subject.program.rate
    if order.width is None or rate is None:
        return None, NONE
    bound = replace(subject.bound, numerics=PLAIN32)
    program, longer = reaching(subject.run.program, bound, subject.context.sense, every=order.batch == "all")
    every = order.batch == "all"
    try:
        printed = kernel(program, longer, (rate,), order.width, every)
    except UsageError:
        return None, NONE
    if len(printed.text) > LONGEST:
        return None, NONE
    where = placed(program, longer, (rate,), every)
    symbols = {one.name: one for one in program.symbols()}
    sizes = {name: where.size(symbols[name]) for name in printed.given}
    given = [[name.removeprefix(OWN) if name != LEVEL else "", size] for name, size in sizes.items()]
    facts = {
        "kernel": COMMENT.sub("", printed.text), "visits": order.width, "given": given, "width": where.width,
        "reached": where.state[REACHED], "wholes": [[OWN_QUOTIENT, WHOLE_QUOTIENT], [OWN_ROOT, WHOLE_ROOT]],
    }  # fmt: skip
    recording = record(program, longer, order.width, training=True)
    whole = record(program, longer, subject.patterns, training=False)
    functions = Functions(SINGLE)
    taken = Names({*functions.taken(recording, whole), "found", "goal", "advance", "total"})
    steps = stepping(
        "advance", order.width, where, recording, SINGLE, taken.taken, functions.called, False, small=UNROLLED
    )  # fmt: skip
    total, _ = sheet(
        "total", replace(where, every=True), whole, [program.objective], SINGLE, taken.taken, functions.called
    )
    text = "\n".join((*functions.texts.values(), steps.text, total))
    size = max(1, sum(sizes.values()))
    return facts, filled(MODULE, prelude=SINGLE.prelude, size=size, text=text)
