/** A project in a temporary folder, and the real command run on it as a user would. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { onTestFinished } from 'vitest';

const command = join(import.meta.dirname, '..', '..', 'bin', 'retrial.js');

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Rig {
  readonly folder: string;
  path(name: string): string;
  write(files: Readonly<Record<string, string>>): void;
  read(name: string): string;
  retrial(...args: string[]): Promise<Outcome>;
  /** `retrial run --json …`, parsed. */
  run(...args: string[]): Promise<RunJson>;
  /** A command that is not waited for. */
  start(...args: string[]): ResultPromise<{ reject: false; all: true; cwd: string; env: Record<string, string> }>;
}

export interface RunJson {
  readonly configHash: string;
  readonly attempt: number | null;
  readonly status: string;
  readonly stages: readonly {
    readonly name: string;
    readonly outcome: string;
    readonly fingerprint: string;
    readonly reason?: { readonly kind: string; readonly [key: string]: unknown };
    readonly outputs?: Readonly<Record<string, string>>;
  }[];
  readonly metrics: Readonly<Record<string, number | string>>;
}

/** @param onEnd calls back when the folder is to be removed: when the test has finished, or with `afterAll` the file */
export function rig(
  files: Readonly<Record<string, string>>,
  onEnd: (remove: () => void) => void = onTestFinished,
): Rig {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-rig-'));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const write: Rig['write'] = (more) => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), text);
    }
  };
  const start: Rig['start'] = (...args) =>
    execa(process.execPath, [command, ...args], { cwd: folder, reject: false, all: true, env: { NO_COLOR: '1' } });
  const retrial: Rig['retrial'] = async (...args) => {
    const { exitCode, stdout, stderr } = await start(...args);
    return { exitCode: exitCode ?? -1, stdout, stderr };
  };
  write(files);
  return {
    ...{ folder, path, write, start, retrial },
    read: (name) => readFileSync(path(name), 'utf8'),
    run: async (...args) => {
      const { stdout, stderr } = await retrial('run', '--json', ...args);
      if (stdout === '') throw new Error(`no JSON on stdout:\n${stderr}`);
      return JSON.parse(stdout) as RunJson;
    },
  };
}

/** A project as it is now, in a folder of its own: what many tests begin with is run once. */
export function copyOf(project: Rig, onEnd?: (remove: () => void) => void): Rig {
  const copy = rig({}, onEnd);
  cpSync(project.folder, copy.folder, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** `{ make: 'ran', sum: 'fresh' }` */
export function outcomes(result: RunJson): Record<string, string> {
  return Object.fromEntries(result.stages.map(({ name, outcome }) => [name, outcome]));
}

/** Every path below a folder, links not followed; none where it is not there. Folders may vanish meanwhile. */
export function filesBelow(folder: string): string[] {
  for (;;) {
    try {
      return readdirSync(folder, { recursive: true }).map(String).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      if (!existsSync(folder)) return [];
    }
  }
}

/** Waits until the condition holds; a condition that never does is a failure that says what was waited for. */
export async function until(what: string, holds: () => boolean, timeoutMs = 25_000): Promise<void> {
  const startedMs = performance.now();
  while (!holds()) {
    if (performance.now() - startedMs > timeoutMs) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
