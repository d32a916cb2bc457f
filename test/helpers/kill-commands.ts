/**
 * Kills the commands that keep house at random moments, each as long as it takes here undisturbed: whatever is left is
 * whole, and the same command, said again, does what it was to do.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { layoutOf } from '../../src/store/layout.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { generator, nothingRuns } from './kill-at-random.ts';
import { copyOf, filesBelow, outcomes, type Rig, type RunJson, rig } from './rig.ts';

const seeds = [1, 2];

/** Files enough that writing, packing and removing them takes a while. */
const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make:
    cmd: seq \${params.seed} 40000 | split -l 400 -a 3 - \${outs.made}/ && cp words.txt \${outs.made}
    deps: { words: words.txt }
    outs: { made: made/ }
  score:
    cmd: 'printf "{\\"lines\\": %s}" $(cat \${deps.made}/* | wc -l) > \${outs.scores}'
    deps: { made: "\${make.made}" }
    metrics: { scores: { path: scores.json, goal: maximize } }
remote: ../no-such-remote
`,
  'params.yaml': 'seed: 1\n',
  'words.txt': 'some words\n',
};

interface Killed {
  /** A store as it is before the command. */
  prepare(): Promise<Rig>;
  args(on: Rig): string[];
  /** After the same command has come to its end. */
  check(on: Rig): Promise<void>;
  /** Where something else is left than in the project's own store. */
  stores?(on: Rig): string[];
}

const fresh = async (on: Rig, outcome = 'fresh') => {
  for (const seed of seeds)
    expect(outcomes(await on.run('--set', `seed=${seed}`))).toEqual({ make: outcome, score: outcome });
};

async function withRuns(): Promise<Rig> {
  const on = rig(files);
  for (const seed of seeds) await on.run('--set', `seed=${seed}`);
  return on;
}

async function hashOf(on: Rig): Promise<string[]> {
  const { stdout } = await on.retrial('runs', '--json');
  return (JSON.parse(stdout) as RunJson[]).map(({ configHash }) => configHash);
}

export const killed: Readonly<Record<string, Killed>> = {
  gc: {
    prepare: withRuns,
    args: () => ['gc', '--keep-last', '1', '--now'],
    check: async (on) => {
      const results = readdirSync(on.path('runs/stages')).filter((name) => name !== '.tmp');
      expect(results).toHaveLength(2);
      expect(filesBelow(on.path('runs/trash'))).toEqual([]);
      expect(await hashOf(on)).toHaveLength(seeds.length);
    },
  },
  archive: {
    prepare: withRuns,
    args: () => ['archive', '--all', '-o', 'all.tar.gz'],
    check: async (on) => {
      const elsewhere = rig({ ...files, 'pipeline.yaml': files['pipeline.yaml'].replace(/remote:.*/, '') });
      expect((await elsewhere.retrial('restore', on.path('all.tar.gz'))).exitCode).toBe(0);
      await fresh(elsewhere);
      await fresh(on);
    },
  },
  restore: {
    prepare: async () => {
      const on = await withRuns();
      expect((await on.retrial('archive', '--all', '-o', 'all.tar.gz')).exitCode).toBe(0);
      rmSync(on.path('runs'), { recursive: true });
      return on;
    },
    args: () => ['restore', 'all.tar.gz'],
    check: async (on) => {
      expect(await hashOf(on)).toHaveLength(seeds.length);
      await fresh(on);
    },
  },
  reproduce: {
    prepare: withRuns,
    args: () => ['reproduce', 'latest', '--json'],
    check: async (on) => {
      expect((await on.retrial('gc', '--now')).exitCode).toBe(0);
      expect(existsSync(on.path('runs/reproductions')) ? readdirSync(on.path('runs/reproductions')) : []).toEqual([]);
      await fresh(on);
    },
  },
  'a push to the remote': {
    prepare: async () => {
      const on = rig({ ...files, 'pipeline.yaml': files['pipeline.yaml'].replace('../no-such-remote', 'remote') });
      mkdirSync(on.path('remote'));
      return on;
    },
    args: () => ['run', '--force'],
    stores: (on) => [on.path('remote')],
    check: async (on) => {
      const other = rig({
        ...files,
        'pipeline.yaml': files['pipeline.yaml'].replace('../no-such-remote', JSON.stringify(on.path('remote'))),
      });
      expect(outcomes(await other.run())).toEqual({ make: 'cached', score: 'cached' });
    },
  },
};

/** @param times how often it is killed; each time the command then comes to its end where it was killed last */
export async function killCommand(name: string, times: number, seed: number): Promise<void> {
  const { prepare, args, check, stores } = killed[name] as Killed;
  const random = generator(seed);
  const on = await prepare();
  const undisturbed = copyOf(on);
  const startedMs = performance.now();
  expect((await undisturbed.retrial(...args(undisturbed))).exitCode).toBe(0);
  const wholeMs = performance.now() - startedMs;
  for (let time = 1; time <= times; time++) {
    const afterMs = random() * wholeMs * 1.1;
    const when = `${name} killed after ${afterMs.toFixed(0)} of ${wholeMs.toFixed(0)} ms`;
    const running = on.start(...args(on));
    await sleep(afterMs);
    running.kill('SIGKILL');
    const { exitCode } = await running;
    await nothingRuns(on, when);
    for (const store of [on.path('runs'), ...(stores?.(on) ?? [])])
      expect({ when, problems: (await verifyStore(layoutOf(store))).problems }).toEqual({ when, problems: [] });
    if (exitCode === 0 && name === 'archive') break; // it was done before it was killed, and never writes over a file
  }
  if (!(name === 'archive' && existsSync(on.path('all.tar.gz')))) {
    const { exitCode, stderr } = await on.retrial(...args(on));
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  }
  await check(on);
  expect((await on.retrial('verify')).exitCode).toBe(0);
}
