#!/bin/bash
# node.sh NUMBER: begins one node of the cluster in SLURM_DIR, or begins it again. Its pid file holds the process that the whole
# node ends with; slurmd in it may be killed alone.
set -euo pipefail
D=${SLURM_DIR:?} i=$1
export SLURM_CONF=$D/slurm.conf PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$D/spool-n$i"
apart=()
unshare -pf --mount-proc true 2> /dev/null && apart=(unshare -pf --mount-proc --kill-child)
# The shell stays what the namespace ends with, so that slurmd can be killed without what it runs.
setsid "${apart[@]}" bash -c "slurmd -D -N n$i -f '$D/slurm.conf' & while :; do sleep 86400 & wait \$!; done" > /dev/null 2>&1 < /dev/null &
echo $! > "$D/node-n$i.pid"
