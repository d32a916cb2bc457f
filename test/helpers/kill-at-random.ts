/**
 * Kills `retrial run` at random moments, from its start to its last write, and looks at what is left each time: whatever
 * is there is whole, nothing of it runs on, and the same command goes on from there.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { layoutOf } from '../../src/store/layout.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { isRunning } from './processes.ts';
import { type Rig, rig } from './rig.ts';

/** Each stage says when it begins and when it has written; one leaves a child behind, one writes a folder. */
const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make:
    cmd: echo "make begins" >> ran.txt; sleep 0.03; seq \${params.n} > \${outs.list}; echo "make wrote" >> ran.txt
    outs: { list: list.txt }
  spawn:
    cmd: echo "spawn begins" >> ran.txt; sleep 300 & sleep 0.03; cat \${deps.list} > \${outs.copy}; echo "spawn wrote" >> ran.txt
    deps: { list: "\${make.list}" }
    outs: { copy: copy.txt }
  parts:
    cmd: echo "parts begins" >> ran.txt; cd \${outs.parts}; for i in 1 2 3 4 5 6 7 8; do echo $i > $i; sleep 0.01; done; cd - > /dev/null; echo "parts wrote" >> ran.txt
    deps: { list: "\${make.list}" }
    outs: { parts: parts/ }
  join:
    cmd: echo "join begins" >> ran.txt; cat \${deps.copy} \${deps.parts}/* > \${outs.all}; echo "join wrote" >> ran.txt
    deps: { copy: "\${spawn.copy}", parts: "\${parts.parts}" }
    outs: { all: all.txt }
`,
  'params.yaml': 'n: 3\n',
};

export async function killAtRandom(times: number, seed: number): Promise<void> {
  const random = generator(seed);
  const project = rig(files);
  const wholeMs = await durationMs(project);
  for (let time = 1; time <= times; time++) {
    await killOnce(project, time, random() * wholeMs * 1.1, random() < 0.3);
    if (time % 4 === 0 || time === times) await finish(project, time);
  }
}

/** How long an undisturbed run takes here, so that kills fall all over it. */
async function durationMs(project: Rig): Promise<number> {
  const startedMs = performance.now();
  await project.run('--set', 'n=0');
  return performance.now() - startedMs;
}

async function killOnce(project: Rig, time: number, afterMs: number, withGroup: boolean): Promise<void> {
  const running = project.start('run', '--set', `n=${Math.ceil(time / 4)}`, '-j', '2');
  await sleep(afterMs);
  const groups = withGroup ? stageProcesses(project) : [];
  running.kill('SIGKILL');
  for (const pid of groups) kill(pid);
  await running;
  const when = `killed after ${afterMs.toFixed(0)} ms`;
  await nothingRuns(project, when);
  expect((await verifyStore(layoutOf(project.path('runs')))).problems, when).toEqual([]);
}

/** The same command goes on; what was finished before is not done again; nothing says that it is running. */
async function finish(project: Rig, time: number): Promise<void> {
  const n = Math.ceil(time / 4);
  const before = finished(project);
  project.write({ 'ran.txt': '' });
  const result = await project.run('--set', `n=${n}`);
  expect(result.status).toBe('complete');
  const began = lines(project, 'begins');
  const expected = result.stages.filter(({ fingerprint }) => !before.has(fingerprint)).map(({ name }) => name);
  expect(began.sort(), 'only what had no result').toEqual(expected.sort());
  const joined = result.stages.find(({ name }) => name === 'join')?.fingerprint ?? '';
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => `${at + 1}\n`).join('');
  expect(project.read(join('runs/stages', joined, 'outs/all.txt'))).toBe(numbers(n) + numbers(8));
  expect((await project.retrial('verify')).exitCode).toBe(0);
  const runs = JSON.parse((await project.retrial('runs', '--json')).stdout) as { status: string }[];
  expect(runs.map(({ status }) => status)).not.toContain('running');
}

const finished = (project: Rig) =>
  new Set(readdirSync(project.path('runs/stages')).filter((name) => /^[0-9a-f]{64}$/.test(name)));

const lines = (project: Rig, word: string) =>
  project
    .read('ran.txt')
    .split('\n')
    .filter((text) => text.endsWith(word))
    .map((text) => text.split(' ')[0] ?? '');

/** Of any engine of this project: what it started has the project's folder in its environment. */
function stageProcesses(project: Rig): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isRunning(pid) && environmentOf(pid).includes(`RETRIAL_STAGE=${project.folder}/`));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended meanwhile
  }
}

export async function nothingRuns(project: Rig, when: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < 30_000; waitedMs += 50) {
    if (stageProcesses(project).length === 0) return;
    await sleep(50);
  }
  throw new Error(`${when}, stages still run: ${stageProcesses(project).join(', ')}`);
}

/** Mulberry32: the same moments for the same seed. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
