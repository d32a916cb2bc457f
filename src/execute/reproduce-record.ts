/** What is on record of a past attempt: its results, and what it can be rebuilt from. */
import { UserError } from '../errors.ts';
import type { AttemptId } from '../events.ts';
import { type ContentHash, short } from '../hash.ts';
import type { JsonValue } from '../pipeline/types.ts';
import type { Fingerprint } from '../plan/fingerprint.ts';
import { type AttemptLock, attemptNumbers } from '../store/attempts.ts';
import { recordedLock } from '../store/collected.ts';
import { readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import { outputsHold, type StageLock } from '../store/published.ts';
import type { AttemptInputs } from './attempt-inputs.ts';

export interface RecordedStage {
  readonly lock: StageLock;
  /** Whether its outputs are still there, whole: else only their hashes are known. */
  readonly standing: boolean;
}

export interface RecordedAttempt {
  readonly id: AttemptId;
  readonly stages: ReadonlyMap<string, RecordedStage>;
  /** Undefined for attempts of Retrial 0.1, which kept none: they are had again with today's code. */
  readonly inputs: AttemptInputs | undefined;
  readonly environment: Readonly<Record<string, JsonValue>>;
}

/** The attempt has no result: it failed or was killed before the first. */
export class NothingRecorded extends UserError {}

/** Throws {@link NothingRecorded} where the attempt has no result to compare with. */
export async function readRecorded(layout: Layout, id: AttemptId): Promise<RecordedAttempt> {
  const attempt = layout.run(id.configHash).attempt(id.attempt);
  const lock = await readJson<AttemptLock>(attempt.lock);
  const stages = new Map<string, RecordedStage>();
  for (const [name, { fingerprint }] of Object.entries(lock?.stages ?? {})) {
    const result = fingerprint && (await recordedLock(layout, fingerprint));
    if (result) stages.set(name, { lock: result, standing: await outputsHold(layout, result) });
  }
  if (stages.size === 0)
    throw new NothingRecorded(
      `run ${short(id.configHash)}@${id.attempt} has no recorded result to compare with`,
      `run it again: retrial run -c runs/${id.configHash}/config.yaml`,
    );
  const environment = (await readJson<Record<string, JsonValue>>(attempt.environment)) ?? {};
  return { id, stages, inputs: await readInputs(layout, id, stages.keys()), environment };
}

/**
 * The attempt's inputs; those of stages that it did not look at, and carried over from an attempt before it, are with
 * that one.
 */
async function readInputs(layout: Layout, id: AttemptId, stages: Iterable<string>): Promise<AttemptInputs | undefined> {
  const missing = new Set(stages);
  let merged: AttemptInputs | undefined;
  for (const attempt of await attemptNumbers(layout, id.configHash)) {
    if (attempt > id.attempt || missing.size === 0) continue;
    const inputs = await readJson<AttemptInputs>(layout.run(id.configHash).attempt(attempt).inputs);
    if (inputs === undefined && merged === undefined) return undefined; // the attempt itself has none
    if (inputs?.stages.some((stage) => missing.has(stage)) !== true) continue;
    merged = merged === undefined ? inputs : withOlder(merged, inputs);
    for (const stage of inputs.stages) missing.delete(stage);
  }
  return merged;
}

function withOlder(newer: AttemptInputs, older: AttemptInputs): AttemptInputs {
  return {
    ...newer,
    files: { ...older.files, ...newer.files },
    executable: [...new Set([...newer.executable, ...older.executable])],
    ...((newer.links ?? older.links) ? { links: { ...older.links, ...newer.links } } : {}),
    dependencies: { ...older.dependencies, ...newer.dependencies },
  };
}

/** The code files in a stage's key, without what in it is no file: the part of package.json that matters, and marks. */
export function codeOf(lock: StageLock): Record<string, ContentHash> {
  const { code } = recordedKey(lock);
  return Object.fromEntries(Object.entries(code).filter(([path]) => !/(package\.json#module|#executable)$/.test(path)));
}

export function recordedKey(lock: StageLock): Fingerprint {
  return lock.key as unknown as Fingerprint;
}
