/** From `HASH STAGE.OUT` to what was published, for the commands that give it out. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { type AttemptId, isNothing, type StageOutcome } from '../events.ts';
import { short } from '../hash.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import { type AttemptLock, attemptLocks } from '../store/attempts.ts';
import { recordedLock } from '../store/collected.ts';
import { readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import { findPublished, type OutputContent, type StageLock } from '../store/published.ts';
import { attemptOf } from './attempt-of.ts';

export type RunOutput =
  | { readonly ok: true; readonly lock: StageLock; readonly output: OutputContent; readonly path: string }
  /** It never was, or is no more: why, and what gives or makes it. */
  | { readonly ok: false; readonly message: string };

/**
 * The published output that `<stage>.<output>` of a run names. Throws {@link UserError} where there is no such run, or it
 * has no such output.
 */
export async function runOutput(layout: Layout, typedRun: string, typedOutput: string): Promise<RunOutput> {
  const id = await attemptOf(layout, typedRun);
  const run = nameOf(id);
  const attempt = await readJson<AttemptLock>(layout.run(id.configHash).attempt(id.attempt).lock);
  if (attempt === undefined)
    throw new UserError(`${run} has not ended, or was killed`, 'retrial show tells how far it got');
  const unmade = without(attempt, typedOutput);
  if (unmade !== undefined) return { ok: false, message: await neverMade(layout, id, unmade, typedOutput) };
  const { fingerprint, name } = await named(layout, attempt, typedOutput, run);
  const lock = await findPublished(layout, fingerprint);
  const output = lock?.outputs[name];
  if (lock !== undefined && output !== undefined)
    return { ok: true, lock, output, path: join(layout.stage(fingerprint).outs, output.path) };
  const gone = existsSync(layout.collected(fingerprint)) ? 'was collected' : 'was deleted or damaged, and is set aside';
  return { ok: false, message: `${typedOutput} of ${run} ${gone}\n  → ${again(id.configHash)} makes it again` };
}

/** The command that makes what a run made. */
export function again(configHash: string): string {
  return `retrial run -c runs/${configHash}/config.yaml`;
}

const nameOf = ({ configHash, attempt }: AttemptId) => `${short(configHash)}@${attempt}`;

function isMade({ outcome, fingerprint }: AttemptLock['stages'][string]): boolean {
  return fingerprint !== undefined && !isNothing(outcome);
}

/** Stages may have dots in their names: the longest that the text begins with is meant. */
function stageOf({ stages }: AttemptLock, typed: string): string | undefined {
  const named = Object.keys(stages).filter((stage) => typed === stage || typed.startsWith(`${stage}.`));
  return named.sort((a, b) => b.length - a.length)[0];
}

/** The stage that is meant, where it came to nothing in this attempt. */
function without(attempt: AttemptLock, typed: string): { stage: string; outcome: StageOutcome } | undefined {
  const stage = stageOf(attempt, typed);
  const ended = stage === undefined ? undefined : attempt.stages[stage];
  if (stage === undefined || ended === undefined || isMade(ended)) return undefined;
  return { stage, outcome: ended.outcome };
}

/** A failed stage has no output; another attempt of the run may have one. */
async function neverMade(
  layout: Layout,
  { configHash, attempt }: AttemptId,
  { stage, outcome }: { readonly stage: string; readonly outcome: StageOutcome },
  typed: string,
): Promise<string> {
  const what = outcome === 'failed' ? 'failed' : 'was not run';
  const others = await attemptLocks(layout, configHash, Number.POSITIVE_INFINITY);
  const made = others.find(({ stages }) => stages[stage] !== undefined && isMade(stages[stage]));
  const hint =
    made === undefined
      ? `retrial show ${nameOf({ configHash, attempt })} tells why`
      : `${nameOf(made)} has it: say ${nameOf(made)} in the place of the hash`;
  return `${stage} ${what} in ${nameOf({ configHash, attempt })}: there is no ${typed}\n  → ${hint}`;
}

async function named(layout: Layout, { stages }: AttemptLock, typed: string, run: string) {
  const outputs: string[] = [];
  for (const [stage, { fingerprint }] of Object.entries(stages)) {
    if (fingerprint === undefined) continue;
    const lock = await recordedLock(layout, fingerprint);
    const names = lock === undefined ? lostOutput(stage, typed) : Object.keys(lock.outputs);
    const name = names.find((output) => `${stage}.${output}` === typed);
    if (name !== undefined) return { fingerprint, name };
    outputs.push(...names.map((output) => `${stage}.${output}`));
  }
  throw new UserError(`${run} has no output "${typed}"`, hintFor(typed, outputs));
}

/** A stage alone: all it has; else what is near. */
function hintFor(typed: string, outputs: readonly string[]): string | undefined {
  if (outputs.length === 0) return 'it has none';
  const ofStage = outputs.filter((output) => output.startsWith(`${typed}.`));
  if (ofStage.length > 0) return `${typed} has ${ofStage.join(', ')}`;
  return didYouMean(typed, outputs).hint;
}

/** Of a result that was set aside nobody knows the outputs: what is asked for may have been one. */
function lostOutput(stage: string, typed: string): string[] {
  return typed.startsWith(`${stage}.`) ? [typed.slice(stage.length + 1)] : [];
}
