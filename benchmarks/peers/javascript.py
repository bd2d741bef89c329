"""JavaScript in node: one process that trains as often as it is asked."""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from _rounds import Missing, Train
from _work import Work


def neurons(work: Work) -> Train:
    node = shutil.which("node")
    if node is None:
        raise Missing("node is not installed: apt-get install nodejs")
    command = [node, str(Path(__file__).with_name("neurons.js"))]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(process.kill)
    to, back = process.stdin, process.stdout
    if to is None or back is None:
        raise Missing("node cannot be talked to")
    to.write(json.dumps(given(work)) + "\n")

    def train(steps: int) -> np.ndarray:
        to.write(f"{steps}\n")
        to.flush()
        return np.array(json.loads(back.readline()))

    return train


def given(work: Work) -> dict[str, Any]:
    """The network as neurons.js reads it."""
    common = {"batch": work.batch, "rate": work.rate}
    if not work.sizes:
        layer = {"weights": [[0.5]], "biases": [0], "activation": "sigmoid"}
        patterns = {"x": [[0], [1]], "y": [[0], [1]]}
        return common | patterns | {"inputs": 1, "layers": [layer], "box": [0, 1], "biased": False}
    depth = len(work.sizes) - 1
    layers = [
        {
            "weights": work.start[f"W{k}"].tolist(),
            "biases": work.start[f"b{k}"].tolist(),
            "activation": "linear" if k == depth else "tanh",
        }
        for k in range(1, depth + 1)
    ]
    x, y = (part.tolist() for part in work.data)
    return common | {"inputs": work.sizes[0], "layers": layers, "x": x, "y": y, "biased": True}
