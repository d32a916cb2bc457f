/** Slurm's own commands, and a script that hears its signals, on a real Slurm. */
import { chmodSync } from 'node:fs';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { slurmAuthority } from '../../src/slurm/authority.ts';
import { slurm } from '../../src/slurm/client.ts';
import { phaseOf, type SlurmJob } from '../../src/slurm/job-state.ts';
import { endingOf, stuckBecause } from '../../src/slurm/job-words.ts';
import { type SlurmSettings, sbatchArguments } from '../../src/slurm/options.ts';
import { batchScript } from '../../src/slurm/script.ts';
import { jobsInJson } from '../../src/slurm/squeue-json.ts';
import { currentProcess } from '../../src/store/process-identity.ts';
import { type Rig, rig } from '../helpers/rig.ts';
import { onSlurm } from './cluster/nodes.ts';

const client = slurm();

async function submitted(on: Rig, command: readonly string[], settings: SlurmSettings = {}, ...more: string[]) {
  const script = batchScript({ workdir: on.folder, setup: settings.setup ?? [], command, ended: on.folder });
  on.write({ 'job.sh': script });
  const log = `--output=${on.path('log-%j.txt')}`;
  const answer = await client.submit([log, ...sbatchArguments(settings), ...more, on.path('job.sh')]);
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

async function whenAll(id: string, holds: (jobs: readonly SlurmJob[]) => boolean): Promise<readonly SlurmJob[]> {
  for (const startedMs = performance.now(); ; ) {
    const answer = await client.jobs([id]);
    if (answer.ok && holds(answer.value)) return answer.value;
    if (performance.now() - startedMs > 60_000) throw new Error(`waited in vain: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
const ended = (id: string) => whenAll(id, (jobs) => jobs.length > 0 && jobs.every((job) => phaseOf(job) === 'ended'));

onSlurm('the client', () => {
  test('a job runs in its folder after the set-up, and leaves how it ended', async () => {
    const on = rig({});
    const setup = ["export WORD='it is'", 'echo setup >&2'];
    const id = await submitted(on, ['sh', '-c', 'pwd; echo "$WORD $1"; exit 3', '-', "it's"], {
      setup,
      memory: '64MiB',
    });
    const [job] = await ended(id);
    expect(job).toMatchObject({ id, state: 'FAILED', exitCode: 3, restarts: 0, submitted: id });
    expect(job && endingOf(job)).toBe('failed with exit code 3');
    expect(on.read(`log-${id}.txt`)).toBe(`setup\n${on.folder}\nit is it's\n`);
    expect(on.read(`${id}.0`)).toBe('3\n');
  });

  test('a set-up that fails, and a work folder that is not there, run nothing', async () => {
    const on = rig({});
    const [job] = await ended(await submitted(on, ['touch', 'ran'], { setup: ['true', 'false'] }));
    expect(job).toMatchObject({ state: 'FAILED', exitCode: 78 });
    on.write({ 'gone.sh': batchScript({ workdir: on.path('gone'), command: ['touch', on.path('ran')] }) });
    const answer = await client.submit([`--output=${on.path('gone.txt')}`, on.path('gone.sh')]);
    expect(await ended(answer.ok ? answer.value : '')).toMatchObject([{ exitCode: 78 }]);
    expect(on.read('gone.txt')).toContain(`there is no work folder ${on.path('gone')}`);
    expect(() => on.read('ran')).toThrow();
  });

  test('text and JSON of squeue say the same of every task', async () => {
    const on = rig({});
    const id = await submitted(on, ['sleep', '60'], { options: { comment: 'a|b' } }, '--array=0-5%1', '--job-name=t');
    const text = await whenAll(id, (jobs) => jobs.some(({ state }) => state === 'RUNNING'));
    const { stdout } = await execa('squeue', ['--json']);
    const json = (jobsInJson(stdout) ?? []).filter((job) => job.submitted === id);
    const bare = (jobs: readonly SlurmJob[]) =>
      jobs.map(({ timeLimitMinutes: _, ...job }) => job).sort((a, b) => (a.task ?? 0) - (b.task ?? 0));
    expect(bare(json)).toEqual(bare(text));
    expect(text).toHaveLength(6);
    expect(text[0]).toMatchObject({ submitted: id, comment: 'a|b', name: 't' });
    const mine = await client.mine();
    expect(mine.ok && mine.value.filter((job) => job.submitted === id)).toHaveLength(6);
    expect(await client.cancel([id])).toMatchObject({ ok: true });
    const cancelled = await ended(id);
    expect(cancelled.map((job) => endingOf(job))).toEqual(cancelled.map(() => 'was cancelled'));
  });

  test('what the environment says to sbatch makes no other job of it; without a number it is not submitted', async () => {
    const on = rig({ 'job.sh': '#!/bin/sh\n' });
    Object.assign(process.env, { SBATCH_ARRAY_INX: '0-3', SBATCH_QUIET: '1', SBATCH_WAIT: '1' });
    try {
      const answer = await client.submit(['--hold', on.path('job.sh')]);
      const id = answer.ok ? answer.value : '';
      const known = await client.jobs([id]);
      expect(known.ok && known.value.map((job) => job.id)).toEqual([id]);
      await client.cancel([id]);
    } finally {
      for (const name of ['SBATCH_ARRAY_INX', 'SBATCH_QUIET', 'SBATCH_WAIT']) delete process.env[name];
    }
    expect(await client.submit(['--version'])).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('no number') },
    });
  });

  test('what is impossible is refused in words of Slurm, and what is not known is gone', async () => {
    const on = rig({ 'job.sh': '#!/bin/sh\n' });
    for (const [settings, words] of [
      [{ partition: 'nope' }, /partition/i],
      [{ memory: '4TiB' }, /memory|not available/i],
      [{ constraint: 'nope' }, /feature/i],
    ] as const) {
      const answer = await client.submit([...sbatchArguments(settings), on.path('job.sh')]);
      expect(answer).toMatchObject({ ok: false, failure: { kind: 'refused', message: expect.stringMatching(words) } });
    }
    expect(await client.jobs(['999999'])).toEqual({ ok: true, value: [] });
    expect(await client.jobs(['999998', '999999'])).toEqual({ ok: true, value: [] });
    expect(await client.requeue('999999')).toMatchObject({ ok: false, failure: { kind: 'refused' } });
    expect(await client.ping()).toEqual({ ok: true, value: undefined });
  });

  test('whom Slurm does not have is gone, and nothing is known of who is on another cluster', async () => {
    const authority = slurmAuthority(client);
    const at = (cluster: string) => ({ ...currentProcess(), slurm: { job: '999999', restarts: 0, cluster } });
    const name = await client.cluster();
    const here = at(name.ok ? name.value : '');
    authority.whyGone(at('other'));
    await expect.poll(() => authority.whyGone(here), { timeout: 30_000 }).toBe('job 999999 is gone from the queue');
    expect(authority.whyGone(at('other'))).toBeUndefined();
  });

  test('what Slurm takes and never runs is known by its reason', async () => {
    const on = rig({ 'job.sh': '#!/bin/sh\n' });
    const answer = await client.submit([...sbatchArguments({ partition: 'short', time: '2h' }), on.path('job.sh')]);
    const id = answer.ok ? answer.value : '';
    const [job] = await whenAll(id, ([one]) => one !== undefined && one.reason !== '');
    expect(job && stuckBecause(job)).toMatch(
      /^(it asks for more time than the partition allows|the partition does not allow)/,
    );
    await client.cancel([id]);
  });

  test('signals are passed on to the command, which ends by itself', async () => {
    const on = rig({});
    const command = "trap 'echo told >> heard; exit 9' URG; touch begun; while :; do sleep 0.1; done";
    const id = await submitted(on, ['sh', '-c', command]);
    await whenAll(id, ([job]) => job?.state === 'RUNNING');
    await execa('sh', ['-c', `until [ -e ${on.path('begun')} ]; do sleep 0.1; done; scancel -b -s USR1 ${id}`]);
    expect(await ended(id)).toMatchObject([{ state: 'FAILED', exitCode: 9 }]);
    expect(on.read('heard')).toBe('told\n');
    expect(on.read(`${id}.0`)).toBe('9\n');
  });

  test('what a profile says to squeue and scancel hides no job', async () => {
    const on = rig({});
    const id = await submitted(on, ['sleep', '60']);
    await whenAll(id, ([job]) => job?.state === 'RUNNING');
    const profile = {
      SQUEUE_PARTITION: 'short',
      SQUEUE_STATES: 'PD',
      SCANCEL_PARTITION: 'short',
      SBATCH_ARRAY_INX: '0-3',
    };
    Object.assign(process.env, profile);
    try {
      expect(await client.jobs([id])).toMatchObject({ ok: true, value: [{ id, state: 'RUNNING' }] });
      expect(await client.mine()).toMatchObject({
        ok: true,
        value: expect.arrayContaining([expect.objectContaining({ id })]),
      });
      await client.cancel([id]);
      const one = await submitted(on, ['true']);
      expect(await ended(one)).toMatchObject([{ id: one }]);
    } finally {
      for (const name of Object.keys(profile)) delete process.env[name];
    }
    expect(await ended(id)).toMatchObject([{ state: 'CANCELLED' }]);
  });

  test('a requeued job begins again under its number', async () => {
    const on = rig({});
    const id = await submitted(on, ['sh', '-c', 'echo begun >> log; [ -n "$SLURM_RESTART_COUNT" ] || sleep 60']);
    await whenAll(id, ([job]) => job?.state === 'RUNNING');
    expect(await client.requeue(id)).toMatchObject({ ok: true });
    expect(await ended(id)).toMatchObject([{ id, state: 'COMPLETED', restarts: 1 }]);
    expect(on.read(`${id}.1`)).toBe('0\n');
  });

  test('a job that asks for it from inside does not take its own end for a refusal', async () => {
    const on = rig({ scontrol: '#!/bin/sh\nPATH=$REST scontrol "$@" && kill -TERM $$\n' });
    const id = await submitted(on, ['sh', '-c', '[ -n "$SLURM_RESTART_COUNT" ] || sleep 60']);
    await whenAll(id, ([job]) => job?.state === 'RUNNING');
    const rest = process.env.PATH ?? '';
    chmodSync(on.path('scontrol'), 0o755);
    Object.assign(process.env, { REST: rest, PATH: `${on.folder}:${rest}` });
    try {
      expect(await client.requeue(id)).toMatchObject({ ok: true });
    } finally {
      process.env.PATH = rest;
    }
    expect(await ended(id)).toMatchObject([{ id, state: 'COMPLETED', restarts: 1 }]);
  });
});
