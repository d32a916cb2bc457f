/**
 * What a run that had nothing to do said, kept with the signature of everything it was read from. As long as all of it
 * stands, the same question has the same answer, and nothing needs to be parsed, traced or hashed to give it.
 * Losing it costs only time; a change of any file, folder or variable that was looked at ends it.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RetrialEvent } from '../events.ts';
import { hashJson } from '../hash.ts';
import { ownFolder } from '../own-package.ts';
import type { Layout } from '../store/layout.ts';
import { readMemo, writeMemo } from '../store/memo-file.ts';
import { type Signatures, signaturesOf, stillStand } from '../store/signatures.ts';

/** All that is asked; two questions that differ in anything have answers of their own. */
export interface Question {
  readonly file: string;
  readonly targets: readonly string[];
  /** Absolute paths of overlays. */
  readonly config: readonly string[];
  readonly set: readonly string[];
}

export interface Answer<Result> {
  /** What was told while it was found: warnings, and each stage as fresh. */
  readonly events: readonly RetrialEvent[];
  readonly result: Result;
}

/** What an answer was read from. */
export interface LookedAt {
  /** Absolute paths of files and folders. */
  readonly paths: readonly string[];
  /** Names of environment variables. */
  readonly env: readonly string[];
}

interface Kept<Result> extends Answer<Result> {
  readonly version: 1;
  readonly node: string;
  readonly question: Question;
  readonly env: Readonly<Record<string, string | null>>;
  readonly signatures: Signatures;
}

export async function standingAnswer<Result>(layout: Layout, question: Question): Promise<Answer<Result> | undefined> {
  const file = answerFile(layout, question);
  const kept = await readMemo<Kept<Result>>(file);
  if (kept?.version !== 1 || kept.node !== process.version) return undefined;
  if (hashJson(kept.question) !== hashJson(question)) return undefined;
  if (hashJson(kept.env) !== hashJson(valuesOf(Object.keys(kept.env)))) return undefined;
  if (!stillStand(kept.signatures)) return undefined;
  await stayUsed(layout, file, kept);
  return kept;
}

const dayMs = 24 * 60 * 60 * 1000;

/** A result is used as long as it is answered with. Said when the answer was found, then once a day: it costs a run nothing. */
async function stayUsed(layout: Layout, file: string, { events }: Answer<unknown>): Promise<void> {
  const said = statSync(file, { throwIfNoEntry: false });
  if (said === undefined || Date.now() - said.mtimeMs < dayMs) return;
  const { markUsedAnew } = await import('../store/mark-used.ts');
  const fingerprints = events.flatMap((event) => (event.type === 'stage-finished' ? (event.fingerprint ?? []) : []));
  markUsedAnew(layout, file, fingerprints);
}

/**
 * Keeps an answer, unless something it was read from changed so lately that a second change could look the same.
 * @param askedAt when the first of it was read, in milliseconds since the epoch
 */
export async function keepAnswer<Result>(
  layout: Layout,
  question: Question,
  { events, result }: Answer<Result>,
  lookedAt: LookedAt,
  askedAt: number,
): Promise<void> {
  const signatures = signaturesOf([...lookedAt.paths, ...ownFiles()], askedAt);
  if (signatures === undefined) return;
  const env = valuesOf(lookedAt.env);
  const kept: Kept<Result> = { version: 1, node: process.version, question, env, signatures, events, result };
  await writeMemo(answerFile(layout, question), kept);
}

function answerFile(layout: Layout, question: Question): string {
  return join(layout.memo, `answer-${hashJson(question).slice(0, 16)}.json`);
}

function valuesOf(names: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? null]));
}

/** Another Retrial may answer otherwise. */
function ownFiles(): string[] {
  return [join(ownFolder(), 'package.json'), join(ownFolder(), 'dist', 'cli.js'), fileURLToPath(import.meta.url)];
}
