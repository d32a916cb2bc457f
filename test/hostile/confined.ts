/** Runs the real command where the machine gives less: a small or read-only disk, few open files, an ordinary user. */
import { spawnSync } from 'node:child_process';
import { chownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Outcome, Rig } from '../helpers/rig.ts';

const command = join(import.meta.dirname, '..', '..', 'bin', 'retrial.js');
const succeeds = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;

/** Mounting needs a namespace of one's own, which some machines and containers refuse. */
export const canMount = succeeds('unshare', '-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt');
export const mountSkipReason = canMount ? '' : ' (skipped: no mount namespaces here)';

/** Runs a shell script in the project, in which `retrial` is the command; what it prints, with its exit code. */
export async function shell(project: Rig, script: string, ...wrapper: readonly string[]): Promise<Outcome> {
  const [program = 'sh', ...args] = [...wrapper, 'sh', '-c', `retrial() { "$NODE" "$RETRIAL" "$@"; }\n${script}`];
  const { exitCode, stdout, stderr } = await execa(program, args, {
    ...{ cwd: project.folder, reject: false },
    env: { NODE: process.execPath, RETRIAL: command, NO_COLOR: '1' },
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}

/** The same with a small file system of its own mounted at `runs/`, gone when the script ends. */
export function withDisk(project: Rig, size: string, script: string): Promise<Outcome> {
  return shell(project, `mkdir -p runs && mount -t tmpfs -o size=${size} tmpfs runs\n${script}`, 'unshare', '-rm');
}

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
const ordinary = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] as const;

/** Permissions mean nothing to root, who has to become somebody else, to whom this folder may mean nothing. */
export const canBeOrdinary =
  !isRoot || succeeds(ordinary[0], ...ordinary.slice(1), process.execPath, command, '--version');
export const ordinarySkipReason = canBeOrdinary ? '' : ' (skipped: no ordinary user can read this folder)';

/** The same as a user to whom permissions mean something, and who owns the project. */
export function asOrdinaryUser(project: Rig, script: string): Promise<Outcome> {
  if (!isRoot) return shell(project, script);
  for (const name of ['', ...readdirSync(project.folder, { recursive: true })])
    chownSync(project.path(String(name)), nobody, nobody);
  return shell(project, script, ...ordinary);
}
