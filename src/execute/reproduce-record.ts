/** What is on record of a past attempt: its results, and what it can be rebuilt from. */
import { existsSync } from 'node:fs';
import { UserError } from '../errors.ts';
import { type AttemptId, isNothing, type RunStatus } from '../events.ts';
import { type ContentHash, short } from '../hash.ts';
import type { JsonValue, Pipeline } from '../pipeline/types.ts';
import { configHashOf } from '../plan/config-hash.ts';
import type { Fingerprint } from '../plan/fingerprint.ts';
import { damagedFiles } from '../store/attempt-damage.ts';
import { attemptLock, attemptNumbers } from '../store/attempts.ts';
import { recordedLock } from '../store/collected.ts';
import { readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import { below } from '../store/listing.ts';
import { outputsHold, type StageLock } from '../store/published.ts';
import type { AttemptInputs } from './attempt-inputs.ts';

export interface RecordedStage {
  readonly lock: StageLock;
  /** Whether its outputs are still there, whole: else only their hashes are known. */
  readonly standing: boolean;
}

export interface UnmadeStage {
  readonly stage: string;
  readonly outcome: 'failed' | 'cancelled' | 'pruned';
}

export interface RecordedAttempt {
  readonly id: AttemptId;
  readonly stages: ReadonlyMap<string, RecordedStage>;
  /** What it ended as, and the stages that came to nothing in it: there is nothing to compare them with. */
  readonly status: RunStatus;
  readonly unmade: readonly UnmadeStage[];
  /** Undefined for attempts of Retrial 0.1, which kept none: they are had again with today's code. */
  readonly inputs: AttemptInputs | undefined;
  readonly environment: Readonly<Record<string, JsonValue>>;
}

/** The attempt has no result: it failed or was killed before the first. */
export class NothingRecorded extends UserError {}

/** Throws {@link NothingRecorded} where the attempt has no result to compare with. */
export async function readRecorded(layout: Layout, id: AttemptId): Promise<RecordedAttempt> {
  const attempt = layout.run(id.configHash).attempt(id.attempt);
  await expectSound(layout, id);
  const lock = await attemptLock(layout, id);
  const stages = new Map<string, RecordedStage>();
  const unmade: UnmadeStage[] = [];
  for (const [name, { fingerprint, outcome }] of Object.entries(lock?.stages ?? {})) {
    if (isNothing(outcome)) {
      unmade.push({ stage: name, outcome }); // a result that is known today is of another attempt
      continue;
    }
    const result = fingerprint && (await recordedLock(layout, fingerprint));
    if (result) stages.set(name, { lock: result, standing: await outputsHold(layout, result) });
    else if (fingerprint && existsSync(layout.stage(fingerprint).lock))
      throw damagedRecord(id, [below(layout, layout.stage(fingerprint).lock)]);
  }
  if (stages.size === 0)
    throw new NothingRecorded(
      `run ${short(id.configHash)}@${id.attempt} has no recorded result to compare with`,
      `run it again: retrial run -c runs/${id.configHash}/config.yaml`,
    );
  const environment = (await readJson<Record<string, JsonValue>>(attempt.environment)) ?? {};
  const inputs = await readInputs(layout, id, stages.keys());
  return { id, stages, status: lock?.status ?? 'killed', unmade, inputs, environment };
}

/** Throws {@link UserError} where what is kept of the attempt is not what it left: of that nothing could be said. */
async function expectSound(layout: Layout, id: AttemptId): Promise<void> {
  const { lock, environment, inputs } = layout.run(id.configHash).attempt(id.attempt);
  const damaged = (await damagedFiles(layout, id)).map(({ file }) => file);
  const needed = [lock, environment, inputs].filter((file) => damaged.includes(file));
  if (needed.length > 0)
    throw damagedRecord(
      id,
      needed.map((file) => below(layout, file)),
    );
}

/** Throws {@link UserError} where a recorded config and pipeline.yaml are not those that the run is named after. */
export function expectConfigOf({ configHash, attempt }: AttemptId, pipeline: Pipeline): void {
  if (configHashOf(pipeline) !== configHash)
    throw damagedRecord({ configHash, attempt }, [`${configHash}/config.yaml`, 'pipeline.yaml']);
}

export function damagedRecord({ configHash, attempt }: AttemptId, files: readonly string[]): UserError {
  return new UserError(
    `the record of run ${short(configHash)}@${attempt} is damaged: runs/${files.join(' or ')}`,
    'restore it from a copy; retrial verify names all that is damaged',
  );
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
