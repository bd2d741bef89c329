"""Hand-written C, compiled by gcc into a folder that is gone afterwards, and called in this process."""

from __future__ import annotations

import atexit
import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from _rounds import Missing, Train
from _work import Work

from chainrule.numbers.coefficients import DOUBLE
from chainrule.numbers.constants import Constants

HERE = Path(__file__).parent


def plain(work: Work) -> Train:
    return compiled(work, ["-O3"])


def fast(work: Work) -> Train:
    return compiled(work, ["-O3", "-ffast-math", "-march=native"])


def same_exp(work: Work) -> Train:
    if work.sizes:
        raise Missing("left out: this peer is for the neuron alone")
    return compiled(work, ["-O3", "-ffp-contract=off", "-DOWN_EXP"])


def compiled(work: Work, options: list[str]) -> Train:
    return called(work, library("layers.c" if work.sizes else "neuron.c", [*options, *defined(work)]).train)


def library(source: str, options: Sequence[str], constants: Constants = DOUBLE) -> ctypes.CDLL:
    """A file of C, compiled."""
    if not shutil.which("gcc"):
        raise Missing("gcc is not installed: apt-get install gcc")
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "coefficients.h").write_text(header(constants), "ascii")
    made, linked = folder / "peer.o", folder / "peer.so"
    # linked without -ffast-math, which would have the whole process, NumPy too, flush subnormal numbers to 0
    for command in (
        ["gcc", *options, f"-I{folder}", "-fPIC", "-c", str(HERE / source), "-o", str(made)],
        ["gcc", "-shared", str(made), "-o", str(linked), "-lm"],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"gcc does not compile it: {complaint(done.stderr)}")
    return ctypes.CDLL(str(linked))


def complaint(said: str) -> str:
    """The first error of a compiler."""
    lines = said.strip().splitlines()
    return next((line for line in lines if "error" in line), lines[-1])


def defined(work: Work) -> list[str]:
    if not work.sizes:
        return []
    sizes = ",".join(map(str, work.sizes))
    weights = sum(value.size for value in work.start.values())
    values = {"SIZES": f"{{{sizes}}}", "DEPTH": len(work.sizes) - 1, "WIDEST": max(work.sizes), "WEIGHTS": weights}
    values |= {"BATCH": work.batch, "REAL": "double" if work.bits == 64 else "float"}
    return [f"-D{name}={value}" for name, value in values.items()]


def header(constants: Constants) -> str:
    """The coefficients of the package's exp, to the bit."""
    tail = ", ".join(value.hex() for value in constants.exp_tail)
    named = {name.upper(): getattr(constants, name).hex() for name in ("log2_e", "ones", "ln2_high", "ln2_low")}
    lines = [f"#define {name} {value}" for name, value in named.items()]
    return "\n".join([*lines, f"#define TERMS {len(constants.exp_tail)}", f"#define TAIL {{{tail}}}"]) + "\n"


def called(work: Work, function: ctypes._CFuncPtr) -> Train:
    pointer = ctypes.POINTER(ctypes.c_double if work.bits == 64 else ctypes.c_float)
    if not work.sizes:
        function.argtypes = [ctypes.c_long, ctypes.c_double, pointer]

        def neuron(steps: int) -> np.ndarray:
            w = np.array([0.5])
            function(steps, work.rate, w.ctypes.data_as(pointer))
            return w

        return neuron
    function.argtypes = [ctypes.c_long, ctypes.c_double, ctypes.c_long, pointer, pointer, pointer]
    x, y = (np.ascontiguousarray(part) for part in work.data)

    def layers(steps: int) -> np.ndarray:
        weights = np.concatenate([value.ravel() for value in work.start.values()])
        place = [part.ctypes.data_as(pointer) for part in (x, y, weights)]
        function(steps, work.rate, work.patterns, *place)
        return weights

    return layers
