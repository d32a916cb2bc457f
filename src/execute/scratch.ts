/** The folder an execution writes into, and what is made of it when the command has ended. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Failure } from '../errors.ts';
import { type ContentHash, canonicalJson, hashFile } from '../hash.ts';
import type { JsonValue, Stage } from '../pipeline/types.ts';
import { isErrno, jsonText } from '../store/files.ts';
import { removeFolder } from '../store/folders.ts';
import type { Layout } from '../store/layout.ts';
import { MetricsError, readMetricsFile } from '../store/metrics-file.ts';
import { ownedName } from '../store/owned-names.ts';
import { currentProcess } from '../store/process-identity.ts';
import type { MetricValues, OutputContent, StageLock } from '../store/published.ts';
import { sealed } from '../store/seal.ts';
import { beginSync } from '../store/sync-outputs.ts';
import { hashTree, TreeError } from '../store/tree.ts';
import type { DependencyPaths, StageKey } from './inputs.ts';
import { summariseSeries } from './metrics.ts';

export interface Scratch {
  readonly nonce: string;
  readonly folder: string;
  /** Absolute path of each output, by name. */
  readonly outs: Readonly<Record<string, string>>;
  readonly descriptionFile: string;
}

/** Makes the folder anew, with the folders that outputs go into. */
export async function makeScratch(layout: Layout, stage: Stage): Promise<Scratch> {
  const nonce = ownedName();
  const at = layout.scratch(nonce);
  const outs = Object.fromEntries(Object.entries(stage.outs).map(([name, out]) => [name, join(at.outs, out.path)]));
  mkdirSync(at.outs, { recursive: true });
  for (const [name, out] of Object.entries(stage.outs)) {
    const path = outs[name] ?? '';
    mkdirSync(out.path.endsWith('/') ? path : dirname(path), { recursive: true });
  }
  return { nonce, folder: at.folder, outs: withoutSlash(outs), descriptionFile: at.description };
}

/** What the stage reads through RETRIAL_STAGE: see StageDescription in src/stage.ts. */
export async function describeStage(scratch: Scratch, stage: Stage, key: StageKey, deps: DependencyPaths) {
  const { params, cpus, protocol, item } = key.fingerprint;
  const told = { protocol, stage: stage.name, params: canonical(params), deps, outs: scratch.outs, cpus };
  const description = item === undefined ? told : { ...told, item: canonical(item) };
  writeFileSync(scratch.descriptionFile, jsonText(description));
}

/** In canonical order, as in the key: the order a file was written in must not reach the stage. */
function canonical(value: JsonValue): JsonValue {
  return JSON.parse(canonicalJson(value)) as JsonValue;
}

export interface Execution {
  readonly startedAt: number;
  readonly durationMs: number;
  readonly run: string;
  readonly logFile: string;
  readonly seriesFile: string;
}

/** Hashes and reads what the stage wrote: the lock to publish with it, or why it cannot be published. */
export async function collect(
  scratch: Scratch,
  stage: Stage,
  key: StageKey,
  execution: Execution,
): Promise<{ ok: true; lock: StageLock } | { ok: false; failure: Failure }> {
  const outputs: Record<string, OutputContent> = {};
  for (const [name, out] of Object.entries(stage.outs)) {
    const content = await contentOf(scratch, name, out.path);
    if (!content.ok) return content;
    outputs[name] = content.output;
  }
  const metrics = await metricsOf(scratch, stage);
  if (!metrics.ok) return metrics;
  const series = await summariseSeries(execution.seriesFile);
  await tidy(scratch, stage);
  const records = await keepRecords(scratch, execution);
  const { startedAt, durationMs, run } = execution;
  return {
    ok: true,
    lock: sealed({
      format: 1,
      fingerprint: key.hash,
      key: { ...key.fingerprint } as unknown as StageLock['key'],
      outputs,
      metrics: metrics.values,
      series,
      execution: { nonce: scratch.nonce, by: currentProcess(), startedAt, durationMs, run },
      records,
    }),
  };
}

async function contentOf(
  scratch: Scratch,
  name: string,
  path: string,
): Promise<{ ok: true; output: OutputContent } | { ok: false; failure: Failure }> {
  try {
    const written = scratch.outs[name] ?? '';
    const [content] = await Promise.all([hashTree(written), beginSync(written)]);
    return { ok: true, output: { path: path.replace(/\/$/, ''), ...content } };
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR'))
      return { ok: false, failure: { kind: 'output-missing', output: name, path } };
    if (error instanceof TreeError)
      return { ok: false, failure: { kind: 'output-invalid', output: name, message: error.message } };
    throw error;
  }
}

async function metricsOf(
  scratch: Scratch,
  stage: Stage,
): Promise<{ ok: true; values: Record<string, MetricValues> } | { ok: false; failure: Failure }> {
  const values: Record<string, MetricValues> = {};
  for (const [name, out] of Object.entries(stage.outs)) {
    if (out.metrics === undefined) continue;
    try {
      values[name] = await readMetricsFile(scratch.outs[name] ?? '');
    } catch (error) {
      if (!(error instanceof MetricsError)) throw error;
      return { ok: false, failure: { kind: 'metrics-invalid', output: name, message: error.message } };
    }
  }
  return { ok: true, values };
}

/** Removes what was not declared, as nothing vouches for it. */
async function tidy(scratch: Scratch, stage: Stage): Promise<void> {
  const declared = new Set(Object.values(stage.outs).map((out) => out.path.split('/')[0]));
  const outs = join(scratch.folder, 'outs');
  for (const name of readdirSync(outs)) if (!declared.has(name)) await removeFolder(join(outs, name));
  rmSync(scratch.descriptionFile, { force: true });
}

/** Keeps the log and the series with the result. @returns their hashes by name */
async function keepRecords(scratch: Scratch, { logFile, seriesFile }: Execution): Promise<Record<string, ContentHash>> {
  const records: Record<string, ContentHash> = {};
  for (const [name, file] of [
    ['log.txt', logFile],
    ['series.jsonl', seriesFile],
  ] as const) {
    const target = join(scratch.folder, name);
    await keep(file, target);
    if (existsSync(target)) records[name] = await hashFile(target);
  }
  return records;
}

/** What a stage has put in place of a file, a pipe or a device, might never end. */
async function keep(file: string, target: string): Promise<void> {
  const at = await stat(file).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined;
    throw error;
  });
  if (at?.isFile()) await copyFile(file, target);
}

function withoutSlash(paths: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, path.replace(/\/$/, '')]));
}
