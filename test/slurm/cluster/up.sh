#!/bin/bash
# up.sh [NODES]: a Slurm cluster of its own on 127.0.0.1, without systemd or a database; prints `export SLURM_CONF=…`.
# SLURM_DIR: the folder that holds all of it, made here and removed by down.sh. SLURM_PORT: the first of 1 + NODES ports.
# SLURM_CPUS (4) and SLURM_MEM (4096 MB) of a node, SLURM_EXTRA: further lines of slurm.conf.
# SLURM_MEMORY: how memory is enforced, `cgroup` (v1, one such cluster on a machine) or `polls` (OverMemoryKill); not at all where it is not set.
# Each node is a pid namespace where the kernel lets it be one: its processes cannot be judged from another, and end with it.
set -euo pipefail
N=${1:-4}
D=${SLURM_DIR:?} P=${SLURM_PORT:?}
here=$(cd "$(dirname "$0")" && pwd)
host=$(hostname -s)
export SLURM_CONF=$D/slurm.conf PATH=$PATH:/usr/sbin:/sbin
for program in munged slurmctld slurmd sbatch; do
  command -v $program > /dev/null || { echo "no $program: apt-get install -y --no-install-recommends slurm-wlm munge" >&2; exit 2; }
done
if [ -e "$D" ] && [ ! -e "$D/.slurm-fixture" ]; then echo "$D is there and not of this" >&2; exit 2; fi
"$here/down.sh"
mkdir -p "$D/state" "$D/munge"
chmod 755 "$D"
chmod 700 "$D/munge"
touch "$D/.slurm-fixture"

(umask 077 && dd if=/dev/urandom of="$D/munge/key" bs=128 count=1 status=none)
chmod 755 "$D/munge"
munged --key-file="$D/munge/key" --socket="$D/munge/socket" --pid-file="$D/munged.pid" \
  --log-file="$D/munge/munged.log" --seed-file="$D/munge/seed" --num-threads=2

task=task/none gather=jobacct_gather/none default=64
case ${SLURM_MEMORY:-} in
  cgroup)
    task=task/cgroup default=512
    printf '%s\n' CgroupPlugin=cgroup/v1 CgroupAutomount=no ConstrainRAMSpace=yes > "$D/cgroup.conf" ;;
  polls) gather="jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill" default=512 ;;
esac
all=$([ "$N" = 1 ] && echo n1 || echo "n[1-$N]")

# SlurmdTimeout, KillWait and cred_expire are as short as they may be: a node that is gone, and a job that is requeued, are waited for.
cat > "$D/slurm.conf" << CONF
ClusterName=fixture
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$D/munge/socket,cred_expire=5
CredType=cred/munge
SlurmctldPort=$P
StateSaveLocation=$D/state
SlurmdSpoolDir=$D/spool-%n
SlurmctldPidFile=$D/slurmctld.pid
SlurmdPidFile=$D/slurmd-%n.pid
SlurmctldLogFile=$D/slurmctld.log
SlurmdLogFile=$D/slurmd-%n.log
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=$task
JobAcctGatherType=$gather
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
DefMemPerCPU=$default
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmdParameters=config_overrides
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2,nohold_on_prolog_fail,defer
ReturnToService=2
SlurmdTimeout=4
SlurmctldTimeout=10
MessageTimeout=4
KillWait=3
InactiveLimit=0
MinJobAge=300
MaxArraySize=10001
MaxJobCount=20000
JobRequeue=1
MailProg=/bin/true
${SLURM_EXTRA:-}
$(for i in $(seq "$N"); do echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((P + i)) CPUs=${SLURM_CPUS:-4} RealMemory=${SLURM_MEM:-4096} State=UNKNOWN"; done)
PartitionName=main Nodes=$all Default=YES PriorityTier=10 MaxTime=INFINITE State=UP
PartitionName=short Nodes=$all PriorityTier=10 MaxTime=1 State=UP
PartitionName=spot Nodes=$all PriorityTier=10 PreemptMode=CANCEL MaxTime=INFINITE State=UP
PartitionName=grace Nodes=$all PriorityTier=10 GraceTime=3 MaxTime=INFINITE State=UP
PartitionName=urgent Nodes=$all PriorityTier=20 PreemptMode=OFF MaxTime=INFINITE State=UP
CONF
slurmctld -c -f "$D/slurm.conf"
for i in $(seq "$N"); do "$here/node.sh" "$i"; done
for _ in $(seq 300); do
  [ "$(timeout 5 sinfo -h -N -p main -t idle -o %N 2> /dev/null | sort -u | wc -l)" = "$N" ] && break
  sleep 0.1
done
[ "$(timeout 5 sinfo -h -N -p main -t idle -o %N | sort -u | wc -l)" = "$N" ] || { tail -20 "$D/slurmctld.log" >&2; exit 1; }
echo "export SLURM_CONF=$D/slurm.conf"
