/** Jobs that have to give way to others of a partition of more weight: what a site makes of it is seen, and named. */
import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { rig, until } from '../helpers/rig.ts';
import { outcomeOf } from '../helpers/sweep-project.ts';
import { healed, onSlurm, run } from './cluster/nodes.ts';
import { ownCluster } from './cluster/setup.ts';
import { counting, expectGoneOn, openOf, stagesOf, stateOfJob, submit, waited } from './submitting.ts';
import { nodesOf, type SlurmRig, slurmRig, states, untilStands } from './sweep-on-slurm.ts';

/** A job of another that takes whole nodes, and what runs there gives way. @returns its number */
function urgent(seconds: number, ...nodes: string[]): string {
  const where = ['--partition=urgent', '--exclusive', `--nodelist=${nodes.join()}`, `--nodes=${nodes.length}`];
  return run(['sbatch', '--parsable', ...where, '--output=/dev/null', '--wrap', `sleep ${seconds}`]).trim();
}
const nodeOf = (job: string) => run(['squeue', '-h', '-j', job, '-o', '%N']).trim();
const restartsOf = (job: string) => run(['squeue', '-h', '-j', job, '-t', 'all', '-O', 'RestartCnt']).trim();

onSlurm('a preempted job', () => {
  let down: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    down = await ownCluster();
  });
  afterEach(() => healed());
  afterAll(() => down?.());

  test.each(['main', 'grace'])('of a run goes on under its attempt, with the same bytes (%s)', async (partition) => {
    const on = rig(counting);
    const { jobs, attempt } = await submit(on, '--partition', partition);
    const [job = ''] = jobs.map(({ job: id }) => id);
    await until('the third step', () => existsSync(on.path('third')), 60_000);
    urgent(1, nodeOf(job));
    await until('it to wait again', () => stateOfJob(job) === 'PENDING' && restartsOf(job) === '1', 60_000);
    await expectGoneOn(on, attempt, rig({ ...counting, go: '' }));
  });

  test('of a run, for good: the stage says so, and the same command again goes on with it', async () => {
    const on = rig(counting);
    const { jobs } = await submit(on, '--partition', 'spot');
    const [job = ''] = jobs.map(({ job: id }) => id);
    await until('the third step', () => existsSync(on.path('third')), 60_000);
    urgent(1, nodeOf(job));
    await until('the end', () => openOf(on).length === 0, 60_000);
    expect(await stagesOf(on)).toEqual({ status: 'failed', count: 'preempted', after: 'dependency-failed' });
    const { stdout } = await on.retrial('show', 'latest');
    expect(stdout).toMatch(
      /count gave way to another job and was not put back into the queue; .* goes on with it \(job \d+\)/,
    );
    on.write({ go: '' });
    expect((await waited(on, '--partition', 'spot')).status).toBe('complete');
    expect(on.read('begun')).toBe('begin at 0\nbegin at 3\n');
  });

  /** Two workers, each on a node of its own, whose trainings stand at their fifth step. */
  async function standing(partition: string): Promise<{ on: SlurmRig; job: string }> {
    const parameters = '{ x: { values: [3, 1] }, gate: { values: [5] } }';
    const on = slurmRig({ parameters, slurm: '{ cpus: 4 }' });
    const job = await on.submit('--workers', '2', '--partition', partition);
    await untilStands(on, 'gate', 2);
    return { on, job };
  }

  async function expectUndisturbed(on: SlurmRig): Promise<void> {
    const calm = slurmRig({ parameters: '{ x: { values: [3, 1] }, gate: { values: [5] } }' });
    calm.write({ go: '' });
    await calm.sweep();
    expect(outcomeOf(await on.state())).toEqual(outcomeOf(await calm.state()));
  }
  const reasonsOf = async (on: SlurmRig) =>
    [...(await on.state()).trials.values()].flatMap(({ left }) => left.map(({ reason }) => reason));

  test('of a sweep is a worker again, and its trial goes on from its checkpoint', async () => {
    const { on, job } = await standing('main');
    urgent(1, nodesOf(job)[`${job}_1`] ?? '');
    await untilStands(on, 'resume6', 1); // by whoever asks next
    on.write({ go: '' });
    expect(await on.watch()).toMatchObject({ exitCode: 0, json: { states: { complete: 2 } } });
    expect(on.ran('train')).toHaveLength(3);
    for (const reason of await reasonsOf(on))
      expect(reason).toMatch(/^job \d+_1 was (requeued|cancelled, or preempted)/);
    await expectUndisturbed(on);
  });

  test('of a sweep, for good: its trial waits, --watch says why, and the same command again tops up', async () => {
    const { on, job } = await standing('spot');
    urgent(1, ...Object.values(nodesOf(job)));
    await until('both to be gone', () => Object.values(states(job)).every((state) => state === 'PREEMPTED'), 60_000);
    const watched = await on.retrial('sweep', 'sweep.yaml', '--watch');
    expect(watched).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/worker \d+_0 was preempted/) });
    expect(await reasonsOf(on)).toHaveLength(2);
    const runs = JSON.parse((await on.retrial('runs', '--json')).stdout) as { status: string }[];
    expect(runs.filter(({ status }) => status === 'running')).toEqual([]);
    on.write({ go: '' });
    expect(await on.submit('--workers', '2', '--partition', 'spot')).toMatch(/^\d+$/);
    expect(await on.watch()).toMatchObject({ exitCode: 0, json: { states: { complete: 2 } } });
    expect(on.ran('resume6')).toHaveLength(2);
    await expectUndisturbed(on);
  });
});
