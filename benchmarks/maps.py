"""How long a step of many runs takes, beside peers that train the same runs: a table and a record.

    python3 dev.py bench maps [MAP …] [--peers NAME …] [--threads N] [--rounds N] [--seconds S]
                               [--json] [--markdown]

As `training` does it: peers are measured in turns and held to the same weights. Each run has its own start and its own
rate; over a border they have one start and two rates. On one thread, times are those of the processor, so that other
programs take no part in them; on several they are those of the clock. A row is no training but the processor's limit:
the time of as many fused multiply-adds as a step's products have.
"""

from __future__ import annotations

from _threads import THREADS, keep_to_cores  # before NumPy is

import time

from _maps import MAPS
from peers.maps import map_peers
from training import command

if __name__ == "__main__":
    clock = time.process_time if THREADS == 1 else time.perf_counter
    keep_to_cores()
    raise SystemExit(command("maps", MAPS, map_peers, str(__doc__), clock))
