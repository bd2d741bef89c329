"""How long a step of training takes, beside peers that train the same network: a table and a record.

    python3 dev.py bench training [WORK …] [--peers NAME …] [--threads N] [--rounds N] [--seconds S]
                                   [--json] [--markdown]

Peers are measured in turns, in one process; of each the quickest round counts. Each is first held to the weights that
the first of them, chainrule's reference engine where it takes part, has after the same steps; in float32 to those of
NumPy in float64. One that is not here, or that computes something else, is named and not measured. A ~ before a time
says that it is at most that: what comes before the first step took longer than all the steps that could be waited for.
"""

from __future__ import annotations

from _threads import THREADS, keep_to_cores  # before NumPy is

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from _agree import Agreement, agreement
from _maps import Map
from _record import keep
from _rounds import Clock, Missing, Times, Train, rounds
from _work import WORKS, Pictures, Work
from peers import PEERS, peers_of
from peers.maps import MAP_PEERS

Peer = Callable[[Any], Train]
"""From a work to what trains it, or Missing."""

@dataclass(frozen=True)
class Ready:
    """A peer with the right weights: seconds until it was compiled and had done one step, and how far it agrees."""

    train: Train
    first: float
    agrees: Agreement


def judge(work: Work | Map) -> Train | None:
    """What the weights of a work in float32 are held to: NumPy in float64. Not over a border, which lies elsewhere in
    float64: fewer runs leave its numbers. NumPy has no network that reads pictures: there it is `exact`."""
    if work.bits == 64 or (isinstance(work, Map) and work.grid):
        return None
    if isinstance(work, Pictures):
        return PEERS["chainrule native exact"](replace(work, bits=64))
    return (MAP_PEERS if isinstance(work, Map) else PEERS)["NumPy"](replace(work, bits=64))


def gathered(
    work: Work | Map, peers: Mapping[str, Peer], told: Callable[[str], None] = lambda line: None
) -> tuple[dict[str, Ready], dict[str, str]]:
    """The peers that compute what the first one computes, and why the others are left out."""
    here: dict[str, Ready] = {}
    missing: dict[str, str] = {}
    right = judge(work)
    known = None if right is None else right(work.check)
    for name, peer in peers.items():
        told(f"{name}: compiling, and the first steps")
        start = time.perf_counter()
        try:
            train = peer(work)
            train(1)
            first = time.perf_counter() - start
            weights = train(work.check)
        except Missing as reason:
            missing[name] = str(reason)
            continue
        if not weights.size:  # a limit, which trains nothing
            here[name] = Ready(train, first, Agreement(0.0))
            continue
        known = weights if known is None else known
        found = agreement(work, weights, known)
        if found.problem:
            missing[name] = f"{found.problem} after {work.check} steps"
        else:
            here[name] = Ready(train, first, found)
    return here, missing


UNITS = ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def readable(seconds: float) -> str:
    size, unit = next((size, unit) for size, unit in UNITS if seconds >= size or unit == "ns")
    return f"{seconds / size:.3g} {unit}"


def table(times: dict[str, Times], ready: dict[str, Ready], missing: dict[str, str]) -> list[str]:
    """A line a peer: a step's time, what it takes to be ready, and how many times as long as each chainrule engine."""
    ours = [name for name in times if name.startswith("chainrule")]
    heads = [f"times {name.removeprefix('chainrule ')}" for name in ours]
    lines = ["  ".join([f"{'':34}{'a step':>10}{'ready after':>12}", *(f"{head:>24}" for head in heads)])]
    for name, found in times.items():
        ratios = ["{:.3g} ({:.3g}-{:.3g})".format(*times[our].against(found)) for our in ours]
        own = f"{name:34}{'~' * found.rough + readable(found.least):>10}{readable(ready[name].first):>12}"
        lines.append("  ".join([own, *(f"{ratio:>24}" for ratio in ratios)]))
    return [*lines, *(f"{name:34}not measured: {why}" for name, why in missing.items())]


def page(work: Work | Map, times: Mapping[str, Times]) -> list[str]:
    """The table as docs have it: chainrule first, then the quickest; of maps a step of one run."""
    ours = [name for name in times if name.startswith("chainrule native")]
    several, what = (work.runs, "a step of one run") if isinstance(work, Map) else (1, "a step")
    heads = ["", what, *(f"times {name.removeprefix('chainrule ')}" for name in ours)]
    lines = [heads, ["---"] * len(heads)]
    for name in sorted(times, key=lambda name: (name not in ours, times[name].least)):
        found = times[name]
        ratios = {our: map(short, times[our].against(found)) for our in ours}
        shown = ["1" if our == name else "{} ({}-{})".format(*ratio) for our, ratio in ratios.items()]
        lines.append([name, "at most " * found.rough + readable(found.least / several), *shown])
    return ["|" + "|".join(f" {cell} " if cell.strip("-") else cell or " " for cell in line) + "|" for line in lines]


def short(ratio: float) -> str:
    """Two digits, or three before a comma."""
    return f"{float(f'{ratio:.2g}'):,.0f}" if ratio >= 99.5 else f"{ratio:#.2g}".rstrip(".")


def apart(work: Work | Map, ready: Mapping[str, Ready]) -> list[str]:
    """Over a border: which runs of each peer are those of the first."""
    if not (isinstance(work, Map) and work.grid):
        return []
    told = {name: one.agrees for name, one in ready.items() if one.agrees.stayed > 1}
    return [
        f"{name:34}{one.stayed} of {work.runs} runs stay finite here and in the first, {one.elsewhere} of them end "
        f"elsewhere; {one.one_alone} stay in one alone"
        for name, one in told.items()
    ]


def progress(work: Work | Map) -> Callable[[str], None]:
    """Says on standard error what is being done."""
    begun = time.perf_counter()
    return lambda line: print(f"{time.perf_counter() - begun:6.1f} s  {work.name}  {line}", file=sys.stderr, flush=True)


def measured(
    work: Work | Map,
    peers: Mapping[str, Peer],
    given: argparse.Namespace,
    clock: Clock,
    told: Callable[[str], None],
) -> dict[str, Any]:
    count, least = given.rounds, given.seconds
    ready, missing = gathered(work, peers, told)
    fixed = work.steps if isinstance(work, Map) else None
    times = rounds({name: one.train for name, one in ready.items()}, count, least, clock, told, fixed)
    print(f"{work.name}: {work.about}; {count} rounds, {THREADS} thread{'s' * (THREADS > 1)}")
    print("\n".join([*table(times, ready, missing), *apart(work, ready)]), "\n")
    if given.markdown:
        print("\n".join(page(work, times)), "\n")
    return {
        "about": work.about,
        "text": work.text,
        "missing": missing,
        "peers": {
            name: {
                "step_s": {"least": one.least, "rounds": one.step},
                "first_call_s": ready[name].first,
                "call_s": statistics.median(one.call),
                "steps": one.steps,
                "rough": one.rough,
                "agrees": asdict(ready[name].agrees),
            }
            for name, one in times.items()
        },
    }


def named(peers: Mapping[str, Peer], wanted: Sequence[str]) -> dict[str, Peer]:
    """The peers whose names have one of these words in them; all where none is asked for. Ratios are to chainrule: its
    native engine takes part where no engine of chainrule is named."""
    chosen = {name for name in peers if not wanted or any(word.casefold() in name.casefold() for word in wanted)}
    if chosen and not any(name.startswith("chainrule") for name in chosen):
        chosen |= {name for name in peers if name.startswith("chainrule native")}
    return {name: peer for name, peer in peers.items() if name in chosen}


def command(
    name: str,
    works: Sequence[Work | Map],
    peers: Callable[[Any], Mapping[str, Peer]],
    about: str,
    clock: Clock = time.perf_counter,
) -> int:
    """Measure what the command line asks for, print it, and keep the record."""
    asked = argparse.ArgumentParser(description=about.partition("\n")[0])
    asked.add_argument("works", nargs="*", metavar="WORK", help=", ".join(work.name for work in works))
    asked.add_argument("--peers", nargs="+", default=[], metavar="NAME", help="those whose names have these words")
    asked.add_argument("--threads", type=int, default=THREADS, help="so many for every peer that can use them")
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--seconds", type=float, default=0.3, help="at least so long is each peer measured in a round")
    asked.add_argument("--json", action="store_true", help="print the record too")
    asked.add_argument("--markdown", action="store_true", help="print each table as docs have it too")
    given = asked.parse_args()
    unknown = set(given.works) - {work.name for work in works}
    if unknown:
        asked.error(f"there is no work {', '.join(sorted(unknown))}")
    found = {}
    for work in works:
        if not given.works or work.name in given.works:
            chosen = named(peers(work), given.peers)
            if not chosen:
                asked.error(f"{work.name} has no such peer; there is {', '.join(peers(work))}")
            found[work.name] = measured(work, chosen, given, clock, progress(work))
    kept = keep("-".join([name, *given.works]), {"rounds": given.rounds, "threads": THREADS, "works": found})
    if given.json:
        print(kept.read_text("utf-8"))
    print(f"record: {kept}")
    return 0


if __name__ == "__main__":
    keep_to_cores()
    raise SystemExit(command("training", WORKS, peers_of, str(__doc__)))
