"""Texts of many families, each at growing sizes, through every stage: the processor's seconds, and how they grow.

    python3 dev.py campaign growth --families tree factors --stages derive --out growth.jsonl
    python3 dev.py campaign growth --calls    (calls of Python instead: the same number on every machine)

Each text and stage has a process of its own, with a limit on memory and on the processor's time. Prints a line for
each family and stage as it is done, and at the end those that are not met within --most seconds; 1 if one is not, or
ended in an error that is not the user's.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from _kept import Kept, asked

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.growth import FAMILIES, STAGES, counted

import chainrule as cr

MEMORY = 2 * 2**30
"""Bytes of address space that a process may add to what it begins with."""

SERVER = multiprocessing.get_context("forkserver")


def loaded(text: str) -> Callable[[], object]:
    """A recorded run, read from its file."""
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / "run.npz"
    cr.Model(text).train(steps=3, engine="reference", rate=0.001).save(path)
    kept = [folder]  # as long as the work is
    return lambda: (cr.load_run(path), kept)


WAYS = {**STAGES, "load": loaded}


def one(family: str, stage: str, size: int, count: bool, seconds: float, told: Connection) -> None:
    """One stage of one text, in a process of its own."""
    warnings.simplefilter("ignore")
    work = None
    found: dict[str, Any] = {}
    try:
        work = WAYS[stage](FAMILIES[family][1](size))
        held = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
        most = int(time.process_time() + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most, most + 5))
        began = time.process_time()
        try:
            if count:
                with counted() as calls:
                    work()
                found["calls"] = calls.made
            else:
                work()
        finally:
            found["seconds"] = round(time.process_time() - began, 3)
    except cr.ChainruleError as error:
        found |= {"code": error.code, "before": work is None, "said": str(error).splitlines()[0][:120]}
        found.setdefault("seconds", 0.0)
    except BaseException as fault:
        found["fault"] = repr(fault)[:200]
    found["mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told.send(found)


def measured(family: str, stage: str, size: int, count: bool, seconds: float) -> dict[str, Any]:
    """The same from outside; a process that was ended is one that takes longer than it may."""
    here, there = SERVER.Pipe(duplex=False)
    process = SERVER.Process(target=one, args=(family, stage, size, count, seconds, there))
    process.start()
    there.close()
    try:
        return dict(here.recv())
    except EOFError:
        process.join()
        return {"seconds": seconds, "fault": f"ended after {seconds:g} s, by {process.exitcode}"}
    finally:
        process.join()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--families", nargs="*", default=list(FAMILIES), choices=list(FAMILIES))
    options.add_argument("--stages", nargs="*", default=list(WAYS), choices=list(WAYS))
    options.add_argument("--sizes", nargs="*", type=int, help="instead of those of each family")
    options.add_argument("--seconds", type=float, default=60.0, help="of the processor, after which a process is ended")
    options.add_argument("--most", type=float, default=2.0, help="of the processor, that a stage may take")
    options.add_argument("--calls", action="store_true", help="count calls of Python")
    asked(options)
    chosen = options.parse_args()
    loaded = ["__main__", "chainrule.api", "chainrule.explain.tell.report", "chainrule.train.files"]
    SERVER.set_forkserver_preload(loaded)
    kept = Kept(chosen.out)
    ways = [f"{family} {stage}" for stage in chosen.stages for family in chosen.families]
    for way in Kept(None).left(ways, chosen.shard):
        family, stage = way.split()
        for size in chosen.sizes or FAMILIES[family][0]:
            key = f"{way} {size}"
            if key not in kept.found:
                kept.add(key, measured(family, stage, size, chosen.calls, chosen.seconds))
            if "fault" in kept.found[key]:
                break
        print(line(way, kept), flush=True)
    return told(kept, chosen.most)


def line(way: str, kept: Kept) -> str:
    """One family and stage at all its sizes, and the power with which they grow."""
    sizes = {int(key.split()[2]): found for key, found in kept.found.items() if key.startswith(f"{way} ")}
    parts = []
    for size, found in sorted(sizes.items()):
        what = f"{found.get('calls', '')} {found['seconds']:.2f} s {found.get('code') or found.get('fault') or ''}"
        parts.append(f"{size}: {' '.join(what.split())}")
    whole = [(size, found["seconds"]) for size, found in sorted(sizes.items()) if not found.keys() & {"code", "fault"}]
    power = ""
    if len(whole) > 1 and whole[-2][1] > 0.05:
        power = f"  ~n^{math.log(whole[-1][1] / whole[-2][1]) / math.log(whole[-1][0] / whole[-2][0]):.1f}"
    family, stage = way.split()
    return f"{family:20} {stage:14} {'; '.join(parts)}{power}"


def told(kept: Kept, most: float) -> int:
    """What takes longer than it may, and what broke."""
    slow = {key: found for key, found in kept.found.items() if found["seconds"] > most or "fault" in found}
    print(f"{len(kept.found)} texts and stages, {len(slow)} take more than {most:g} s of the processor or broke:")
    for key, found in sorted(slow.items(), key=lambda one: -one[1]["seconds"]):
        print(f"  {key:40} {found['seconds']:.2f} s, {found.get('mib', 0)} MiB {found.get('fault', '')}")
    largest = max(kept.found.values(), key=lambda one: one.get("mib", 0), default={})
    print(f"most memory of a process: {largest.get('mib', 0)} MiB ({largest.get('key', '')})")
    return int(bool(slow))


if __name__ == "__main__":
    raise SystemExit(main())
