/** `retrial run --executor slurm`: the same results and the same record as on one machine, and nothing submitted twice. */
import { expect, test } from 'vitest';
import { outcomes, type Rig, rig } from '../helpers/rig.ts';
import { onSlurm, run } from './cluster/nodes.ts';
import { submit, waited } from './submitting.ts';

const pipeline = `version: 1
params: params.yaml
stages:
  make:
    cmd: echo \${params.base} > \${outs.n}
    outs: { n: n.txt }
    resources: { memory: 100MB, time: 5m }
  fit:
    matrix: { by: [1, 2, 3] }
    do:
      cmd: a=$(cat \${deps.n}); b=\${item.by}; echo $((a * b)) > \${outs.m}
      deps: { n: "\${make.n}" }
      outs: { m: m.txt }
  score:
    foreach: { 1: 1, 2: 2, 3: 3 }
    do:
      cmd: a=$(cat \${deps.m}); echo "{\\"m\\":$a}" > \${outs.s}
      deps: { m: "\${fit@\${key}.m}" }
      metrics: { s: s.json }
  sum:
    cmd: cat \${deps.all} > \${outs.t}; echo summed
    deps: { all: "\${score@*.s}" }
    outs: { t: t.txt }
`;
const files = { 'pipeline.yaml': pipeline, 'params.yaml': 'base: 3\n' };

/** All that a run came to, without what differs from one to the next. */
async function shown(on: Rig) {
  const { stdout } = await on.retrial('show', 'latest', '--json');
  const told = JSON.parse(stdout) as { stages: Record<string, unknown>[]; [field: string]: unknown };
  const { configHash, status, params, metrics } = told;
  const stages = told.stages.map(({ name, outcome, fingerprint, reason, retries }) => ({
    ...{ name, outcome, fingerprint, reason, retries },
  }));
  return { configHash, status, params, metrics, stages };
}

/** They start tens of processes, on whatever else a machine is about. */
const slow = { timeout: 300_000 };

onSlurm('a run on Slurm', () => {
  test.concurrent('comes to what a local run comes to, and to the same record', slow, async ({ onTestFinished }) => {
    const here = rig(files, onTestFinished);
    const there = rig(files, onTestFinished);
    const local = await here.run();
    const { stderr, exitCode } = await there.retrial('run', '--executor', 'slurm', '--wait');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/▸ fit@2 +started\n(.*\n)*✓ fit@2 +ran .*\n(.*\n)*run \w{12} complete; retrial show/);
    expect(await shown(there)).toEqual(await shown(here));
    const again = await there.run();
    expect(again.stages.map(({ outputs }) => outputs)).toEqual(local.stages.map(({ outputs }) => outputs));
    expect(again).toMatchObject({ attempt: null, configHash: local.configHash });
    expect((await there.retrial('verify')).exitCode).toBe(0);
    expect((await there.retrial('logs', 'latest', 'sum')).stdout).toBe('summed');
  });

  test.concurrent('is submitted once; what is known is no job', slow, async ({ onTestFinished }) => {
    const on = rig(files, onTestFinished);
    const [one, other] = await Promise.all([submit(on), submit(on)]);
    expect([one.status, other.status].sort()).toEqual(['standing', 'submitted']);
    expect(one.jobs.map(({ job }) => job)).toEqual(other.jobs.map(({ job }) => job));
    expect(one.jobs.map(({ stages }) => stages.length)).toEqual([1, 3, 3, 1]); // an array for the instances of a stage
    expect(await submit(on)).toMatchObject({ status: 'standing', attempt: one.attempt });
    expect((await waited(on)).status).toBe('complete');
    const nothing = await on.run('--executor', 'slurm');
    expect(nothing).toMatchObject({ attempt: null, status: 'complete' });
    const changed = await submit(on, '--set', 'base=4');
    expect(changed.jobs.flatMap(({ stages }) => stages)).toHaveLength(8);
    const back = await waited(on, '--set', 'base=4');
    expect(back.metrics).toMatchObject({ 'score@3.m': 12 });
    on.write({ 'pipeline.yaml': pipeline.replace('echo summed', 'echo summed all') });
    on.write({ 'configs/slurm.yaml': 'options: { begin: now+3 }\n' });
    const last = await submit(on);
    expect(last.jobs.map(({ stages }) => stages)).toEqual([['sum']]);
    expect(outcomes(await waited(on))).toMatchObject({ make: 'cached', 'fit@1': 'cached', sum: 'ran' });
  });

  test.concurrent('its jobs are told of by --dry-run, status and show', slow, async ({ onTestFinished }) => {
    const on = rig({ ...files, 'configs/slurm.yaml': 'options: { hold: true }\n' }, onTestFinished);
    const asked = await on.retrial('run', '--executor', 'slurm', '--dry-run', '--partition', 'main');
    expect(asked.stdout).toMatch(/make +sbatch --partition=main --time=5 --mem=\d+M --hold\n/);
    const { jobs } = await submit(on);
    const [make = '', fit = ''] = jobs.map(({ job }) => job);
    const status = await on.retrial('status');
    expect(status.stdout).toMatch(new RegExp(`make +will run: submitted as job ${make}\n`));
    expect(status.stdout).toMatch(new RegExp(`fit@2 +(will|may) run: submitted as job ${fit}_1\n`));
    expect((await on.retrial('show', 'latest')).stdout).toMatch(new RegExp(`make .* ${make}\n`));
    run(['scontrol', 'release', ...jobs.map(({ job }) => job)]);
    expect((await waited(on)).status).toBe('complete');
    expect((await on.retrial('show', 'latest')).stdout).toMatch(new RegExp(`make .* ${make} on \\S+\n`));
  });

  test.concurrent(
    'a stage that fails ends what needs it, in Slurm and on record; the rest goes on',
    slow,
    async ({ onTestFinished }) => {
      const on = rig(
        {
          ...files,
          'pipeline.yaml': pipeline.replace(
            'a=$(cat ${deps.n});',
            'test ${item.by} = 2 && exit 3; a=$(cat ${deps.n});',
          ),
        },
        onTestFinished,
      );
      const { stderr, exitCode } = await on.retrial('run', '--executor', 'slurm', '--wait');
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/✗ fit@2 +failed: exited with code 3/);
      expect(stderr).toMatch(/- sum +did not run, as score@2 has no result/);
      const { status, stages } = await shown(on);
      expect(status).toBe('failed');
      expect(Object.fromEntries(stages.map(({ name, outcome }) => [name, outcome]))).toEqual({
        ...{ make: 'ran', 'fit@1': 'ran', 'fit@2': 'failed', 'fit@3': 'ran' },
        ...{ 'score@1': 'ran', 'score@2': 'cancelled', 'score@3': 'ran', sum: 'cancelled' },
      });
      on.write(files);
      const mended = await submit(on);
      expect(mended.jobs.flatMap(({ stages: names }) => names)).toEqual([
        'fit@1',
        'fit@2',
        'fit@3',
        'score@1',
        'score@2',
        'score@3',
        'sum',
      ]);
      expect((await waited(on)).status).toBe('complete');
    },
  );
});
