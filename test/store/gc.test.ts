/** What a collection takes, what it leaves, and that nobody at work notices it. */
import { existsSync, lutimesSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConfigHash } from '../../src/hash.ts';
import { openJournal } from '../../src/record/journal.ts';
import { withIndex } from '../../src/record/open-index.ts';
import { objectsOfAttempt } from '../../src/store/attempt-objects.ts';
import { collect, type Kept, type Removed } from '../../src/store/collect.ts';
import { recordedLock } from '../../src/store/collected.ts';
import { beginUsing } from '../../src/store/in-use.ts';
import type { Layout } from '../../src/store/layout.ts';
import { publishedFingerprints } from '../../src/store/listing.ts';
import { hasObject } from '../../src/store/objects.ts';
import { machine, ownedName } from '../../src/store/owned-names.ts';
import { moveToTrash } from '../../src/store/trash.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { keptProject } from '../helpers/kept-project.ts';
import { outcomes, type Rig } from '../helpers/rig.ts';

const now = { graceMs: 0, dryRun: false } as const;
const weekAgo = new Date(Date.now() - 8 * 24 * 60 * 60 * 1000);
const nothingDropped = { dropped: new Set<string>() };

async function removedBy(layout: Layout, more: Partial<Parameters<typeof collect>[0]> = {}): Promise<Removed[]> {
  const collected = await collect({ layout, keep: nothingDropped, ...now, ...more });
  if (collected.kind !== 'done') throw new Error('another collection is under way');
  return [...collected.removed];
}
const kinds = (removed: readonly Removed[]) => removed.map(({ kind }) => kind).sort();

interface GcJson {
  readonly removed: readonly Removed[];
  readonly kept: readonly Kept[];
  readonly left: { readonly results: number };
}
async function gc(project: Rig, ...args: string[]): Promise<GcJson> {
  const { stdout, stderr, exitCode } = await project.retrial('gc', '--json', ...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as GcJson;
}

test('a policy keeps the last, the best, the pinned and the tagged; what went is still known, and made again', async () => {
  const { project, layout, fingerprint } = keptProject();
  const runs = [];
  for (const text of ['a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffff'])
    runs.push(await project.run('--set', `text=${text}`, ...(text === 'ccc' ? ['--tag', 'paper'] : [])));
  const [a, b, c, d, e, f] = runs as [(typeof runs)[0], ...typeof runs] & Record<number, (typeof runs)[0]>;
  if (!b || !c || !d || !e || !f) throw new Error('six runs');
  const journal = openJournal(layout.journals);
  journal.append({
    type: 'run-marked',
    at: 1,
    id: { configHash: b.configHash as ConfigHash, attempt: 1 },
    pinned: true,
  });
  journal.close();

  expect((await gc(project, '--keep-last', '1')).removed).toEqual([]); // all are younger than a day
  const policy = ['--keep-last', '1', '--keep-best', '2', '--metric', 'score.size'];
  const asked = await gc(project, ...policy, '--now', '--dry-run');
  const gone = ['make', 'score'].flatMap((stage) => [a, d].map((run) => `stages/${fingerprint(run, stage)}`));
  expect(
    asked.removed
      .filter(({ kind }) => kind === 'result')
      .map(({ path }) => path)
      .sort(),
  ).toEqual(gone.sort());
  const why = (run: { configHash: string }) => {
    const by = `${run.configHash.slice(0, 12)}@1`;
    return [...new Set(asked.kept.filter((kept) => kept.by === by).map((kept) => kept.why))];
  };
  expect([b, c, e, f].map(why)).toEqual([['pinned'], ['tagged'], ['best'], ['best']]);
  expect(await publishedFingerprints(layout)).toHaveLength(12);

  await gc(project, ...policy, '--now');
  const fingerprints = [b, c, e, f].flatMap((run) => ['make', 'score'].map((stage) => fingerprint(run, stage)));
  expect((await publishedFingerprints(layout)).sort()).toEqual(fingerprints.sort());
  expect(readdirSync(layout.run(a.configHash as ConfigHash).folder)).not.toContain('make'); // no link that dangles
  expect((await verifyStore(layout)).problems).toEqual([]);
  expect((await recordedLock(layout, fingerprint(a, 'score')))?.metrics).toEqual({ scores: { size: 101 } });
  expect((await project.retrial('show', a.configHash)).stdout).toContain('101');
  expect((await project.retrial('compare', a.configHash, f.configHash, '-o', 'page.html')).exitCode).toBe(0);
  expect((await project.retrial('reproduce', d.configHash)).exitCode).toBe(0); // collected, and judged by its lock
  const again = await project.run('--set', 'text=a');
  expect({ ...outcomes(again), metrics: again.metrics }).toEqual({ make: 'ran', score: 'ran', metrics: a.metrics });
  expect(outcomes(await project.run('--set', 'text=bb'))).toEqual({ make: 'fresh', score: 'fresh' });
});

test('a size is kept to by letting go what was unused longest; mistakes are told', async () => {
  const { project, layout, fingerprint } = keptProject();
  const first = await project.run('--set', 'text=a');
  const second = await project.run('--set', 'text=b');
  await project.run('--set', 'text=a'); // used again: the second is now the one longest unused
  const { removed, left } = await gc(project, '--max-size', '200B', '--now');
  expect(removed.map(({ path }) => path)).toContain(`stages/${fingerprint(second, 'make')}`);
  expect(existsSync(layout.stage(fingerprint(first, 'make')).lock)).toBe(true);
  expect(left.results).toBeLessThan(4);
  for (const args of [
    ['--keep-best', '1'],
    ['--max-size', '10'],
    ['--younger-than', 'x'],
    ['--keep-last', '0'],
  ])
    expect({ args, ...(await project.retrial('gc', ...args)) }).toMatchObject({ args, exitCode: 2 });
});

test('of slots goes what this machine’s dead left, and a machine from which nobody has been heard for a week', async () => {
  const { layout } = keptProject();
  const [here, there, silent] = [machine(), 'other', 'silent'].map((name) => layout.slotQueue(name, 'cpus'));
  const ticket = (owner: string) => `1-1-${owner}`;
  const dead = ticket(ownedName().replace(/-\d+-/, '-999999999-'));
  const names: [string | undefined, string][] = [
    [here, ticket(ownedName())],
    [here, dead],
    [there, ticket('a-1-2-b')],
    [silent, ticket('a-1-2-b')],
  ];
  for (const [folder = '', name] of names) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), '');
  }
  for (const path of [join(silent ?? '', ticket('a-1-2-b')), silent ?? '', join(layout.slotsRoot, 'silent')])
    utimesSync(path, weekAgo, weekAgo);
  const removed = (await removedBy(layout)).map(({ kind, path }) => [kind, path]);
  expect(removed.sort()).toEqual([
    ['slots', `slots/${machine()}/cpus/${dead}`],
    ['slots', 'slots/silent'],
  ]);
  expect(readdirSync(here ?? '')).toHaveLength(1);
  expect(readdirSync(layout.slotsRoot).sort()).toEqual([machine(), 'other'].sort());
});

test('without a policy only what nobody points at goes', async () => {
  const { project, layout, fingerprint } = keptProject();
  const first = await project.run();
  expect(await removedBy(layout)).toEqual([]);
  const make = fingerprint(first, 'make');
  const old = new Date(Date.now() - 3 * 24 * 60 * 60 * 1000);
  const orphan = join(layout.objects, 'ab', 'c'.repeat(62));
  for (const path of [join(layout.quarantine, 'a/b'), join(layout.trash, 'c/d'), orphan, layout.checkpoint(make)]) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'x');
    utimesSync(path, old, old);
  }
  expect(kinds(await removedBy(layout, { graceMs: 60_000 }))).toEqual(['object']); // by the time of its bytes
  expect(kinds(await removedBy(layout))).toEqual(['checkpoint', 'quarantine', 'trash']);

  const second = await project.run('--set', 'text=b');
  const using = beginUsing(layout, 'everything');
  await project.retrial('gc', '--keep-last', '1', '--now');
  expect(await publishedFingerprints(layout)).toHaveLength(4);
  using.end();
  const dropped = new Set([first, second].map(({ configHash }) => `${configHash}@1`));
  const claimed = await removedBy(layout, { keep: { dropped } });
  expect(kinds(claimed)).toEqual(['result', 'result', 'result', 'result']);
  expect(readdirSync(layout.inUse)).toEqual([]);

  const [object] = [...(await objectsOfAttempt(layout, { configHash: first.configHash as ConfigHash, attempt: 1 }))];
  if (object === undefined) throw new Error('an attempt is made from something');
  await moveToTrash(layout, layout.object(object)); // a collection that was killed: the attempt had begun meanwhile
  expect(await removedBy(layout)).toEqual([]);
  expect(await hasObject(layout, object)).toBe(true);

  expect(readdirSync(layout.collectedRoot)).toHaveLength(4);
  await project.retrial('rm', first.configHash);
  expect(kinds(await removedBy(layout)).filter((kind) => kind === 'lock')).toHaveLength(2); // nobody can ask for them
  expect(readdirSync(layout.collectedRoot)).toHaveLength(2);
});

test('a reproduction on another machine is left until it has been silent for a week', async () => {
  const { project, layout } = keptProject();
  await project.run();
  const theirs = ['b', 'c'].map((name) => layout.reproduction(`aaaa@${name === 'b' ? 1 : 2}-${name.repeat(8)}-1-1-d`));
  for (const folder of theirs) mkdirSync(folder, { recursive: true });
  const [, silent = ''] = theirs;
  symlinkSync(layout.runs, join(silent, 'runs')); // what it links to is not its own
  for (const path of [silent, join(silent, 'runs')]) lutimesSync(path, weekAgo, weekAgo);
  const gone = (await removedBy(layout)).filter(({ kind }) => kind === 'reproduction');
  expect(gone.map(({ path }) => join(layout.runs, path))).toEqual([silent]);
  expect(theirs.map((folder) => existsSync(folder))).toEqual([true, false]);
});

test('what a killed attempt finished is its own: the next one goes on from it', async () => {
  const { project, layout } = keptProject({ 'params.yaml': 'text: a\n' });
  const slow = {
    'make.mjs': `import { writeFileSync } from 'node:fs'; writeFileSync(process.argv[3] + '/one.txt', 'x');`,
  };
  project.write(slow);
  project.write({
    'pipeline.yaml': project.read('pipeline.yaml').replace("cmd: 'printf", "cmd: 'test -e go || sleep 60; printf"),
  });
  const running = project.start('run');
  const isInSecond = async () =>
    (await publishedFingerprints(layout)).length > 0 && readdirSync(layout.scratchRoot).length > 0;
  while (!(await isInSecond())) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(kinds(await removedBy(layout))).toEqual([]); // it runs
  running.kill('SIGKILL');
  await running;
  expect(kinds(await removedBy(layout))).toEqual(['claim', 'claim', 'scratch']); // of its stage, and that it was there
  project.write({ go: '' });
  expect(outcomes(await project.run())).toMatchObject({ make: 'cached', score: 'ran' });
});

test('beside eight running processes nothing is lost, and no run fails', async () => {
  const { project, layout } = keptProject();
  await project.run('--set', 'text=shared');
  const texts = Array.from({ length: 8 }, (_, at) => ['shared', `two ${at % 2}`]);
  let running = texts.length;
  const workers = texts.map(async (own) => {
    const failed: unknown[] = [];
    for (const text of own) {
      const { exitCode, stderr } = await project.retrial('run', '--set', `text=${text}`);
      if (exitCode !== 0) failed.push({ text, exitCode, stderr });
    }
    running -= 1;
    return failed;
  });
  let removed = 0;
  while (running > 0) {
    const everything = await withIndex(layout, async (index) =>
      (await index.allAttempts()).filter(({ status }) => status !== 'running'),
    );
    const dropped = new Set(everything.map(({ configHash, attempt }) => `${configHash}@${attempt}`));
    removed += (await removedBy(layout, { keep: { dropped } })).filter(({ kind }) => kind === 'result').length;
  }
  expect((await Promise.all(workers)).flat()).toEqual([]);
  expect(removed).toBeGreaterThan(0);
  expect((await verifyStore(layout)).problems).toEqual([]);
});
