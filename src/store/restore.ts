/** Takes an archive in: unpacked aside, checked whole, then moved in piece by piece; what is there already stays. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { extract, list } from 'tar';
import { UserError } from '../errors.ts';
import type { AttemptId } from '../events.ts';
import type { ArchiveManifest } from './archive.ts';
import { refusal } from './archive-entries.ts';
import { readJson } from './files.ts';
import { removeFolder } from './folders.ts';
import { type Layout, layoutOf } from './layout.ts';
import { below } from './listing.ts';
import { ownedName } from './owned-names.ts';
import {
  isWholeJournal,
  restoreAttempts,
  restoreCollected,
  restoreJournals,
  restoreObjects,
  restoreResults,
} from './restore-parts.ts';
import { verifyStore } from './verify.ts';

export interface Restored {
  readonly attempts: readonly AttemptId[];
  /** Were here before, and the same. */
  readonly there: readonly AttemptId[];
  /** Of their number another attempt is here: that one stays. */
  readonly conflicting: readonly AttemptId[];
  /** Studies of whose name another is here. */
  readonly conflictingStudies: readonly string[];
  readonly results: number;
  readonly objects: number;
}

/** Throws {@link UserError} where the archive is damaged, or holds what does not belong there: then nothing is restored. */
export async function restore(layout: Layout, file: string): Promise<Restored> {
  const aside = layoutOf(layout.scratch(ownedName()).folder);
  await mkdir(aside.runs, { recursive: true });
  try {
    const manifest = await unpack(aside, file);
    const problems = await problemsOf(aside, manifest);
    if (problems.length > 0) throw damaged(file, problems);
    const objects = await restoreObjects(aside, layout); // what is pointed at first: no pointer ever leads nowhere
    const results = await restoreResults(aside, layout);
    await restoreCollected(aside, layout);
    const attempts = await restoreAttempts(aside, layout, manifest.attempts);
    const conflictingStudies = await restoreJournals(aside, layout, attempts.conflicting, manifest.studies);
    return { ...attempts, conflictingStudies, objects, results };
  } finally {
    await removeFolder(aside.runs);
  }
}

/** All that could keep it from being taken in to its end, looked for before the first of it is. */
async function problemsOf(aside: Layout, manifest: ArchiveManifest): Promise<string[]> {
  const absent = manifest.attempts.filter((id) => !existsSync(aside.run(id.configHash).attempt(id.attempt).folder));
  const journals = [aside.journals, ...manifest.studies.map((name) => aside.study(name).journals)];
  const torn: string[] = [];
  for (const folder of journals) if (!(await isWholeJournal(folder))) torn.push(below(aside, folder));
  return [
    ...(await verifyStore(aside)).problems.map(({ path, message }) => `${path}: ${message}`),
    ...absent.map(({ configHash, attempt }) => `${configHash}/attempts/${attempt}: it is named, and not in it`),
    ...torn.map((path) => `${path}/archived.jsonl: a line of it is no event`),
  ];
}

/** Read to its end before anything is written. */
async function unpack(aside: Layout, file: string): Promise<ArchiveManifest> {
  if (!existsSync(file)) throw new UserError(`there is no archive ${file}`);
  const refused: string[] = [];
  const onReadEntry = (entry: Parameters<typeof refusal>[0]) => {
    const why = refusal(entry);
    if (why !== undefined) refused.push(why);
  };
  await list({ file, strict: true, onReadEntry }).catch((error: unknown) => {
    if (!(error instanceof Error) || !('tarCode' in error || isZlib(error))) throw error;
    throw damaged(file, [error.message]);
  });
  if (refused.length > 0) throw damaged(file, refused);
  await extract({ file, cwd: aside.runs, strict: true, preserveOwner: false });
  const manifest = await readJson<ArchiveManifest>(`${aside.runs}/manifest.json`);
  if (manifest === undefined)
    throw damaged(file, ['it has no manifest.json: it is no archive of runs, or was cut short']);
  if (manifest.format !== 1)
    throw new UserError(`${file} was written by a newer Retrial`, 'restore it with that version');
  return manifest;
}

function isZlib(error: Error): boolean {
  return /^(Z_|TAR_)/.test((error as NodeJS.ErrnoException).code ?? '');
}

const shown = 5;

function damaged(file: string, what: readonly string[]): UserError {
  const more = what.length > shown ? [`and ${what.length - shown} more`] : [];
  return new UserError(
    [`${file} cannot be restored:`, ...what.slice(0, shown).map((line) => `  ${line}`), ...more].join('\n'),
    'nothing was restored; fetch or make the archive again',
  );
}
