/** Runs leave a store, come to another one, and come back; what arrives is checked. */
import {
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { create, extract } from 'tar';
import { expect, test } from 'vitest';
import type { ConfigHash } from '../../src/hash.ts';
import { refusal } from '../../src/store/archive-entries.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { keptFiles, keptIn, keptProject } from '../helpers/kept-project.ts';
import { filesBelow, outcomes, type Rig, rig } from '../helpers/rig.ts';
import { flipBit } from '../hostile/damaged-store.ts';

async function ok(project: Rig, ...args: string[]) {
  const outcome = await project.retrial(...args);
  expect({ args, ...outcome }).toMatchObject({ args, exitCode: 0 });
  return outcome;
}

test('an archive holds all it takes to show, run and reproduce elsewhere; restoring again changes nothing', async () => {
  const { project } = keptProject();
  const first = await project.run('--tag', 'paper');
  await project.run('--set', 'text=other');
  await ok(project, 'archive', first.configHash, '-o', 'runs.tar.gz');
  expect((await project.retrial('archive', '--all', '-o', 'runs.tar.gz')).exitCode).toBe(2);

  const elsewhere = rig(keptFiles);
  const archive = project.path('runs.tar.gz');
  await ok(elsewhere, 'restore', archive);
  const { layout } = keptIn(elsewhere);
  expect(await verifyStore(layout)).toMatchObject({ problems: [], checked: { results: 2, attempts: 1 } });
  const before = filesBelow(layout.runs);
  expect((await ok(elsewhere, 'restore', archive)).stderr).toContain('1 were here');
  expect(filesBelow(layout.runs)).toEqual(before);
  const shown = JSON.parse((await ok(elsewhere, 'show', 'latest', '--json')).stdout) as Record<string, unknown>;
  expect(shown).toMatchObject({ configHash: first.configHash, tags: ['paper'], metrics: { 'score.size': 101 } });
  expect(outcomes(await elsewhere.run())).toEqual({ make: 'fresh', score: 'fresh' });
  elsewhere.write({ 'make.mjs': 'process.exit(1)', 'words.txt': 'others' }); // what is reproduced is what was recorded
  await ok(elsewhere, 'reproduce', first.configHash);
});

test('rm takes runs out of the record, an archive brings them back', async () => {
  const { project, layout } = keptProject();
  const first = await project.run('--tag', 'paper');
  const second = await project.run('--set', 'text=other');
  await ok(project, 'archive', '--all', '-o', 'all.tar.gz');
  const refused = await project.retrial('rm', first.configHash, second.configHash);
  expect(refused).toMatchObject({ exitCode: 2 });
  expect(refused.stderr).toContain('pinned or tagged');
  await ok(project, 'rm', second.configHash);
  await ok(project, 'rm', `${first.configHash.slice(0, 8)}@1`, '--force');
  expect(JSON.parse((await ok(project, 'runs', '--json')).stdout)).toEqual([]);
  expect(existsSync(layout.run(first.configHash as ConfigHash).folder)).toBe(false);
  expect((await project.run()).attempt).toBe(2); // results stayed, and no number comes twice
  await ok(project, 'restore', 'all.tar.gz');
  const hashes = (JSON.parse((await ok(project, 'runs', '--json')).stdout) as { configHash: string }[]).map(
    ({ configHash }) => configHash,
  );
  expect(hashes.sort()).toEqual([first.configHash, second.configHash].sort());
  expect((await verifyStore(layout)).problems).toEqual([]);
  await ok(project, 'rm', first.configHash, second.configHash, '--force');
  await ok(project, 'gc', '--now');
  expect(readdirSync(layout.stages).filter((name) => name !== '.tmp')).toEqual([]);
  expect(filesBelow(layout.objects).filter((path) => path.length > 60)).toEqual([]);
});

test('hard links, across results and within one, are files of their own; modes are kept', async () => {
  const { project, layout, fingerprint } = keptProject();
  const first = await project.run();
  const second = await project.run('--set', 'text=other');
  const [one, two] = [first, second].map((result) => join(layout.stage(fingerprint(result, 'make')).outs, 'made'));
  if (one === undefined || two === undefined) throw new Error('two results');
  rmSync(join(two, 'two words.txt'));
  linkSync(join(one, 'two words.txt'), join(two, 'two words.txt'));
  const linking = rig({
    ...keptFiles,
    'make.mjs': `${keptFiles['make.mjs']}
import { chmodSync, linkSync } from 'node:fs';
linkSync(\`\${out}/one.txt\`, \`\${out}/same.txt\`);
chmodSync(\`\${out}/two words.txt\`, 0o400);
`,
  });
  await linking.run();
  for (const [from, name] of [
    [project, 'across.tar.gz'],
    [linking, 'within.tar.gz'],
  ] as const) {
    await ok(from, 'archive', '--all', '-o', name);
    const elsewhere = rig(keptFiles);
    await ok(elsewhere, 'restore', from.path(name));
    expect((await verifyStore(keptIn(elsewhere).layout)).problems).toEqual([]);
    const modes = filesBelow(elsewhere.path('runs/stages'))
      .filter((path) => path.endsWith('two words.txt'))
      .map((path) => statSync(elsewhere.path(join('runs/stages', path))).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([name === 'within.tar.gz' ? 0o400 : 0o644]));
  }
});

test('an attempt that is gone is told, by verify and by archive, and an archive that lacks one is refused whole', async () => {
  const { project, layout } = keptProject();
  const { configHash } = await project.run();
  await project.run('--force');
  const { folder } = layout.run(configHash as ConfigHash).attempt(1);
  await ok(project, 'archive', '--all', '-o', 'whole.tar.gz');
  renameSync(folder, project.path('attempt'));
  const verified = await project.retrial('verify');
  expect(verified).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('/attempts/1: it is on record') });
  const archived = await project.retrial('archive', '--all', '-o', 'half.tar.gz');
  expect(archived).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('@1 is damaged or missing') });
  expect(archived.stderr).toContain('1 attempts');
  const elsewhere = rig(keptFiles);
  await ok(elsewhere, 'restore', project.path('half.tar.gz'));
  expect(JSON.parse((await ok(elsewhere, 'runs', '--json')).stdout)).toMatchObject([{ attempt: 2 }]);

  const unpacked = project.path('unpacked');
  mkdirSync(unpacked);
  await extract({ file: project.path('whole.tar.gz'), cwd: unpacked });
  rmSync(join(unpacked, configHash, 'attempts/1'), { recursive: true });
  const files = filesBelow(unpacked).filter((path) => lstatSync(join(unpacked, path)).isFile());
  await create({ file: project.path('lacking.tar.gz'), gzip: true, cwd: unpacked }, files);
  const empty = rig(keptFiles);
  const refused = await empty.retrial('restore', project.path('lacking.tar.gz'));
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('attempts/1: it is named') });
  expect(existsSync(empty.path(`runs/${configHash}`))).toBe(false);
  renameSync(project.path('attempt'), folder);
  await ok(project, 'verify');
});

test('a damaged archive, and entries that lead out, restore nothing', async () => {
  const { project, layout, fingerprint } = keptProject();
  const result = await project.run();
  await ok(project, 'archive', 'latest', '-o', 'whole.tar.gz');
  const whole = readFileSync(project.path('whole.tar.gz'));
  writeFileSync(project.path('short.tar.gz'), whole.subarray(0, whole.length >> 1));
  writeFileSync(project.path('text.tar.gz'), 'no archive');
  const unpacked = project.path('unpacked');
  cpSync(layout.runs, unpacked, { recursive: true, verbatimSymlinks: true });
  const make = join('stages', fingerprint(result, 'make'));
  flipBit(join(unpacked, make, 'outs/made/one.txt'), true);
  symlinkSync('/etc', join(unpacked, make, 'outs/made/out'));
  mkdirSync(join(unpacked, 'elsewhere'));
  writeFileSync(join(unpacked, 'manifest.json'), JSON.stringify({ format: 1, attempts: [], studies: [] }));
  const pack = (file: string, paths: string[], preservePaths = false) =>
    create({ file: project.path(file), gzip: true, cwd: unpacked, preservePaths }, paths);
  await pack('flipped.tar.gz', ['manifest.json', `${make}/lock.json`, `${make}/outs/made/one.txt`]);
  await pack('link.tar.gz', ['manifest.json', make]);
  await pack('other.tar.gz', ['manifest.json', 'elsewhere']);
  await pack('above.tar.gz', ['manifest.json', '../params.yaml'], true);
  const empty = rig(keptFiles);
  for (const name of ['short', 'text', 'flipped', 'link', 'other', 'above', 'none']) {
    const { exitCode, stderr } = await empty.retrial('restore', project.path(`${name}.tar.gz`));
    expect({ name, exitCode, stderr }).toMatchObject({ name, exitCode: 2 });
    const left = filesBelow(empty.path('runs')).filter((path) => !['stages', 'stages/.tmp', 'in-use'].includes(path));
    expect({ name, left }).toEqual({ name, left: [] });
  }
  rmSync(unpacked, { recursive: true });
});

test('what is damaged is told, and not counted as archived', async () => {
  const { project, layout, fingerprint } = keptProject();
  const result = await project.run();
  rmSync(join(layout.stage(fingerprint(result, 'score')).outs, 'scores.json'));
  const { exitCode, stderr } = await project.retrial('archive', 'latest', '-o', 'part.tar.gz');
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`result ${fingerprint(result, 'score')} is damaged or missing`);
  expect(stderr).toContain('1 attempts, 1 results, ');
});

test('which entries are taken', () => {
  const stage = `stages/${'a'.repeat(64)}`;
  const refused = (path: string, type = 'File', linkpath?: string) =>
    refusal({ path, type, ...(linkpath === undefined ? {} : { linkpath }) }) !== undefined;
  for (const path of ['manifest.json', `${stage}/outs/b`, `${stage}/outs/ü \n.txt`])
    expect([path, refused(path)]).toEqual([path, false]);
  for (const path of ['/etc/passwd', '../x', `${stage}/../../x`, `${stage}/outs/../../x`, 'index.sqlite', 'C:/x', ''])
    expect([path, refused(path)]).toEqual([path, true]);
  expect(refused(`${stage}/outs/a/link`, 'SymbolicLink', '../b')).toBe(false);
  for (const target of ['/etc', '../../x', '../../../../x', '..'])
    expect([target, refused(`${stage}/outs/a/link`, 'SymbolicLink', target)]).toEqual([target, true]);
  expect(refused('manifest.json', 'SymbolicLink', 'x')).toBe(true);
  for (const type of ['Link', 'CharacterDevice', 'BlockDevice', 'FIFO'])
    expect(refused(`${stage}/outs/x`, type)).toBe(true);
});
