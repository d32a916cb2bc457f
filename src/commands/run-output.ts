/** From `HASH STAGE.OUT` to what was published, for the commands that give it out. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { short } from '../hash.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { AttemptLock } from '../store/attempts.ts';
import { recordedLock } from '../store/collected.ts';
import { readJson } from '../store/files.ts';
import { findRun } from '../store/find-run.ts';
import type { Layout } from '../store/layout.ts';
import { findPublished, type OutputContent, type StageLock } from '../store/published.ts';

export type RunOutput =
  | { readonly ok: true; readonly lock: StageLock; readonly output: OutputContent; readonly path: string }
  /** It was there and is no more: why, and what makes it again. */
  | { readonly ok: false; readonly message: string };

/**
 * The published output that `<stage>.<output>` of a run names. Throws {@link UserError} where there is no such run, or it
 * has no such output.
 */
export async function runOutput(layout: Layout, typedRun: string, typedOutput: string): Promise<RunOutput> {
  const id = await findRun(layout, typedRun);
  const run = `${short(id.configHash)}@${id.attempt}`;
  const attempt = await readJson<AttemptLock>(layout.run(id.configHash).attempt(id.attempt).lock);
  if (attempt === undefined)
    throw new UserError(`${run} has not ended, or was killed`, 'retrial show tells how far it got');
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

/** Stages may have dots in their names: the outputs there are tell what is meant. */
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
  const none = outputs.length === 0 ? { hint: 'it has none' } : {};
  throw new UserError(`${run} has no output "${typed}"`, didYouMean(typed, outputs).hint ?? none.hint);
}

/** Of a result that was set aside nobody knows the outputs: what is asked for may have been one. */
function lostOutput(stage: string, typed: string): string[] {
  return typed.startsWith(`${stage}.`) ? [typed.slice(stage.length + 1)] : [];
}
