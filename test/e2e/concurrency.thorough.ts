/** Many processes, one `runs/` folder: each stage runs once, nobody fails, nothing is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasNamespaces, inNamespace, namespaceSkipReason } from '../helpers/pid-namespace.ts';
import { outcomes, type Rig, type RunJson, rig, until } from '../helpers/rig.ts';
import { shell } from '../hostile/confined.ts';

const shared = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  data: { cmd: "echo data >> ran.txt; sleep 0.2; seq 5 > \${outs.out}", outs: { out: out.txt } }
  clean: { cmd: "echo clean >> ran.txt; sleep 0.1; sort -r \${deps.data} > \${outs.out}", deps: { data: "\${data.out}" }, outs: { out: out.txt } }
  fit:
    cmd: echo fit \${params.seed} >> ran.txt; sleep 0.1; printf '{"score":%s}' \${params.seed} > \${outs.scores}
    deps: { clean: "\${clean.out}" }
    metrics: { scores: { path: scores.json, goal: maximize } }
`,
  'params.yaml': 'seed: 1\n',
};
const ran = (project: Rig) => project.read('ran.txt').trim().split('\n').sort();
const runs = (project: Rig, argsOf: (at: number) => string[], count = 8) =>
  Promise.all(Array.from({ length: count }, (_, at) => project.run('-j', '1', ...argsOf(at))));

describe('eight processes at once', () => {
  test('on the same config: each stage runs once, and all succeed', async () => {
    const project = rig(shared);
    const results = await runs(project, () => []);
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['complete']));
    expect(ran(project)).toEqual(['clean', 'data', 'fit 1']);
    expect(new Set(results.map((result) => JSON.stringify(result.metrics))).size).toBe(1);
  });

  test('on eight configs that share stages, beside readers: no error, no lost row', async () => {
    const project = rig(shared);
    let reading = true;
    const read = async (...args: string[]) => {
      const codes: number[] = [];
      for (; reading; await sleep(100)) codes.push((await project.retrial(...args)).exitCode);
      return codes;
    };
    await project.run('--set', 'seed=0'); // `compare` of nothing is a mistake
    const readers = [
      read('runs', '--json'),
      read('compare', '-o', 'page.html'),
      read('query', 'SELECT count(*) FROM metrics'),
      read('gc', '--now'),
    ];
    const results = await runs(project, (at) => ['--set', `seed=${at + 1}`]);
    reading = false;
    expect(new Set((await Promise.all(readers)).flat())).toEqual(new Set([0]));
    expect(results.map(({ metrics }) => metrics['fit.score']).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(ran(project)).toEqual(['clean', 'data', ...Array.from({ length: 9 }, (_, at) => `fit ${at}`)]);
    const listed = JSON.parse((await project.retrial('runs', '--json')).stdout) as { metrics: object }[];
    expect(listed).toHaveLength(9);
    expect(listed.every(({ metrics }) => 'fit.score' in metrics)).toBe(true);
    expect((await project.retrial('verify')).exitCode).toBe(0);
  });
});

test(`in pid namespaces of their own, where each is number 1: each stage runs once${namespaceSkipReason}`, {
  skip: !hasNamespaces,
  timeout: 120_000,
}, async () => {
  const project = rig(shared);
  const results = await Promise.all([1, 2, 3].map(() => shell(project, 'retrial run --json -j 1', ...inNamespace)));
  for (const { exitCode, stdout, stderr } of results) {
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect((JSON.parse(stdout) as RunJson).status).toBe('complete');
  }
  expect(ran(project)).toEqual(['clean', 'data', 'fit 1']);
  expect((await project.retrial('verify')).exitCode).toBe(0);
});

/** Fifty: test/long. */
const waiters = Number(process.env.RETRIAL_WAITERS ?? 12);

test(`a stage that fails is run once for all of ${waiters} that wait for it`, { timeout: 300_000 }, async () => {
  const project = rig({
    'pipeline.yaml':
      'version: 1\nstages:\n  bad: { cmd: "echo bad >> $PWD/ran.txt; until [ -e $PWD/go ]; do sleep 0.1; done; exit 3", outs: { o: o.txt } }\n',
  });
  const all = Array.from({ length: waiters }, () => project.start('run', '--json', '-j', '1'));
  const waiting = new Set<number>();
  for (const [at, { stderr }] of all.entries())
    stderr?.on('data', (chunk) => String(chunk).includes('waits for process') && waiting.add(at));
  await until('all but one wait', () => waiting.size === all.length - 1, 240_000);
  project.write({ go: '' });
  const results = (await Promise.all(all)).map(({ stdout }) => JSON.parse(stdout) as RunJson);
  expect(new Set(results.map(({ stages }) => stages[0]?.reason?.kind))).toEqual(new Set(['exit']));
  expect(ran(project)).toEqual(['bad']);
});

test('fifty ready stages keep two engines busy', async () => {
  const stages = Array.from(
    { length: 50 },
    (_, at) => `  s${at}: { cmd: "echo s${at} >> ran.txt; sleep 0.02; echo > \${outs.o}", outs: { o: o.txt } }\n`,
  );
  const project = rig({ 'pipeline.yaml': `version: 1\nstages:\n${stages.join('')}` });
  const results = await runs(project, () => [], 2);
  expect(new Set(ran(project)).size).toBe(50);
  expect(ran(project)).toHaveLength(50);
  const executed = (result: RunJson) => result.stages.filter(({ outcome }) => outcome === 'ran').length;
  for (const result of results) expect(executed(result)).toBeGreaterThan(7);
});

test('no order of claims and slots deadlocks', async () => {
  const dag = fc.array(fc.array(fc.nat({ max: 4 }), { maxLength: 2 }), { minLength: 2, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(dag, fc.integer({ min: 1, max: 2 }), async (all, cpus) => {
      const text = all.map((deps, at) => {
        const edges = [...new Set(deps)].filter((dep) => dep < at).map((dep) => `d${dep}: "\${s${dep}.o}"`);
        const wide = at % 2 === 0 ? cpus : 1;
        return `  s${at}: { cmd: "sleep 0.02; echo > \${outs.o}", deps: { ${edges.join(', ')} }, outs: { o: o.txt }, resources: { cpus: ${wide} } }\n`;
      });
      const project = rig({ 'pipeline.yaml': `version: 1\nstages:\n${text.join('')}` });
      const both = await runs(project, (at) => ['-j', at === 0 ? '1' : '2'], 2);
      for (const result of both) {
        expect(result.status).toBe('complete');
        expect(new Set(Object.values(outcomes(result))).has('failed')).toBe(false);
      }
    }),
    { numRuns: Number(process.env.RETRIAL_PROPERTY_RUNS ?? 3) },
  );
});
