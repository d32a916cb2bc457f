/** Jobs as process groups: what is left of one, and when it is told to stop. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { localExecutor } from '../../src/execute/local.ts';
import { rig } from '../helpers/rig.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { shell } from '../hostile/confined.ts';

/** As the first process of a container that has no init: it reaps only what it started itself. */
const asFirst = ['unshare', '-r', '--pid', '--fork', '--mount-proc'] as const;
const canBeFirst = spawnSync(asFirst[0], [...asFirst.slice(1), 'true']).status === 0;

describe(`as process 1${canBeFirst ? '' : ' (skipped: no pid namespaces here)'}`, { skip: !canBeFirst }, () => {
  test('what a stage leaves behind is killed, and not waited for until somebody reaps it', async () => {
    const project = rig({
      'pipeline.yaml': `version: 1
stages: { make: { cmd: "(sleep 1000 &); echo hi > \${outs.d}", outs: { d: d.txt } } }
`,
    });
    const command = 'exec timeout -s KILL 20 unshare -r --pid --fork --mount-proc --kill-child "$NODE" "$RETRIAL" run';
    const { exitCode, stderr } = await shell(project, command);
    expect(stderr).toContain('complete');
    expect(exitCode).toBe(0);
  });
});

describe('told to stop', () => {
  const job = (line: string) => {
    const folder = temporaryFolder();
    const command = { kind: 'shell', line } as const;
    return {
      command,
      cwd: folder,
      env: { PATH: process.env.PATH ?? '' },
      mark: folder,
      logFile: join(folder, 'log.txt'),
    };
  };

  test.each([
    ['while its log is opened', (stop: () => void) => stop()],
    ['when it runs', (stop: () => void) => setTimeout(stop, 200)],
  ])('%s, a job is cancelled', async (_when, soon) => {
    const executor = localExecutor();
    const stopping = new AbortController();
    const ended = executor.run(job('sleep 5'), stopping.signal);
    soon(() => stopping.abort());
    expect(await ended).toEqual({ ok: false, failure: { kind: 'cancelled' } });
    executor.close();
  });
});
