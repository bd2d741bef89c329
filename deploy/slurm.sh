#!/bin/bash
# A map as an array of jobs: each computes what is missing of one store, beside the others.
#
#   chainrule map my.eq --axis … -o m.zarr --until 1s     begins the store, and says what it will be
#   sbatch --export=ALL,STORE=$PWD/m.zarr slurm.sh        fills it; twice does no harm
#   chainrule map status m.zarr                           says how far it is
#
# A job that is killed or runs out of time loses at most the tiles it was at: submit again, and it goes on. STORE must be in a
# folder that every node sees.

#SBATCH --job-name=chainrule-map
#SBATCH --array=1-8
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@30
#SBATCH --open-mode=append
#SBATCH --output=map-%A-%a.log

set -eu
: "${STORE:?say which store: sbatch --export=ALL,STORE=/path/m.zarr slurm.sh}"

# exec: the signal that comes 30 seconds before the end of the time reaches chainrule, which gives its tiles back
exec chainrule map work "$STORE" --workers "${SLURM_CPUS_PER_TASK:-1}" --no-wait
