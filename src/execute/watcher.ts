/**
 * Ends every stage when the engine ends, however it ends. One small shell process, started before the first stage,
 * reads from a pipe which process groups run; when the pipe closes it asks all that are left to stop, and kills them
 * after the grace period. A kill -9 of the engine closes the pipe too.
 */
import { spawn } from 'node:child_process';

export interface Watcher {
  /** From now on the group is ended with the engine, and what left it and still carries the mark in its environment. */
  watch(group: number, mark: string): void;
  unwatch(group: number, mark: string): void;
  close(): void;
}

// `trap ''`: a Ctrl-C meant for the engine must not end its watcher first.
const script = `
trap '' INT TERM HUP
groups=' '; marks=' '
while read -r op group mark; do
  case $op in
    +) groups="$groups$group "; marks="$marks$mark " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }"; marks="\${marks%% $mark *} \${marks#* $mark }" ;;
  esac
done
case $groups in *[0-9]*) ;; *) exit 0 ;; esac
strayed() {
  for m in $marks; do grep -lF "$m" /proc/[0-9]*/environ 2>/dev/null; done | sed 's:/proc/::; s:/environ::'
}
for g in $groups; do kill -TERM "-$g" 2>/dev/null; kill -CONT "-$g" 2>/dev/null; done
for p in $(strayed); do
  # One of a group has been asked already: a second signal would end what keeps its state at the first.
  g=$(ps -o pgid= -p "$p" 2>/dev/null | tr -d ' ')
  case "$groups" in *" \${g:-none} "*) ;; *) kill -TERM "$p" 2>/dev/null ;; esac
done
try=0
while [ $try -lt $1 ]; do
  left=$(strayed)
  for g in $groups; do kill -0 "-$g" 2>/dev/null && left=1; done
  [ -z "$left" ] && exit 0
  sleep 0.1
  try=$((try + 1))
done
for g in $groups; do kill -KILL "-$g" 2>/dev/null; done
for p in $(strayed); do kill -KILL "$p" 2>/dev/null; done
`;

/**
 * Starts the watcher; it does not keep the engine alive.
 * @param graceMs how long what it ends may take
 */
export function startWatcher(graceMs: number): Watcher {
  const tries = String(Math.ceil(graceMs / 100));
  const child = spawn('/bin/sh', ['-c', script, 'sh', tries], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.on('error', () => undefined); // a system without sh has no stages to watch either
  child.unref();
  const pipe = child.stdin;
  pipe.on('error', () => undefined);
  (pipe as unknown as { unref?: () => void }).unref?.();
  return {
    watch: (group, mark) => pipe.write(`+ ${group} ${mark}\n`),
    unwatch: (group, mark) => pipe.write(`- ${group} ${mark}\n`),
    close: () => pipe.end(),
  };
}
