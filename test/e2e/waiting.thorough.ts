/** One process waits for what another one computes: it says for whom, and what to do where that one is stopped. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { outcomes, type Rig, rig, until } from '../helpers/rig.ts';

const files = {
  'pipeline.yaml': `version: 1
stages:
  slow:
    cmd: "echo > begun; until [ -e go ]; do sleep 0.05; done; echo 1 > \${outs.out}"
    outs: { out: out.txt }
`,
};

/** Both run; the first is stopped while its stage goes on. */
async function waitingForStopped(made: Rig) {
  const owner = made.start('run');
  await until('the stage runs', () => existsSync(made.path('begun')));
  owner.kill('SIGSTOP');
  const waiter = made.start('run', '--json');
  let said = '';
  waiter.stderr?.on('data', (text) => {
    said += text;
  });
  await until('the waiter tells of it', () => said.includes('is stopped'));
  return { owner, waiter, said: () => said };
}

describe('a run that waits for a process that was stopped', () => {
  test('says for whom and since when, that it is stopped and what to do; it goes on with it', async () => {
    const made = rig(files);
    const { owner, waiter, said } = await waitingForStopped(made);
    expect(said().split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(new RegExp(`slow .* waits for process ${owner.pid} on \\S+, which began it just now$`)),
      `! slow        waits for process ${owner.pid}, which is stopped: kill -CONT ${owner.pid} lets it go on, kill -KILL ${owner.pid} ends it`,
    ]);
    owner.kill('SIGCONT');
    made.write({ go: '' });
    expect((await owner).exitCode).toBe(0);
    expect(outcomes(JSON.parse((await waiter).stdout))).toEqual({ slow: 'cached' });
  });

  test('takes its place where that one is ended, and its stage with it', async () => {
    const made = rig(files);
    const { owner, waiter } = await waitingForStopped(made);
    owner.kill('SIGKILL');
    made.write({ go: '' });
    expect(outcomes(JSON.parse((await waiter).stdout))).toEqual({ slow: 'ran' });
    expect(readFileSync(made.path('runs/latest/slow/outs/out.txt'), 'utf8')).toBe('1\n');
    expect((await owner).signal).toBe('SIGKILL');
  });
});
