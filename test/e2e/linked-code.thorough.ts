/** Code that is found through a link to a folder: which folder that is, is looked at each time. */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { outcomes, type Rig, rig } from '../helpers/rig.ts';

function relink(made: Rig, name: string, target: string) {
  rmSync(made.path(name), { force: true });
  mkdirSync(dirname(made.path(name)), { recursive: true });
  symlinkSync(target, made.path(name));
}

function project(entry: string) {
  const made = rig({
    'pipeline.yaml': `version: 1\nstages:\n  make: { cmd: "node ${entry} > \${outs.out}", outs: { out: out.txt } }\n`,
    'src/main.mjs': "import { value } from '../links/a/x.mjs';\nconsole.log(value);\n",
    'impl/v1/x.mjs': 'export const value = 1;\nconsole.log(1);\n',
    'impl/v2/x.mjs': 'export const value = 2;\nconsole.log(2);\n',
  });
  relink(made, 'links/a', '../current');
  relink(made, 'current', 'impl/v1');
  return made;
}

test.each(['src/main.mjs', 'links/a/x.mjs'])(
  'a link that leads to another folder is another code: %s',
  async (entry) => {
    const made = project(entry);
    await made.run();
    await new Promise((resolve) => setTimeout(resolve, 2_300)); // until the answer of the next run is kept
    expect(outcomes(await made.run())).toEqual({ make: 'fresh' });
    relink(made, 'current', 'impl/v2');
    expect(outcomes(await made.run())).toEqual({ make: 'ran' });
    relink(made, 'links/a', '../impl/v1');
    expect(outcomes(await made.run())).toEqual({ make: 'cached' });
  },
);

test('the links are there in an isolated stage, and where the run is reproduced', async () => {
  const made = project('src/main.mjs');
  const { configHash, stages } = await made.run('--isolated');
  expect(made.read(`runs/stages/${stages[0]?.fingerprint}/outs/out.txt`)).toBe('1\n1\n');
  relink(made, 'current', 'impl/v2');
  rmSync(made.path('links'), { recursive: true });
  const { stdout, stderr } = await made.retrial('reproduce', `${configHash}@1`, '--json');
  expect(JSON.parse(stdout), stderr).toMatchObject({ verdict: 'identical', drift: [] });
});
