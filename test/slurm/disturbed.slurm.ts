/** What goes wrong on a cluster, while a study trains on it: its end is that of an undisturbed one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../helpers/rig.ts';
import { type Changes, outcomeOf } from '../helpers/sweep-project.ts';
import {
  healed,
  killController,
  killDaemon,
  killNode,
  onSlurm,
  run,
  startController,
  startNode,
} from './cluster/nodes.ts';
import { ownCluster } from './cluster/setup.ts';
import { nodesOf, type SlurmRig, slurmRig, states, untilStands } from './sweep-on-slurm.ts';

const gated = '{ x: { values: [3, 1, 2, 4] }, gate: { values: [5] } }';

onSlurm('a disturbed cluster', () => {
  let down: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    down = await ownCluster();
  });
  afterEach(() => healed());
  afterAll(() => down?.());

  /** A study whose four trainings stand at their fifth step, each on a node of its own. */
  async function standing(changes: Changes = {}, ...args: string[]): Promise<{ on: SlurmRig; job: string }> {
    const on = slurmRig({ parameters: gated, slurm: '{ cpus: 4 }', ...changes });
    const job = await on.submit('--workers', '4', ...args);
    await untilStands(on, 'gate', 4);
    return { on, job };
  }

  /** The bytes of every output, by what made it. */
  function bytesOf(on: SlurmRig): Record<string, string> {
    const stages = on.path('runs/stages');
    const names = readdirSync(stages).filter((name) => existsSync(join(stages, name, 'lock.json')));
    return Object.fromEntries(
      names.map((name) => {
        const outs = join(stages, name, 'outs');
        return [
          name,
          readdirSync(outs)
            .map((file) => readFileSync(join(outs, file), 'utf8'))
            .join(),
        ];
      }),
    );
  }

  type End = { readonly bytes: Record<string, string>; readonly outcome: ReturnType<typeof outcomeOf> };
  let calm: End | undefined;

  /** Of the same study by one local worker that nothing happens to. */
  async function undisturbed(): Promise<End> {
    if (calm !== undefined) return calm;
    const on = slurmRig({ parameters: gated });
    on.write({ go: '' });
    await on.sweep();
    calm = { bytes: bytesOf(on), outcome: outcomeOf(await on.state()) };
    return calm;
  }

  async function expectUndisturbed(on: SlurmRig): Promise<void> {
    expect({ bytes: bytesOf(on), outcome: outcomeOf(await on.state()) }).toEqual(await undisturbed());
  }

  test('a node that dies with its job, and one whose daemon dies alone so that two attempts overlap', async () => {
    const { on, job } = await standing();
    const nodes = Object.values(nodesOf(job));
    expect(new Set(nodes).size).toBe(4);
    killNode(2);
    killDaemon(3);
    await until('both jobs to be back in the queue', () => count(job, 'PENDING') === 2, 60_000);
    await startNode(2);
    await untilStands(on, 'resume6', 1); // the other waits for the node whose job still runs, or for a free one
    on.write({ go: '' });
    const watched = await on.watch();
    expect(watched).toMatchObject({ exitCode: 0, json: { states: { complete: 4 } } });
    await expectUndisturbed(on);
    const left = [...(await on.state()).trials.values()].flatMap((trial) => trial.left.map(({ reason }) => reason));
    expect(left.length).toBeGreaterThanOrEqual(1);
    for (const reason of left) expect(reason).toMatch(/^job \d+_\d (was requeued|is gone|lost its node)/);
    const runs = JSON.parse((await on.retrial('runs', '--json')).stdout) as { status: string }[];
    expect(runs.filter(({ status }) => status === 'running')).toEqual([]);
  });

  test('a job that is requeued in the middle of training goes on from its checkpoint', async () => {
    const { on, job } = await standing();
    run(['scontrol', 'requeue', `${job}_1`]);
    run(['scontrol', 'requeue', `${job}_2`]);
    await untilStands(on, 'resume6', 2);
    on.write({ go: '' });
    expect(await on.watch()).toMatchObject({ exitCode: 0, json: { states: { complete: 4 } } });
    await expectUndisturbed(on);
  });

  test('a worker whose time is nearly up gives its trial back, is requeued, and goes on', async () => {
    const { on, job } = await standing({ slurm: '{ cpus: 4, time: 1m, signal_seconds: 50 }' });
    await untilStands(on, 'resume6', 4);
    on.write({ go: '' });
    const watched = await on.watch();
    expect(watched).toMatchObject({ exitCode: 0, json: { states: { complete: 4 } } });
    await expectUndisturbed(on);
    expect(on.logs()).toContain(`job ${job}_0 goes back into the queue`);
    expect(on.logs()).toContain(`worker ${job}_0 of study s on`);
    expect(on.logs()).toMatch(/, restart 1\n/);
  });

  test('where requeueing is not allowed another job follows; who keeps nothing fails rather than beginning for ever', async () => {
    const settings = '{ cpus: 4, time: 1m, signal_seconds: 50, options: { no-requeue: true } }';
    const on = slurmRig(
      { slurm: settings, parameters: '{ x: { values: [3, 1] } }', budget: '{ trials: 2 }' },
      {
        'train.sh':
          'echo "train $1" >> ran.txt; [ "$1" = 3.0 ] || [ "$1" = 3 ] && sleep 300\n[ -e go ] || { echo 1 > "$RETRIAL_CHECKPOINT/step"; sleep 300; }\necho 1 > "$5"\n',
      },
    );
    await on.submit('--workers', '2');
    await untilStands(on, 'train', 2);
    on.write({ go: '' });
    const watched = await on.watch();
    expect(watched.json.states).toEqual({ complete: 1, failed: 1 });
    const failed = watched.json.trials.find(({ state }) => state === 'failed');
    expect(failed?.reason).toMatch(/^train: it had all the time of its job and kept nothing to go on from/);
    expect(on.logs()).toMatch(/may not be requeued .*: job \d+ follows it/);
  });

  test('who is told long before the limit, and keeps nothing, is begun again by another job', async () => {
    const on = slurmRig(
      { slurm: '{ cpus: 4, time: 10m }', parameters: '{ x: { values: [3] } }', budget: '{ trials: 1 }' },
      { 'train.sh': 'echo train >> ran.txt\n[ -e go ] || sleep 300\necho 1 > "$5"\n' },
    );
    const job = await on.submit('--workers', '1');
    await untilStands(on, 'train', 1);
    await new Promise((resolve) => setTimeout(resolve, 10_000)); // so that the stage had nearly all of its job
    run(['scancel', '--batch', '--signal=USR1', `${job}_0`]);
    await until('it to be given back', () => on.logs().includes('goes back into the queue'), 60_000);
    on.write({ go: '' });
    expect((await on.watch()).json.states).toMatchObject({ complete: 1 });
    expect(on.ran('train')).toHaveLength(2);
  });

  test('a controller that goes away: workers go on, --watch says so and keeps going', async () => {
    const { on, job } = await standing();
    const watching = on.start('sweep', 'sweep.yaml', '--watch');
    let said = '';
    watching.all?.on('data', (data) => {
      said += data;
    });
    await until('the watch to begin', () => said.includes('4 running'), 30_000);
    await killController();
    await until('the watch to notice', () => said.includes('Slurm does not answer'), 60_000);
    const refused = await on.retrial('sweep', 'sweep.yaml', '--executor', 'slurm', '--workers', '8');
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('nothing was submitted') });
    on.write({ go: '' });
    await until('the study to be over', () => on.ran('train').length === 4 && existsSync(on.path('runs')), 30_000);
    expect((await watching).exitCode).toBe(0);
    await expectUndisturbed(on);
    startController();
    await until('the controller to answer', () => Object.keys(states(job)).length > 0, 30_000);
  });
});

function count(job: string, state: string): number {
  return Object.values(states(job)).filter((one) => one === state).length;
}
