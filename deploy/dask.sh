#!/bin/bash
# A map on a Dask cluster of this machine: a scheduler and workers that may come and go, all on the loopback.
#
#   ./dask.sh m.zarr 4
#
# Dask speaks without a password unless it is told otherwise, and whoever reaches it can run programs as you. So everything here
# listens to 127.0.0.1 alone. On several machines use TLS (https://distributed.dask.org/en/stable/tls.html), and give
# the scheduler's address as it says it: --on tls://HOST:8786.

set -eu
store=${1:?say which store: ./dask.sh m.zarr 4}
workers=${2:-2}
port=${PORT:-8786}

dask scheduler --host 127.0.0.1 --port "$port" --no-dashboard &
ended=($!)
trap 'kill "${ended[@]}" 2>/dev/null || true' EXIT
for _ in $(seq "$workers"); do
    dask worker "tcp://127.0.0.1:$port" --host 127.0.0.1 --nthreads 1 --no-dashboard &
    ended+=($!)
done
chainrule map work "$store" --on "tcp://127.0.0.1:$port"
