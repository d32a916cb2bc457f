/** One worker among very many: which claims it looks at, which numbers it tries, what an ask costs. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ProcessIdentity } from '../../src/events.ts';
import { openJournal } from '../../src/record/journal.ts';
import type { Layout } from '../../src/store/layout.ts';
import { currentProcess } from '../../src/store/process-identity.ts';
import { beginStudy } from '../../src/sweep/begin-study.ts';
import { claimLooks } from '../../src/sweep/claim-looks.ts';
import { searchIdentity } from '../../src/sweep/definition.ts';
import { definitionOf } from '../../src/sweep/library/options.ts';
import { int } from '../../src/sweep/library/parameters.ts';
import { newNumberPicker } from '../../src/sweep/new-number.ts';
import { openStudy, type Trial } from '../../src/sweep/study.ts';
import { trialClaims } from '../../src/sweep/trial-claims.ts';
import { newTrial, type StudyTrial } from '../../src/sweep/trial-record.ts';
import { countOperations } from '../helpers/file-operations.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';
import { asked } from './study-fixture.ts';

const elsewhere: ProcessIdentity = { ...currentProcess(), host: 'elsewhere', bootId: 'another' };
const gone: ProcessIdentity = { ...currentProcess(), pid: 2 ** 22 + 1, pidStart: '1' };

const heldBy = (by: ProcessIdentity, numbers: readonly number[]): StudyTrial[] =>
  numbers.map((number) => ({ ...newTrial(number), asked: { ...asked(number), by } }));
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

describe('claims that are looked at', () => {
  test('of few trials all, of many a few, and the same ones again after a while', () => {
    const clock = { ms: 0 };
    const looks = claimLooks(7, () => clock.ms);
    expect(looks.due(heldBy(elsewhere, upTo(16)))).toEqual(upTo(16));
    const many = heldBy(elsewhere, upTo(1000));
    const first = looks.due(many);
    expect(first).toHaveLength(8);
    expect(looks.due(many).some((number) => first.includes(number))).toBe(false);
    clock.ms += 10_000;
    expect(looks.due(many)).toEqual(first);
  });

  test('each worker chooses others, so that together they look at all', () => {
    const many = heldBy(elsewhere, upTo(500));
    const looked = new Set(upTo(500).flatMap((salt) => claimLooks(salt * 7919).due(many)));
    expect(looked.size).toBeGreaterThan(495);
  });

  test('what a dead worker of this machine has comes first', () => {
    const trials = [...heldBy(elsewhere, upTo(100)), ...heldBy(gone, [500, 501])];
    expect(claimLooks(7).due(trials).slice(0, 2)).toEqual([500, 501]);
  });
});

describe('new numbers', () => {
  const claimed = (...numbers: number[]) => {
    const study = temporaryLayout().study('s');
    for (const number of numbers) mkdirSync(study.trial(number), { recursive: true });
    return study;
  };

  test('the lowest; after it was lost those that are claimed are passed over', async () => {
    const numbers = newNumberPicker(await trialClaims(claimed(...upTo(1_100))), false);
    expect(await numbers.pick(upTo(2_000))).toBe(0);
    numbers.lost(0);
    expect([1_100, 1_101]).toContain(await numbers.pick(upTo(2_000)));
    expect(numbers.unrecorded()).toHaveLength(1_100);
  });

  test('a crowd that begins at once is spread after a few attempts', async () => {
    const study = claimed();
    const claims = await trialClaims(study);
    const workers = upTo(200).map(() => ({ numbers: newNumberPicker(claims, false), attempts: 0 }));
    let waiting = workers;
    const taken = new Set<number>();
    while (waiting.length > 0) {
      const picks = await Promise.all(waiting.map(({ numbers }) => numbers.pick(upTo(5_000))));
      waiting = waiting.filter((worker, at) => {
        const pick = picks[at] as number;
        worker.attempts++;
        if (taken.has(pick)) worker.numbers.lost(pick);
        else mkdirSync(study.trial(pick), { recursive: true });
        const had = taken.has(pick);
        taken.add(pick);
        return had;
      });
    }
    expect(Math.max(...workers.map(({ attempts }) => attempts))).toBeLessThan(25);
    expect(Math.max(...taken)).toBeLessThan(2_000);
  });

  test('none is beyond the end of the space', async () => {
    const numbers = newNumberPicker(await trialClaims(claimed()), false);
    numbers.endAt(0);
    expect(await numbers.pick(upTo(5))).toBeUndefined();
  });
});

/** A study on which others work already: their journals and claims. */
async function studyOf(others: number, by: ProcessIdentity, folderOf = (layout: Layout) => layout.study('s').trial) {
  const layout = temporaryLayout();
  const definition = definitionOf({
    ...{ name: 's', direction: 'minimize', trials: 3_000, sampler: { type: 'random', seed: 1 } },
    space: { x: int(0, 99) },
  });
  await beginStudy(definition, { identity: searchIdentity(definition), given: {} }, layout);
  for (const number of upTo(others)) {
    const journal = openJournal(layout.study('s').journals);
    journal.append({ ...asked(number), by });
    journal.close();
    const folder = folderOf(layout)(number);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '1'), JSON.stringify({ by, at: Date.now(), nonce: 'n', beat: 0, deaths: 0 }));
  }
  return { layout, study: await openStudy(definition, layout) };
}

describe('asking', () => {
  test('costs no more with very many others', async () => {
    const { layout, study } = await studyOf(400, elsewhere);
    await study.ask();
    const { result, total } = await countOperations(layout.runs, () => study.ask());
    expect((result as Trial).number).toBeGreaterThanOrEqual(400);
    expect(total).toBeLessThan(120);
    study.close();
  });

  test('what dead workers left is run again before anything new', async () => {
    const { study } = await studyOf(40, gone);
    const trials = [await study.ask(), await study.ask()] as Trial[];
    expect(trials.map(({ number, restarts }) => number < 40 && restarts === 1)).toEqual([true, true]);
    study.close();
  });

  test('a study whose trials lie in one folder goes on so', async () => {
    const { study, layout } = await studyOf(3, elsewhere, (on) => on.study('s').flatTrial);
    expect(((await study.ask()) as Trial).number).toBe(3);
    expect(readdirSync(layout.study('s').trials)).toEqual(['000000', '000001', '000002', '000003']);
    study.close();
    const sharded = await studyOf(0, elsewhere);
    await sharded.study.ask();
    expect(readdirSync(sharded.layout.study('s').trials)).toEqual(['000']);
    sharded.study.close();
  });

  test('a trial that is claimed, and of which nothing was said, is run when its claim is of the dead', async () => {
    const { study, layout } = await studyOf(0, elsewhere);
    const folder = layout.study('s').trial(0);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '1'), JSON.stringify({ by: gone, at: 1, nonce: 'n', beat: 0, deaths: 0 }));
    expect(await study.ask()).toMatchObject({ number: 0, restarts: 1 });
    study.close();
  });
});
