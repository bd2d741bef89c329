"""Ctrl-C while machine code runs: a long step is dropped, what was made before it is kept."""

import signal
import subprocess
import sys

import pytest

pytest.importorskip("llvmlite")

CALL = """
import ctypes
import os
from chainrule.engines.native import code
from chainrule.engines.native.kernel_memory import Control

real = code.compiled


def told(line):
    os.write(1, f"{line}\\n".encode())


def telling(text):
    machine = real(text)
    advance = machine.advance

    def called(addresses, control):
        told("running")
        advance(addresses, control)
        told(f"rows {ctypes.c_int64.from_address(control + 8 * Control.KEPT).value}")

    machine.advance = called
    return machine


code.compiled = telling
"""
"""Tells when the code begins and, after it, how many steps it recorded."""

LONG = """
import numpy as np
from chainrule.engines.native import engine
from chainrule.engines.native.engine import ENGINE
from chainrule.engines.protocol import Bound, State
from chainrule.model import build
from chainrule.notation import parse
from chainrule.program import lower

text = "index i = 1..2000, j = 1..2000\\ndata x[i]\\nweight W[j,i], v[j]\\n"
text += "h[j] = tanh(sum_i W[j,i]*x[i])\\nE = (sum_j v[j]*h[j])^2"
size = range(1, 2001)
engine.cores = lambda: THREADS
bound = Bound({"x": np.ones((1, 2000)), "α": np.array(0.1)}, {"i": size, "j": size}, 1)
loaded = ENGINE.load(lower(build(parse(text))), bound)
start = State({"W": np.full((2000, 2000), 1e-3), "v": np.full(2000, 1e-3)}, {})
try:
    loaded.advance(start, [[0] * 3000], 1)
except KeyboardInterrupt:
    print("stopped", flush=True)
chunk = loaded.advance(start, [[0]], 1)
print("again", chunk.state.step, flush=True)
"""
"""A step of 3,000 patterns and four million weights, which takes seconds."""

TRAIN = """
import chainrule as cr

model = cr.example("mazur")
asked = {"rate": 1e-9, "record": 10**6, "engine": "native"}
run = model.train(steps=10**9, progress=lambda done, steps: print(done, flush=True), **asked)
again = model.train(steps=run.steps, **asked)
print(run.ended, run.steps > 0, run.trace.steps[-1] == run.steps, run.weights == again.weights, run.verify().same)
"""


def interrupted(text: str, line: str, times: int = 1) -> list[str]:
    """What a process prints that gets Ctrl-C when it has printed a line so many times."""
    with subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        for found in child.stdout:
            times -= found.startswith(line)
            if not times:
                break
        child.send_signal(signal.SIGINT)
        rest = child.stdout.read()
    assert child.returncode == 0
    return rest.splitlines()


def test_a_long_step_is_dropped_and_the_engine_goes_on() -> None:
    found = interrupted(CALL + LONG.replace("THREADS", "1"), "running")
    assert found == ["rows 0", "stopped", "running", "rows 1", "again 1"]


def test_several_threads_drop_a_long_step_together_and_go_on() -> None:
    found = interrupted(CALL + LONG.replace("THREADS", "3"), "running", 3)
    assert found[:4] == ["rows 0", "rows 0", "rows 0", "stopped"]
    assert sorted(found[4:]) == ["again 1", "rows 0", "rows 0", "rows 1", "running", "running", "running"]


def test_a_long_evaluation_ends() -> None:
    asked = 'loaded.evaluate(start.weights, [0] * 3000, [loaded.program.objective])'
    text = LONG.replace("THREADS", "1").replace("loaded.advance(start, [[0] * 3000], 1)", asked)
    found = interrupted(CALL + text, "running")
    assert found == ["rows 0", "stopped", "running", "rows 1", "again 1"]


def test_what_was_made_is_kept() -> None:
    *_, last = interrupted(TRAIN, "")
    assert last == "interrupted True True True True"
