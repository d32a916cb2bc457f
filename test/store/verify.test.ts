/** Whatever is damaged in a store is named; what others write meanwhile is no damage. */
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { ContentHash } from '../../src/hash.ts';
import { withIndex } from '../../src/record/open-index.ts';
import { verifyRecord } from '../../src/record/verify-record.ts';
import { writeAttemptLock } from '../../src/store/attempts.ts';
import { leftovers } from '../../src/store/leftovers.ts';
import { objectHashes } from '../../src/store/listing.ts';
import { ownedName, ownerLives } from '../../src/store/owned-names.ts';
import { sealed } from '../../src/store/seal.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { jsonOf, keptProject } from '../helpers/kept-project.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';
import { flipBit } from '../hostile/damaged-store.ts';

test('every kind of damage is named with its place; what can be made again is set aside', async () => {
  const { project, layout, fingerprint } = keptProject();
  const result = await project.run();
  await withIndex(layout, (index) => index.runs());
  expect(await verifyStore(layout)).toMatchObject({ problems: [], checked: { results: 2, attempts: 1 } });
  expect(await verifyRecord(layout)).toMatchObject({ problems: [], notes: [], index: true });

  const [make, score] = [fingerprint(result, 'make'), fingerprint(result, 'score')];
  flipBit(join(layout.stage(make).outs, 'made/one.txt'), true); // size and time are as they were
  truncateSync(layout.stage(score).lock, 40);
  const [object] = await objectHashes(layout);
  flipBit(layout.object(object as ContentHash), true);
  const [journal = ''] = readdirSync(layout.journals);
  appendFileSync(join(layout.journals, journal), '{"torn\n{"v":1,"type":"run-fin');
  writeFileSync(layout.index, 'no database at all');

  const { exitCode, stdout } = await project.retrial('verify', '--json');
  const told = JSON.parse(stdout) as { ok: boolean; problems: { kind: string; path: string; setAside?: string }[] };
  expect({ exitCode, ok: told.ok }).toEqual({ exitCode: 1, ok: false });
  expect(told.problems.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual(
    [
      ...[`result stages/${make}`, `result stages/${score}`],
      `object objects/${object?.slice(0, 2)}/${object?.slice(2)}`,
      ...[`journal journal/${journal}`, 'index index.sqlite'],
    ].sort(),
  );
  const aside = told.problems.flatMap((problem) => problem.setAside ?? []);
  expect(aside.filter((path) => existsSync(join(layout.runs, path)))).toHaveLength(3);

  const again = await project.run();
  expect(again.stages.map(({ outcome }) => outcome)).toEqual(['ran', 'ran']);
  expect(await verifyStore(layout)).toMatchObject({ problems: [], checked: { results: 2, attempts: 2 } });
});

test('a lock of another key, pointers that lead nowhere, and objects that are gone', async () => {
  const { project, layout, fingerprint } = keptProject();
  const result = await project.run();
  const [make, score] = [fingerprint(result, 'make'), fingerprint(result, 'score')];
  const { lock } = layout.stage(make);
  const whole = jsonOf(lock);
  writeFileSync(lock, JSON.stringify(sealed({ ...whole, key: { ...(whole.key as object), cpus: 7 } })));
  cpSync(layout.stage(score).lock, join(layout.runs, 'kept.json'));
  rmSync(layout.stage(score).folder, { recursive: true });
  const words = (jsonOf(layout.run(result.configHash as never).attempt(1).inputs).dependencies as never)['words.txt'];
  rmSync(layout.object((words as { hash: ContentHash }).hash));
  const { problems } = await verifyStore(layout);
  expect(problems.map(({ kind, message }) => `${kind}: ${message.replace(/[0-9a-f]{64}/, '…')}`)).toEqual([
    'result: its lock.json holds another key than its name',
    'attempt: the result of score is not there: …',
    'attempt: an object that it was made from is not there: …',
  ]);
  mkdirSync(join(layout.collected(score), '..'));
  cpSync(join(layout.runs, 'kept.json'), layout.collected(score)); // as gc leaves it
  expect((await verifyStore(layout)).problems.map(({ message }) => message.split(':')[0])).toEqual([
    'the result of make is not there', // it was set aside
    'an object that it was made from is not there',
  ]);
  const attempt = { configHash: result.configHash as never, attempt: 2, status: 'complete' } as const;
  await writeAttemptLock(layout, { format: 1, ...attempt, stages: {} });
  truncateSync(layout.run(attempt.configHash).attempt(2).lock, 9);
  expect((await verifyStore(layout)).problems.map(({ message }) => message)).toContain('not a whole JSON object');
});

test('a value that was changed in any record is noticed, and a changed result is made again', async () => {
  const { project, layout, fingerprint } = keptProject();
  const result = await project.run();
  const { lock, log } = layout.stage(fingerprint(result, 'score'));
  const [run, attempt] = [layout.run(result.configHash as never), layout.run(result.configHash as never).attempt(1)];
  const noticed: string[] = [];
  for (const [file, from, to] of [
    [lock, '"size": 101', '"size": 102'],
    [log, '', 'another line'],
    [attempt.lock, '"ran"', '"cached"'],
    [attempt.environment, '"cpus"', '"CPUs"'],
    [attempt.inputs, '"words.txt"', '"swords.txt"'],
    [attempt.log('make'), '', 'another line'],
    [run.config, 'text: a', 'text: b'],
    [run.pipeline, 'some', 'other'],
    [run.pipeline, 'make.mjs', 'take.mjs'],
  ] as const) {
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.replace(from, to));
    const { stdout } = await project.retrial('verify', '--json');
    const { problems } = JSON.parse(stdout) as { problems: { path: string; message: string }[] };
    noticed.push(...problems.map(({ path, message }) => `${path.replace(/[0-9a-f]{64}/, '…')}: ${message}`));
    if (file === lock || file === log) expect((await project.run()).metrics).toEqual({ 'score.size': 101 });
    else writeFileSync(file, whole);
  }
  expect(noticed).toEqual([
    'stages/…: its lock.json is missing or damaged',
    'stages/…: not what was recorded: log.txt',
    '…/attempts/1/lock.json: not what was written',
    '…/attempts/1/environment.json: not what was recorded',
    '…/attempts/1/inputs.json: not what was recorded',
    '…/attempts/1/make.log: not what was recorded',
    '…/config.yaml: not what the run is named after',
    '…/pipeline.yaml: not what the run is named after',
  ]);
});

test('metrics in a lock of 0.1.0, which has no seal, are those of their files', async () => {
  const { project, layout, fingerprint } = keptProject();
  const { lock } = layout.stage(fingerprint(await project.run(), 'score'));
  const { seal: _, records: __, ...early } = jsonOf(lock);
  writeFileSync(lock, JSON.stringify(early));
  expect((await verifyStore(layout)).problems).toEqual([]);
  writeFileSync(lock, JSON.stringify(early).replace('"size":101', '"size":102'));
  expect(await project.run()).toMatchObject({ metrics: { 'score.size': 101 }, stages: [{}, { outcome: 'ran' }] });
  writeFileSync(lock, JSON.stringify(early).replace('"size":101', '"size":102'));
  expect((await verifyStore(layout)).problems).toMatchObject([{ message: 'not what was recorded: lock.json' }]);
});

test('scratch folders and claims of the living are theirs; those of the dead are told', async () => {
  const layout = temporaryLayout();
  const mine = ownedName();
  mkdirSync(join(layout.scratchRoot, mine), { recursive: true });
  const module = join(import.meta.dirname, '..', '..', 'src', 'store');
  const script = `
    import { ownedName } from '${module}/owned-names.ts';
    import { tryClaim } from '${module}/claims.ts';
    await tryClaim(process.argv[1]);
    console.log(ownedName());
    process.exit();`;
  const tsx = ['--import', 'tsx', '--input-type=module', '--eval', script, layout.claims('key')];
  const { stdout: dead } = await execa(process.execPath, tsx, { cwd: join(import.meta.dirname, '..', '..') });
  mkdirSync(join(layout.scratchRoot, dead));
  mkdirSync(join(layout.scratchRoot, '0123456789abcdef')); // as 0.1.0 named them: nobody knows whose
  expect([mine, dead, '0123456789abcdef'].map(ownerLives)).toEqual([true, false, 'unknown']);
  expect(await leftovers(layout)).toEqual([
    { kind: 'scratch', path: join(layout.scratchRoot, dead) },
    { kind: 'claim', path: layout.claims('key') },
  ]);
});

test('results that come and go while they are read are no damage', async () => {
  const { project, layout } = keptProject();
  await project.run();
  const busy = Promise.all(['b', 'c', 'd'].map((text) => project.run('--set', `text=${text}`)));
  let ended = false;
  busy.then(() => {
    ended = true;
  });
  let rounds = 0;
  for (; !ended; rounds++) expect((await verifyStore(layout)).problems).toEqual([]);
  expect(rounds).toBeGreaterThan(1);
  expect((await busy).map(({ status }) => status)).toEqual(['complete', 'complete', 'complete']);
  expect((await verifyRecord(layout)).problems).toEqual([]);
});

test('an object that is collected between being read and being set aside is no problem', async () => {
  const layout = temporaryLayout();
  const path = layout.object('ab'.repeat(32) as ContentHash);
  mkdirSync(join(path, '..'), { recursive: true });
  // A pipe is read for as long as its writer likes: it is removed before the second reading has ended.
  const script = 'mkfifo "$1"; echo made; echo a > "$1"; sleep 0.3; exec 3> "$1"; rm "$1"; echo b >&3';
  const collector = execa('sh', ['-c', script, 'sh', path]);
  await once(collector.stdout, 'data');
  expect((await verifyStore(layout)).problems).toEqual([]);
  await collector;
});

test('the store of 0.1.0 is whole', async () => {
  const layout = temporaryLayout();
  cpSync(join(import.meta.dirname, '../fixtures/store-0.1.0/store'), layout.runs, { recursive: true });
  expect(await verifyStore(layout)).toMatchObject({ problems: [], checked: { results: 8 } });
  expect(await verifyRecord(layout)).toMatchObject({ problems: [], notes: [] });
});
