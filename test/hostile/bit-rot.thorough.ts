/** A disk that changes a bit and says nothing: sizes, times and inodes are what they were, and only reading tells. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sealed } from '../../src/store/seal.ts';
import { outcomes, type Rig, type RunJson } from '../helpers/rig.ts';
import { flipBit } from './damaged-store.ts';
import { manyStages } from './many-stages.ts';

const project = () =>
  manyStages({
    make: 'write(out + "/a", "a" * 1000); write(out + "/b", "b" * 1000)',
    other: 'write(out + "/c", "c" * 1000)',
  });

interface Verified {
  readonly ok: boolean;
  readonly problems: readonly { readonly kind: string; readonly path: string; readonly setAside?: string }[];
}

async function verify(made: Rig): Promise<Verified & { exitCode: number }> {
  const { exitCode, stdout } = await made.retrial('verify', '--json');
  return { exitCode, ...(JSON.parse(stdout) as Verified) };
}

/** Flips a bit below the file system: the record is brought in line with the times that writing it has moved. */
function rot(folder: string, name: string): void {
  const path = `${folder}/outs/out/${name}`;
  flipBit(path, true);
  const { mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true });
  const lock = JSON.parse(readFileSync(`${folder}/lock.json`, 'utf8')) as {
    outputs: { made: { files: Record<string, unknown>[] } };
  };
  const file = lock.outputs.made.files.find((entry) => entry.path === name) ?? {};
  Object.assign(file, { mtimeNs: String(mtimeNs), ctimeNs: String(ctimeNs), inode: String(ino) });
  writeFileSync(`${folder}/lock.json`, JSON.stringify(sealed(lock)));
}

test('is found by verify, which sets the result aside, and made again by the next run', async () => {
  const made = project();
  const first: RunJson = await made.run();
  expect(await verify(made)).toMatchObject({ exitCode: 0, ok: true, problems: [] });
  const fingerprint = first.stages[0]?.fingerprint ?? '';
  rot(made.path(`runs/stages/${fingerprint}`), 'b');
  expect(outcomes(await made.run())).toEqual({ make: 'fresh', other: 'fresh' }); // nothing has moved: not to be seen
  const found = await verify(made);
  expect(found).toMatchObject({ exitCode: 1, ok: false });
  expect(found.problems.filter(({ kind }) => kind === 'result')).toEqual([
    expect.objectContaining({ path: `stages/${fingerprint}`, setAside: expect.stringMatching(/^quarantine\//) }),
  ]);
  const again = await made.run();
  expect(outcomes(again)).toEqual({ make: 'ran', other: 'fresh' });
  expect(again.stages.map(({ outputs }) => outputs)).toEqual(first.stages.map(({ outputs }) => outputs));
  expect(await verify(made)).toMatchObject({ exitCode: 0, ok: true, problems: [] });
});
