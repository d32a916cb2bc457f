/** Which jobs a run becomes, and what sbatch is told of them. */
import { describe, expect, test } from 'vitest';
import { planJobs } from '../../src/execute/jobs/plan-jobs.ts';
import type { ConfigHash } from '../../src/hash.ts';
import { loadPipeline } from '../../src/pipeline/load.ts';
import { stagesInOrder } from '../../src/plan/graph.ts';
import type { SlurmSettings } from '../../src/slurm/options.ts';
import { dependenciesOn, secondsAhead, settingsOf, unitArguments } from '../../src/slurm/unit-arguments.ts';
import { rig } from '../helpers/rig.ts';

/** @param known stages whose results are there */
async function planned(stages: string, known: readonly string[] = []) {
  const on = rig({ 'pipeline.yaml': `version: 1\nstages:\n${stages}` });
  const pipeline = await loadPipeline({ file: on.path('pipeline.yaml'), overlays: [], set: [] });
  return planJobs(stagesInOrder(pipeline).filter(({ name }) => !known.includes(name)));
}

/** `fit[3] after make, split each` */
async function words(stages: string, known: readonly string[] = []): Promise<string[]> {
  return (await planned(stages, known)).map(({ name, stages: all, after }) => {
    const waits = after.map(({ unit, tasks, each }) => `${unit}${each ? ' each' : ''}${tasks ? `(${tasks})` : ''}`);
    const size = all.length > 1 ? `[${all.length}]` : '';
    return `${name}${size}${waits.length === 0 ? '' : ` after ${waits.join(' and ')}`}`;
  });
}

const make = '  make: { cmd: "x ${outs.o}", outs: { o: o } }\n';
const each = (name: string, deps: string, more = '') =>
  `  ${name}:\n    foreach: [1, 2, 3]\n    do: { cmd: "x ${'${outs.o}'}", outs: { o: o }, deps: { ${deps} }${more} }\n`;

describe('jobs of a run', () => {
  test('a chain, and what is known is waited for by nobody', async () => {
    const chain = `${make}  fit: { cmd: "x \${deps.m} \${outs.o}", deps: { m: "\${make.o}" }, outs: { o: o } }\n`;
    expect(await words(chain)).toEqual(['make', 'fit after make']);
    expect(await words(chain, ['make'])).toEqual(['fit']);
  });

  test('instances that wait for the same are an array, and who needs them all waits for it', async () => {
    const sum = '  sum: { cmd: "x ${outs.o}", deps: { all: "${fit@*.o}" }, outs: { o: o } }\n';
    expect(await words(make + each('fit', 'm: "${make.o}"') + sum)).toEqual([
      'make',
      'fit[3] after make',
      'sum after fit',
    ]);
  });

  test('instances that wait each for its like, task by task, and for others all alike', async () => {
    const own = each('fit', 'm: "${make.o}"') + each('score', 'f: "${fit@${key}.o}", m: "${make.o}"');
    expect(await words(make + own)).toEqual(['make', 'fit[3] after make', 'score[3] after make and fit each']);
    expect(await words(make + own, ['make', 'fit@1', 'fit@2', 'fit@3'])).toEqual(['score[3]']);
    expect(await words(make + own, ['make', 'fit@2'])).toEqual([...['fit[2]', 'score[2] after fit each', 'score@2']]);
  });

  test('an instance that waits for another of its stage, through a third, is planned after that', async () => {
    const chained = `  g:
    foreach: { a: make.o, b: x.o, c: make.o }
    do: { cmd: "x \${deps.i} \${outs.o}", deps: { i: "\${\${item}}" }, outs: { o: o } }
  x: { cmd: "x \${deps.i} \${outs.o}", deps: { i: "\${g@a.o}" }, outs: { o: o } }
`;
    expect(await words(make + chained)).toEqual(['make', 'g[2] after make', 'x after g(0)', 'g@b after x']);
  });

  test('what asks for different things is no array', async () => {
    const one = `  fit:\n    foreach: [1, 2]\n    do: { cmd: "x \${outs.o}", outs: { o: o }, resources: { cpus: 2, memory: 1GiB, gpus: 1 } }\n`;
    const [unit] = await planned(one);
    expect(unit).toMatchObject({ name: 'fit', resources: { cpus: 2, memoryBytes: 2 ** 30, gpus: 1 } });
  });
});

describe('what sbatch is told', () => {
  test('a stage goes before the site, and what the engine takes is added', () => {
    const resources = { cpus: 2, memoryBytes: 2 ** 30, timeMs: 90_000, gpus: 2 };
    expect(settingsOf({ resources }, { site: { partition: 'gpu', time: '8h', memory: '1GiB' }, flags: {} })).toEqual({
      ...{ partition: 'gpu', cpus: 2, memory: '1280MiB', time: '90s', gres: 'gpu:2' },
    });
    expect(settingsOf({ resources: { cpus: 1 } }, { site: { time: '8h', cpus: 2 }, flags: { qos: 'q' } })).toEqual({
      cpus: 2,
      time: '8h',
      qos: 'q',
    });
  });

  test('what the site says of requeueing holds', () => {
    const id = { configHash: 'a'.repeat(64) as ConfigHash, attempt: 1 };
    const unit = { name: 'fit', stages: ['fit'], resources: { cpus: 1 }, after: [] };
    const wishes = { site: { options: { 'no-requeue': true } }, flags: {} };
    const args = unitArguments({ id, nonce: 'n' }, unit, { wishes, folder: '/f', dependencies: [] });
    expect(args.filter((arg) => arg.endsWith('requeue'))).toEqual(['--requeue', '--no-requeue']); // the last one counts
  });

  test('a job is told of its limit a tenth of its time before, whoever said how long it is', () => {
    const ahead = (timeMs: number | undefined, site: SlurmSettings, flags: SlurmSettings = {}) =>
      secondsAhead({ resources: { cpus: 1, ...(timeMs === undefined ? {} : { timeMs }) } }, { site, flags });
    expect(ahead(undefined, {})).toBe(60);
    expect(ahead(600_000, {})).toBe(60);
    expect(ahead(undefined, { time: '10m' })).toBe(60);
    expect(ahead(600_000, {}, { time: '2m' })).toBe(12);
    expect(ahead(undefined, {}, { time: '1-0' })).toBe(60);
    expect(ahead(600_000, { signal_seconds: 90 }, { time: '2m' })).toBe(90);
  });

  test('dependencies by id, of tasks and arrays', () => {
    const jobs = new Map([
      ['make', '1'],
      ['fit', '2'],
      ['score', '3'],
    ]);
    const after = [
      { unit: 'make' },
      { unit: 'fit', tasks: [0, 2] },
      { unit: 'score', each: true },
      { unit: 'gone' },
    ] as const;
    expect(dependenciesOn(after, jobs)).toEqual(['afterok:1:2_0:2_2', 'aftercorr:3']);
  });
});
