#!/bin/bash
# down.sh: ends what up.sh began in SLURM_DIR, jobs included, and removes the folder. SLURM_KEEP=1 leaves it, for its logs.
set -uo pipefail
D=${SLURM_DIR:?}
[ -e "$D/.slurm-fixture" ] || exit 0
runs() { # a pid that is no zombie: the first process of a container may never reap one
  local stat
  stat=$(sed 's/.*) //' "/proc/$1/stat" 2> /dev/null) || return 1
  [ -n "$stat" ] && [ "${stat:0:1}" != Z ]
}
stop() { # PID FILE, what its command line has
  local pid
  pid=$(cat "$1" 2> /dev/null) || return 0
  tr '\0' ' ' < "/proc/$pid/cmdline" 2> /dev/null | grep -qF -- "$2" || return 0
  kill -TERM "$pid" 2> /dev/null
  for _ in $(seq 100); do runs "$pid" || return 0; sleep 0.02; done
  kill -KILL "$pid" 2> /dev/null
}
stop "$D/slurmctld.pid" "$D/slurm.conf"
for file in "$D"/node-*.pid; do
  [ -e "$file" ] && kill -KILL -- "-$(cat "$file")" 2> /dev/null
done
# What is left of ours is known by its environment: slurmd, slurmstepd, jobs.
for _ in 1 2 3; do
  left=0
  for environment in /proc/[0-9]*/environ; do
    pid=${environment#/proc/} pid=${pid%/environ}
    grep -qsz -- "^SLURM_CONF=$D/slurm.conf" "$environment" || continue
    name=$(cat "/proc/$pid/comm" 2> /dev/null) || continue
    if [[ $name == slurm* ]] || grep -qsz '^SLURM_JOB_ID=' "$environment"; then
      runs "$pid" && kill -KILL "$pid" 2> /dev/null && left=1
    fi
  done
  [ $left = 0 ] && break
  sleep 0.05
done
stop "$D/munged.pid" "$D/munge/"
# Slurm names its groups by node alone, and leaves them.
[ -e "$D/cgroup.conf" ] && find /sys/fs/cgroup/memory/slurm_n[0-9]* -depth -type d -exec rmdir {} \; 2> /dev/null
[ -n "${SLURM_KEEP:-}" ] || rm -rf "$D"
exit 0
