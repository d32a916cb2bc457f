/** Inputs that change while a stage runs and are what they were when it ends: nobody knows what it read. */
import { expect, test } from 'vitest';
import { outcomes, rig } from '../helpers/rig.ts';

function project(cmd: string) {
  return rig({
    'pipeline.yaml': `version: 1
stages:
  make:
    cmd: ${JSON.stringify(`${cmd}; cat data/a.txt code.sh > \${outs.out}`)}
    deps: { data: data }
    code: [code.sh]
    outs: { out: out.txt }
`,
    ...{ 'data/a.txt': 'a\n', 'code.sh': '# code\n' },
  });
}

test.each([
  ['written over, and written back', 'cp data/a.txt keep; echo b > data/a.txt; cat keep > data/a.txt', 'data/a.txt'],
  ['with its time set back', 'cp -p data/a.txt keep; echo b > data/a.txt; cp -p keep data/a.txt', 'data/a.txt'],
  ['moved away, and moved back', 'mv data/a.txt keep; echo b > data/a.txt; mv keep data/a.txt', 'data/a.txt'],
  ['taken away, and put back', 'cp -p data/a.txt keep; rm data/a.txt; cp -p keep data/a.txt', 'data/a.txt'],
  ['touched, as what is written over', 'touch data/a.txt', 'data/a.txt'],
  ['code', 'cp code.sh keep; echo b > code.sh; cat keep > code.sh', 'code.sh'],
])('%s', async (_what, cmd, path) => {
  const made = project(cmd);
  expect((await made.run()).stages[0]?.reason).toEqual({ kind: 'inputs-changed', paths: [path], back: true });
  made.write({ 'pipeline.yaml': made.read('pipeline.yaml').replace(cmd, 'true') });
  expect(outcomes(await made.run())).toEqual({ make: 'ran' });
});

test.each([
  ['read', 'cat data/a.txt code.sh'],
  ['linked to', 'ln data/a.txt linked; ln code.sh linked.sh'],
  ['given other permissions, or the same', 'chmod 600 code.sh; chmod 644 data/a.txt'],
  ['beside new files that are gone again', 'touch data/lock; rm data/lock'],
])('what is only %s was not written', async (_what, cmd) => {
  expect(outcomes(await project(cmd).run())).toEqual({ make: 'ran' });
});
