"""Notebooks as people have them: JupyterLab and marimo, started on this machine alone, and cells that stand in them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 120.0
"""Seconds that a server may take to start on a busy machine."""

LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextmanager
def served(command: list[str], folder: Path, ready: str) -> Iterator[str]:
    """A server of this Python, in a folder, for as long as it is needed: its address. It is up as ``ready`` answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "XDG_CONFIG_HOME", "IPYTHONDIR")
    homes = {name: str(folder / "home") for name in kept}
    environment = os.environ | homes | {"JUPYTER_RUNTIME_DIR": str(folder / "run"), "PYTHONDONTWRITEBYTECODE": "1"}
    log = folder / "log.txt"
    with log.open("w") as out:
        arguments = [sys.executable, "-m", *command, f"--port={port}"]
        process = subprocess.Popen(arguments, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        address, end = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
        while True:
            try:
                LOCAL.open(address + ready, timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, log.read_text("utf-8")
                assert time.monotonic() < end, log.read_text("utf-8")
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def jupyterlab(folder: Path) -> Any:
    """JupyterLab without news, extensions to install, or a token."""
    options = (
        "--no-browser --allow-root --ip=127.0.0.1 --ServerApp.port_retries=0 --IdentityProvider.token= "
        "--LabApp.news_url= --LabApp.extension_manager=readonly --ServerApp.allow_remote_access=False"
    )
    return served(["jupyterlab", *options.split(), f"--ServerApp.root_dir={folder}"], folder, "/api/status")


def marimo(folder: Path, script: str) -> Any:
    """A notebook of marimo, run as an app."""
    options = "--headless --no-token --host=127.0.0.1"
    return served(["marimo", "run", script, *options.split()], folder, "/health")


def cell(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    """A cell of code with what it showed when it was saved, by the kinds of text."""
    shown = [
        {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": one} for one in outputs
    ]
    return {"cell_type": "code", "id": f"c{abs(hash(source))}", "metadata": {}, "execution_count": None,
            "source": source, "outputs": shown}  # fmt: skip


def written(path: Path, cells: list[dict[str, Any]]) -> None:
    """A notebook of Jupyter as a file."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
