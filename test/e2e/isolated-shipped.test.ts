/** The shipped pipeline runs where only what it declares is. */
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Rig, rig } from '../helpers/rig.ts';

const root = join(import.meta.dirname, '..', '..');

function clone(): Rig {
  const project = rig({});
  for (const name of ['pipeline.yaml', 'package.json', 'tsconfig.json', 'configs', 'stages', 'src/stage.ts'])
    cpSync(join(root, name), project.path(name), { recursive: true });
  for (const name of ['node_modules', 'native']) symlinkSync(join(root, name), project.path(name));
  return project;
}

const small = ['synthetic.users=60', 'synthetic.items=60', 'synthetic.ratings=1300'].map((set) => `data.${set}`);
const short = [...small, 'model.steps=3', 'model.validate_every=3'].flatMap((set) => ['--set', set]);

test('comes out with the same bytes as in the project', { timeout: 60_000 }, async () => {
  const isolated = await clone().run('--isolated', ...short);
  expect(isolated.stages.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 6 }, () => 'ran'));
  const plain = await clone().run(...short);
  expect(plain.stages.map(({ fingerprint }) => fingerprint)).toEqual(
    isolated.stages.map(({ fingerprint }) => fingerprint),
  );
});
