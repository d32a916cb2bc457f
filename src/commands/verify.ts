/** `retrial verify`: reads every byte that is stored anew, and says what is not what was recorded. */
import { exitCode } from '../errors.ts';
import { verifyConfigs } from '../execute/verify-configs.ts';
import { formatSize } from '../logging/format.ts';
import { printJson } from '../logging/json.ts';
import { printLines } from '../logging/stdout.ts';
import { verifyRecord } from '../record/verify-record.ts';
import { type Layout, layoutOf } from '../store/layout.ts';
import { leftovers } from '../store/leftovers.ts';
import { below } from '../store/listing.ts';
import { type Note, type Problem, verifyStore } from '../store/verify.ts';
import type { ReadingOptions } from './reading.ts';

/** @returns 0 where all is whole, 1 where something is damaged */
export async function verify({ runsDir, root, json }: ReadingOptions): Promise<number> {
  const layout = layoutOf(runsDir);
  const store = await verifyStore(layout);
  const { problems: inRecord, notes: ofRecord, ...record } = await verifyRecord(layout);
  const problems = [...store.problems, ...(await verifyConfigs(layout, root)), ...inRecord];
  const notes = [...ofRecord, ...(await leftBehind(layout))];
  const checked = { ...store.checked, ...record };
  if (json === true) printJson({ ok: problems.length === 0, problems, notes, checked });
  else printLines(verificationText(problems, notes, checked));
  return problems.length === 0 ? exitCode.ok : exitCode.stageFailed;
}

async function leftBehind(layout: Layout): Promise<Note[]> {
  const left = 'left by a process that died';
  const messages = { scratch: left, slots: left, claim: 'held by a process that died' } as const;
  return (await leftovers(layout)).map(({ kind, path }) => ({
    path: below(layout, path),
    message: `${messages[kind]}; retrial gc removes it`,
  }));
}

type Checked = Awaited<ReturnType<typeof verifyStore>>['checked'] &
  Pick<Awaited<ReturnType<typeof verifyRecord>>, 'journals' | 'events' | 'index'>;

function verificationText(problems: readonly Problem[], notes: readonly Note[], checked: Checked): string[] {
  const aside = (problem: Problem) => (problem.setAside === undefined ? '' : `\n  set aside: ${problem.setAside}`);
  const { results, files, bytes, objects, attempts, events, index } = checked;
  const parts = [
    `${results} results (${files} files, ${formatSize(bytes)})`,
    ...[`${objects} objects`, `${attempts} attempts`, `${events} events`, ...(index ? ['the index'] : [])],
  ];
  return [
    ...problems.map((problem) => `✗ ${problem.path}: ${problem.message}${aside(problem)}`),
    ...notes.map(({ path, message }) => `  ${path}: ${message}`),
    `checked ${parts.join(', ')}: ${problems.length === 0 ? 'all is what was recorded' : `${problems.length} damaged`}`,
    ...(problems.some(({ kind }) => kind === 'result')
      ? ['retrial run makes results again where they are needed']
      : []),
  ];
}
