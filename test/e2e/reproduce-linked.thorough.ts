/** A workspace package is recorded as code, and had again as it was. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rig } from '../helpers/rig.ts';

test('the package of the record is imported, not the one of today', async () => {
  const made = rig({
    'app/pipeline.yaml':
      'version: 1\nstages:\n  make: { cmd: "node main.mjs > ${outs.out}", outs: { out: out.txt } }\n',
    'app/main.mjs': "import { value } from 'lib';\nconsole.log(value);\n",
    'lib/package.json': '{ "name": "lib", "type": "module", "exports": "./lib.js" }\n',
    'lib/lib.js': 'export const value = 1;\n',
  });
  mkdirSync(made.path('node_modules'));
  symlinkSync('../lib', made.path('node_modules/lib'));
  const run = async () => {
    const { stdout } = await made.retrial('-C', 'app', 'run', '--json');
    return JSON.parse(stdout) as { configHash: string; stages: { outcome: string; fingerprint: string }[] };
  };
  const first = await run();
  made.write({ 'lib/lib.js': 'export const value = 2;\n' });
  const second = await run();
  expect(second.stages[0]?.outcome).toBe('ran');
  expect(made.read(join('app/runs/stages', second.stages[0]?.fingerprint ?? '', 'outs/out.txt'))).toBe('2\n');
  const { stdout, stderr } = await made.retrial('-C', 'app', 'reproduce', `${first.configHash}@1`, '--json');
  expect(JSON.parse(stdout), stderr).toMatchObject({ verdict: 'identical', drift: [] });
});
