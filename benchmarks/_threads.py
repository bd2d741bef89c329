"""How many threads every peer has: one, or as many as ``--threads`` says.

Two cores shared by waiting threads of several libraries measure nothing but the waiting, so all have the same number.
This has to be imported before NumPy, JAX and PyTorch, which read it when they are.
"""

import os
import sys


def asked(arguments: list[str]) -> int:
    """The number after ``--threads``, or in ``--threads=2``; what is no number is refused when all is read."""
    for at, word in enumerate(arguments):
        name, _, value = word.partition("=")
        text = value or "".join(arguments[at + 1 : at + 2])
        if name == "--threads" and text.isdecimal() and int(text):
            return int(text)
    return 1


THREADS = asked(sys.argv[1:])

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "CHAINRULE_THREADS"):
    os.environ[name] = str(THREADS)
several = str(THREADS > 1).lower()
os.environ.setdefault("XLA_FLAGS", f"--xla_cpu_multi_thread_eigen={several} intra_op_parallelism_threads={THREADS}")
os.environ.setdefault("JAX_PLATFORMS", "cpu")


def keep_to_cores() -> None:
    """Take so many cores from here on: XLA takes every core that it sees, whatever its flags say."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-THREADS:])
