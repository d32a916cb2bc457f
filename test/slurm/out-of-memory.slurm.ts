/** Jobs that take more memory than they asked for, where the kernel says so and where Slurm looks now and then. */
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rig, until } from '../helpers/rig.ts';
import { healed, onSlurm } from './cluster/nodes.ts';
import { hasMemoryGroups, ownCluster } from './cluster/setup.ts';
import { openOf, stagesOf, stateOfJob, submit, waited } from './submitting.ts';
import { slurmRig } from './sweep-on-slurm.ts';

/** Takes 700 MB where there is `greedy`, and stays until it is killed. */
const greedy = `[ -e greedy ] && exec "${process.execPath}" -e 'const a = Buffer.alloc(7e8, 1); setTimeout(() => a, 3e5)'`;
const pipeline = {
  'pipeline.yaml': `version: 1
stages:
  fit: { cmd: 'sh fit.sh \${outs.a}', outs: { a: a.txt }, code: [fit.sh], resources: { memory: 128MiB } }
  after: { cmd: 'cat \${deps.a} > \${outs.b}', deps: { a: '\${fit.a}' }, outs: { b: b.txt } }
`,
  greedy: '',
};
const inItself = `${greedy}\necho 1 > "$1"\n`;
/** What is killed is not the stage itself, as with workers of a data loader. */
const below = `(${greedy})\ncode=$?; [ $code -gt 1 ] && exit $code\necho 1 > "$1"\n`;

describe.each(['cgroup', 'polls'] as const)('out of memory, known by %s', (memory) => {
  const on = memory === 'cgroup' && !hasMemoryGroups() ? describe.skip : onSlurm;
  on('a job', () => {
    let down: (() => Promise<void>) | undefined;
    beforeAll(async () => {
      down = await ownCluster(memory);
    });
    afterEach(() => healed());
    afterAll(() => down?.());

    test.each([
      ['the stage', inItself],
      ['what it begins', below],
    ])('of a run, by %s: it is named, with what it had and what to do', async (_, script) => {
      const on = rig({ ...pipeline, 'fit.sh': script });
      const { jobs } = await submit(on);
      await until('the end', () => openOf(on).length === 0, 60_000);
      const [job = ''] = jobs.map(({ job: id }) => id);
      expect(stateOfJob(job)).toBe(memory === 'cgroup' ? 'OUT_OF_MEMORY' : 'FAILED');
      expect(await stagesOf(on)).toEqual({ status: 'failed', fit: 'out-of-memory', after: 'dependency-failed' });
      expect((await on.retrial('show', 'latest')).stdout).toContain(
        `took more memory than its job has; raise its resources.memory (job ${job}: it had 384 MiB)`,
      );
      rmSync(on.path('greedy'));
      expect((await waited(on)).status).toBe('complete');
    });

    test('of a sweep: its trial fails after as many tries as are allowed, and others are trained', async () => {
      const on = slurmRig(
        {
          retries: '{ signal: 1 }',
          slurm: '{ memory: 384MiB, cpus: 4 }',
        },
        {
          greedy: '',
          'train.sh': `echo "train $1" >> ran.txt\ncase $1 in 3 | 3.0) ${greedy} ;; esac\necho 1 > "$5"\n`,
        },
      );
      await on.submit('--workers', '4');
      const watched = await on.watch();
      expect(watched.json.states).toEqual({ complete: 3, failed: 1 });
      expect(on.ran('train 3')).toHaveLength(2);
      const failed = watched.json.trials.find(({ state }) => state === 'failed');
      expect(failed?.reason).toMatch(
        memory === 'cgroup' ? /^train: (was ended by SIGKILL|exited with code 137)/ : /^job \d+_\d ran out of memory$/,
      );
      if (memory === 'polls') expect(watched.stderr).toMatch(/worker \d+_\d ran out of memory/);
    });
  });
});
