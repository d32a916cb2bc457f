/**
 * Ends every stage when the engine ends, however it ends. One small shell process, started before the first stage,
 * reads from a pipe which process groups run; when the pipe closes it asks all that are left to stop, and kills them
 * after the grace period. A kill -9 of the engine closes the pipe too.
 */
import { spawn } from 'node:child_process';

export interface Watcher {
  /** From now on the group is ended with the engine. */
  watch(group: number): void;
  unwatch(group: number): void;
  close(): void;
}

const graceSeconds = 5;

// `trap ''`: a Ctrl-C meant for the engine must not end its watcher first.
const script = `
trap '' INT TERM HUP
groups=' '
while read -r op group; do
  case $op in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for g in $groups; do kill -TERM "-$g" 2>/dev/null; kill -CONT "-$g" 2>/dev/null; done
for try in $(seq ${graceSeconds * 10}); do
  left=
  for g in $groups; do kill -0 "-$g" 2>/dev/null && left=1; done
  [ -z "$left" ] && exit 0
  sleep 0.1
done
for g in $groups; do kill -KILL "-$g" 2>/dev/null; done
`;

/** Starts the watcher; it does not keep the engine alive. */
export function startWatcher(): Watcher {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.on('error', () => undefined); // a system without sh has no stages to watch either
  child.unref();
  const pipe = child.stdin;
  pipe.on('error', () => undefined);
  (pipe as unknown as { unref?: () => void }).unref?.();
  return {
    watch: (group) => pipe.write(`+ ${group}\n`),
    unwatch: (group) => pipe.write(`- ${group}\n`),
    close: () => pipe.end(),
  };
}
