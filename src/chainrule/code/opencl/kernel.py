"""A program with its values → the text of a kernel in which each work-item makes steps of one run.

The conventions are those of `code.wgsl.kernel`; the words of a call are arguments, before the buffers.
"""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.code.functions import Functions
from chainrule.code.names import Names
from chainrule.code.opencl.table import SPELLINGS
from chainrule.code.spelling import filled
from chainrule.code.step import stepping
from chainrule.code.wgsl.kernel import ROOM, UNROLLED, Kernel, other_numbers, placed, too_large
from chainrule.program.program import Program
from chainrule.tape.bound import Bound
from chainrule.tape.record import record

MAIN = """\
__kernel void advance(
  int runs, int first, int until, int length, int turn, __global const REAL *given, __global const REAL *own,
  __global const int *visited, __global REAL *states, __global int *fates, __global const uint *zeros
) {
  int run = (int)get_global_id(0);
  if (run >= runs) return;
  if (fates[run] != 0) return;
  REAL state[{most}], consts[{many}];
  int control[5] = { first, fates[2 * runs + run], 0, 0, 0 };
  for (int k = 0; k < {width}; k++) state[k] = states[k * runs + run];
  for (int k = 0; k < {owned}; k++) consts[k] = own[k * runs + run];
  steps(given, state, consts, visited, length, control, until, turn);
  for (int k = 0; k < {width}; k++) states[k * runs + run] = state[k];
  fates[run] = control[3];
  fates[runs + run] = control[0];
  fates[2 * runs + run] = control[1];
}
"""


def kernel(
    program: Program, bound: Bound, own: Sequence[str], count: int, every: bool = False, unrolled: int = UNROLLED
) -> Kernel:
    """The kernel for steps over ``count`` patterns, which are ``every`` pattern in order, or those of the call.

    Raises UsageError E680 where a run keeps more numbers than a work-item has room for, E681 for other numerics.
    """
    if bound.numerics.name not in SPELLINGS:
        raise other_numbers(bound.numerics.name, " or ".join(SPELLINGS))
    spelling = SPELLINGS[bound.numerics.name]
    recording = record(program, bound, count, training=True)
    functions = Functions(spelling)
    taken = Names(functions.taken(recording))
    where = placed(program, bound, own, every)
    frame = stepping("steps", count, where, recording, spelling, taken.taken, functions.called, False, small=unrolled)
    owned = sum(where.size(one) for one in program.consts if one.name in where.consts)
    if (room := where.width + owned + frame.walk.held) > ROOM:
        raise too_large(room)
    tables = [line for line in frame.walk.standing if line.startswith("__constant")]
    arrays = [line for line in frame.walk.standing if not line.startswith("__constant")]
    head, *body = frame.walk.lines.text
    main = filled(MAIN, most=max(1, where.width), many=max(1, owned), width=where.width, owned=owned)
    text = "\n".join((spelling.prelude, *functions.texts.values(), *tables, head, *arrays, *body, main))
    return Kernel(text, count, tuple(where.begins), 1 + frame.walk.turns, 2 * where.width + owned)
