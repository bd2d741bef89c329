"""How long a step of many runs takes, beside peers that train the same runs: a table and a record.

    python3 dev.py bench maps [MAP …] [--rounds N] [--seconds S]

As `training` does it, on one core: peers are measured in turns and held to the same weights. Each run has its own start
and its own rate. Times are those of the processor, so that other programs take no part in them.
"""

from __future__ import annotations

import _threads  # noqa: F401  (before NumPy is)

import time

from _maps import MAPS
from peers.maps import MAP_PEERS
from training import command

if __name__ == "__main__":
    raise SystemExit(command("maps", MAPS, lambda work: MAP_PEERS, str(__doc__), time.process_time))
