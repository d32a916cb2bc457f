/** Jobs as process groups: what is left of one, and when it is told to stop. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { rig } from '../helpers/rig.ts';
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
