"""Where and with what something was measured, and the file that keeps it."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("chainrule", "numpy", "jax", "jaxlib", "llvmlite", "micrograd", "sympy", "torch")
PROGRAMS = {"gcc": "gcc", "node": "node"}


def said(*command: str) -> str:
    """The first line that a program prints; empty where there is none."""
    if not shutil.which(command[0]):
        return ""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.partition("\n")[0].strip()


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def circumstances() -> dict[str, Any]:
    """Machine, versions and commit."""
    changed = bool(said("git", "status", "--porcelain", "--untracked-files=no"))
    return {
        "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "commit": said("git", "rev-parse", "HEAD") + (" with changes" if changed else ""),
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "programs": {name: said(program, "--version") or None for name, program in PROGRAMS.items()},
    }


def keep(name: str, found: dict[str, Any]) -> Path:
    """Write a record to benchmarks/records."""
    path = ROOT / "benchmarks" / "records" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    record = {"benchmark": name, **circumstances(), **found}
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path
