"""A program with its values → the text of a kernel in which each thread makes steps of one run.

Conventions. Numbers of runs lie with the run as the fastest index: entry k of run r at k·runs + r. Buffers, by binding:
0 the call (runs, first step, step to stop before, places in ``visited``, steps of a pass), 1 ``given`` (data and
consts that runs share, one after another), 2 ``own`` consts of the runs, 3 ``visited`` patterns, 4 ``states``,
5 ``fates`` (why a run ended, how many steps it made, how many of the latest changed nothing), 6 ``zeros``. What a
thread computes with is its own memory; a step is the one that `step` prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chainrule.code.functions import Functions
from chainrule.code.names import Names
from chainrule.code.reads import Arrays
from chainrule.code.spelling import filled
from chainrule.code.step import stepping
from chainrule.code.wgsl.arithmetic import OWN, Modes, arithmetic
from chainrule.code.wgsl.table import WGSL
from chainrule.errors import UsageError
from chainrule.program.program import Program
from chainrule.tape.bound import Bound
from chainrule.tape.record import record
from chainrule.values import dataclass

GROUP = 64
"""Threads of a workgroup."""

ROOM = 2048
"""Numbers that a thread may keep: WGSL promises 8,192 bytes."""

DIGITS = 25
"""Turns of a quotient or a root in whole numbers."""

UNROLLED = 1000
"""Operations of a step up to which each number is a variable; beyond, compiling takes seconds."""

HEAD = """\
struct Call { runs: u32, first: i32, until: i32, length: i32, turn: i32 };
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> given: array<f32>;
@group(0) @binding(2) var<storage, read> own: array<f32>;
@group(0) @binding(3) var<storage, read> visited: array<i32>;
@group(0) @binding(4) var<storage, read_write> states: array<f32>;
@group(0) @binding(5) var<storage, read_write> fates: array<i32>;
@group(0) @binding(6) var<storage, read> zeros: array<u32>;
"""

MAIN = """\
@compute @workgroup_size({group})
fn advance(@builtin(global_invocation_id) id: vec3<u32>) {
  let run = id.x;
  if (run >= call.runs) { return; }
  if (fates[run] != 0) { return; }
  begin_numbers();
  for (var k = 0u; k < {width}u; k++) { state[k] = states[k * call.runs + run]; }
  for (var k = 0u; k < {owned}u; k++) { consts[k] = own[k * call.runs + run]; }
  control[0] = call.first;
  control[1] = fates[2u * call.runs + run];
  control[2] = 0;
  control[3] = 0;
  steps(call.length, call.until, call.turn);
  for (var k = 0u; k < {width}u; k++) { states[k * call.runs + run] = state[k]; }
  fates[run] = control[3];
  fates[call.runs + run] = control[0];
  fates[2u * call.runs + run] = control[1];
}
"""


@dataclass(frozen=True, slots=True)
class Kernel:
    """A printed kernel: over how many patterns its steps are, the symbols whose numbers stand in ``given``, and how
    many turns of loops a thread makes in a step, and once in a call."""

    text: str
    count: int
    given: tuple[str, ...]
    turns: int
    once: int


def kernel(
    program: Program, bound: Bound, own: Sequence[str], count: int, every: bool = False, modes: Modes = OWN,
    unrolled: int = UNROLLED,
) -> Kernel:  # fmt: skip
    """The kernel for steps over ``count`` patterns, which are ``every`` pattern in order, or those of the call.

    Raises UsageError E680 where a run keeps more numbers than a thread has room for, E681 for other numerics.
    """
    if bound.numerics != WGSL.numerics:
        raise other_numbers(bound.numerics.name, WGSL.numerics.name)
    recording = record(program, bound, count, training=True)
    functions = Functions(WGSL)
    taken = Names(functions.taken(recording))
    where = placed(program, bound, own, every)
    frame = stepping("steps", count, where, recording, WGSL, taken.taken, functions.called, False, small=unrolled)
    owned = sum(where.size(one) for one in program.consts if one.name in where.consts)
    room = where.width + owned + frame.walk.held
    if room > ROOM:
        raise too_large(room)
    main = filled(MAIN, group=GROUP, width=where.width, owned=owned)
    kept = (
        f"var<private> state: array<f32, {max(1, where.width)}>;\nvar<private> consts: array<f32, {max(1, owned)}>;\n"
        "var<private> control: array<i32, 5>;\n"
    )
    text = "\n".join((HEAD, arithmetic(modes), *functions.texts.values(), kept + frame.text, main))
    turns = 1 + frame.walk.turns
    if not (modes.own_quotient and modes.own_root):  # at most so many are made where a loop turns
        turns *= 1 + DIGITS * (text.count("quotient(") + text.count("root("))
    return Kernel(text, count, tuple(where.begins), turns, 2 * where.width + owned)


def other_numbers(asked: str, kept: str) -> UsageError:
    """The error that a device does not compute in these numerics."""
    problem = f"a device computes in {kept} numbers, and this is to be computed in {asked}"
    return UsageError("E681", problem, f'write numerics="{kept.split()[-1]}", or leave it to the processor')


def too_large(room: int) -> UsageError:
    """The error that a run keeps so many numbers."""
    return UsageError(
        "E680",
        f"a run of this network keeps {room:,} numbers, and a thread of a graphics card has room for {ROOM:,}",
        "visit fewer patterns a step, or leave it to the processor",
    )


def placed(program: Program, bound: Bound, own: Sequence[str], every: bool) -> Arrays:
    """Where a thread finds each number: states and own consts in its memory, the rest in ``given``."""
    made = Arrays(program, bound, {}, {}, every=every)
    state: dict[str, int] = {}
    consts: dict[str, int] = {}
    begins: dict[str, int] = {}
    start = 0
    for symbol in program.weights + program.states:
        state[symbol.name] = start
        start += made.size(symbol)
    start = 0
    for symbol in program.consts:
        if symbol.name in own:
            consts[symbol.name] = start
            start += made.size(symbol)
    start = 0
    for symbol in program.data + program.targets + program.consts:
        there = symbol.name in bound.values or symbol.name in program.defaults
        if there and symbol.name not in own:
            begins[symbol.name] = start
            start += made.size(symbol)
    return replace(made, state=state, consts=consts, data=dict.fromkeys(begins, "given"), begins=begins)
