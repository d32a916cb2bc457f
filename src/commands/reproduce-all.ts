/** `retrial reproduce --all`, `--study`, `--where`: many runs, in the order they were run, so many at once. */
import { exitCode, UserError } from '../errors.ts';
import { type Reproduction, reproduce } from '../execute/reproduce.ts';
import { worstOf } from '../execute/reproduce-compare.ts';
import { NothingRecorded } from '../execute/reproduce-record.ts';
import { type FingerprintHash, short } from '../hash.ts';
import { table } from '../logging/table.ts';
import { withIndex } from '../record/open-index.ts';
import type { RunRow } from '../record/rows.ts';
import { unknownStudy } from '../record/select-runs.ts';
import { runsWhere } from '../report/find-runs.ts';
import { findRun } from '../store/find-run.ts';
import type { Layout } from '../store/layout.ts';
import type { StageLock } from '../store/published.ts';
import { unmadeText } from './reproduce-text.ts';
import { exitCodeOf, type ReproduceOptions, type Reproducing, reproductionJson, requestOf } from './reproducing.ts';

/** `reason`: why it could not be checked. */
type Checked = { readonly run: string } & (
  | Reproduction
  | { readonly verdict: 'failed' | null; readonly reason: string }
);

/** @returns the exit code of the worst verdict; undefined where it was interrupted */
export async function reproduceAll(reproducing: Reproducing, onEnd: () => void): Promise<number | undefined> {
  const { layout, options, signal } = reproducing;
  const hashes = await runsOf(layout, options);
  if (hashes.length === 0) throw nothingToReproduce(options);
  const begun = new Date().toISOString();
  const all = await checkAll(hashes, reproducing);
  onEnd();
  if (signal.aborted || all.length < hashes.length) {
    if (options.json !== true) process.stdout.write(stoppedText(all, hashes.length, restOf(options, begun)));
    return undefined;
  }
  const verdicts = all.flatMap(({ verdict }) => verdict ?? []);
  if (options.json === true) printJson(all, options.study);
  else process.stdout.write(`${tableOf(all).join('\n')}\n`);
  return verdicts.length === 0 ? exitCode.stageFailed : exitCodeOf(worstOf(verdicts));
}

/** @returns in the order of the names; where it was interrupted those that were checked until then */
async function checkAll(hashes: readonly string[], reproducing: Reproducing): Promise<Checked[]> {
  const same = new Map<FingerprintHash, StageLock>(); // what trials share is run once
  const all: Checked[] = [];
  let next = 0;
  let done = 0;
  let interrupted = false;
  const work = async () => {
    while (next < hashes.length && !interrupted) {
      const at = next++;
      const checked = await checkOne(hashes[at] as string, reproducing, same);
      if (checked === undefined) {
        interrupted = true;
        return;
      }
      all[at] = checked;
      done += 1;
      const verdict = checked.verdict ?? 'not checked';
      reproducing.print(`${checked.run}  ${verdict}  (${done} of ${hashes.length})`);
    }
  };
  await Promise.all(Array.from({ length: reproducing.options.workers ?? 1 }, work));
  return all.filter((checked) => checked !== undefined);
}

function stoppedText(all: readonly Checked[], of: number, rest: string): string {
  const line = `${all.length} of ${of} were checked; the others: the same command with ${rest}`;
  return `${[...(all.length === 0 ? [] : tableOf(all)), line].join('\n')}\n`;
}

/** Each verdict is on record with its time: a filter that leaves out what was checked since this command began. */
function restOf({ where }: ReproduceOptions, begun: string): string {
  const left = `not (reproduced_at >= "${begun}")`;
  const text = where === undefined ? left : `(${where}) and ${left}`;
  return `--where '${text.replaceAll("'", "'\\''")}'${where === undefined ? '' : ' in place of its own'}`;
}

/** Oldest first, as they were run. */
async function runsOf(layout: Layout, { study, where }: ReproduceOptions): Promise<string[]> {
  return await withIndex(layout, async (index) => {
    const studies = (await index.studies()).map(({ name }) => name);
    if (study !== undefined && !studies.includes(study)) throw unknownStudy(study, studies);
    const runs = await index.runs(study);
    const kept = where === undefined ? undefined : new Set((await runsWhere(index, where)).map(attemptOf));
    return runs
      .filter((run) => kept?.has(attemptOf(run)) ?? true)
      .map(nameOf)
      .reverse();
  });
}

const attemptOf = ({ configHash, attempt }: Pick<RunRow, 'configHash' | 'attempt'>) => `${configHash}@${attempt}`;

function nothingToReproduce({ study, where }: ReproduceOptions): UserError {
  if (where !== undefined)
    return new UserError(`no run ${study === undefined ? '' : `of ${study} `}matches --where ${where}`);
  return new UserError('there is no run yet', 'start one with `retrial run`');
}

/** Of a run without a complete attempt the newest that ended is meant. */
function nameOf({ configHash, attempt, status }: RunRow): string {
  return status === 'complete' ? attemptOf({ configHash, attempt }) : configHash;
}

async function checkOne(
  hash: string,
  reproducing: Reproducing,
  same: Map<FingerprintHash, StageLock>,
): Promise<Checked | undefined> {
  const id = await findRun(reproducing.layout, hash);
  const run = `${short(id.configHash)}@${id.attempt}`;
  try {
    const reproduction = await reproduce({ ...requestOf(reproducing, id), same });
    return reproduction && { run, ...reproduction };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const reason = error.diagnostics[0]?.message ?? error.message;
    return { run, verdict: error instanceof NothingRecorded ? null : 'failed', reason };
  }
}

function printJson(all: readonly Checked[], study: string | undefined): void {
  const verdict = worstOf(all.flatMap((checked) => checked.verdict ?? []));
  const runs = all.map(({ run, ...checked }) => ('id' in checked ? reproductionJson(checked) : { run, ...checked }));
  process.stdout.write(`${JSON.stringify({ ...(study && { study }), verdict, runs }, undefined, 2)}\n`);
}

function tableOf(all: readonly Checked[]): readonly string[] {
  const rows = all.map((checked) => [
    checked.run,
    checked.verdict ?? 'not checked',
    'id' in checked ? (checked.firstDifference ?? '') : '',
    'id' in checked ? remarks(checked) : checked.reason,
  ]);
  return table([{ title: 'run' }, { title: 'verdict' }, { title: 'differs from' }, { title: 'drift' }], rows).lines;
}

/** What drifted, and what the run had not come to. */
function remarks(checked: Reproduction): string {
  const [unmade] = checked.notCompared.filter(({ outcome }) => outcome !== 'cancelled');
  return [
    driftFields(checked),
    unmade === undefined ? '' : `${unmade.stage} ${unmadeText[unmade.outcome]}: not compared`,
  ]
    .filter((text) => text !== '')
    .join('; ');
}

function driftFields({ drift }: Reproduction): string {
  const fields = [...new Set(drift.map(({ change }) => change.field))];
  return fields.length <= 3 ? fields.join(', ') : `${fields.slice(0, 3).join(', ')} and ${fields.length - 3} more`;
}
