"""PyTorch, where it is installed, with as many threads as every peer has."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from typing import Any

from _rounds import Missing
from _threads import THREADS

try:  # here, so that it is not counted as compiling
    import torch
except ImportError:
    torch = None


def here() -> Any:
    """The module, or Missing."""
    if torch is None:
        raise Missing("the package torch is not installed: pip install torch")
    torch.set_num_threads(THREADS)
    return torch


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """By torch.compile, for the very shapes that it meets, and compiled anew in each process."""
    if shutil.which("g++") is None:
        raise Missing("torch.compile needs a compiler of C++: apt-get install g++")
    if "TORCHINDUCTOR_CACHE_DIR" not in os.environ:
        folder = os.environ["TORCHINDUCTOR_CACHE_DIR"] = tempfile.mkdtemp()
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # one graph: more would only have to be started
    return torch.compile(function, fullgraph=True, dynamic=False)


def first_line(reason: Exception) -> str:
    """What failed, without the trace of it."""
    return f"{type(reason).__name__}: {str(reason).strip().partition(chr(10))[0]}"
