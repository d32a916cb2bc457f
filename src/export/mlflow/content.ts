/** What MLflow is told of a run: plain data, from the record and from the files of its series. */
import { statSync } from 'node:fs';
import type { RunStatus } from '../../events.ts';
import { canonicalJson, sha256, short } from '../../hash.ts';
import { flatten } from '../../pipeline/param-tree.ts';
import type { JsonValue } from '../../pipeline/types.ts';
import type { RunRow, StageRow } from '../../record/rows.ts';
import { environmentOf, seriesFile } from '../../report/compared-runs.ts';
import type { Layout } from '../../store/layout.ts';
import type { ExportedRun } from '../exported-runs.ts';
import { mlflowNames } from './names.ts';

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export const mlflowStatus: Readonly<Record<RunStatus, 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED'>> = {
  ...{ running: 'RUNNING', complete: 'FINISHED', failed: 'FAILED' },
  ...{ cancelled: 'KILLED', killed: 'KILLED', pruned: 'KILLED' },
};

/** A run to export, with its stages. */
export interface MlflowRun extends ExportedRun {
  readonly stages: readonly StageRow[];
}

const [longestParam, longestTag] = [6000, 8000];

export const runName = ({ configHash, attempt }: RunRow) => `${short(configHash)}@${attempt}`;

export async function tagsOf(layout: Layout, { run, study, trial, replicate }: ExportedRun): Promise<KeyValue[]> {
  const git = (await environmentOf(layout, run)).git as { commit?: JsonValue; dirty?: JsonValue } | null | undefined;
  const tags: Record<string, JsonValue | undefined> = {
    'mlflow.runName': runName(run),
    'mlflow.note.content': run.note ?? undefined,
    'mlflow.source.git.commit': git?.commit ?? undefined,
    'retrial.config_hash': run.configHash,
    'retrial.attempt': run.attempt,
    'retrial.status': run.status,
    'retrial.study': study ?? undefined,
    'retrial.trial': trial ?? undefined,
    'retrial.replicate': replicate ?? undefined,
    'retrial.tags': run.tags.length === 0 ? undefined : run.tags.join(', '),
  };
  return Object.entries(tags).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: cut(String(value), longestTag) }],
  );
}

/** Texts as they are, all else as JSON. */
export function paramsOf({ run }: ExportedRun): KeyValue[] {
  const params = flatten(run.params);
  const names = mlflowNames(Object.keys(params));
  return Object.entries(params).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return { key: names.get(name) ?? name, value: cut(text, longestParam) };
  });
}

const cut = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** Equal where nothing that is exported has changed: a series that has grown has another size. */
export function digestOf(layout: Layout, exported: MlflowRun, tags: readonly KeyValue[]): string {
  const { run, metrics, stages } = exported;
  const sizes = stages.map((stage) => [
    stage.stage,
    statSync(seriesFile(layout, run, stage), { throwIfNoEntry: false })?.size ?? null,
  ]);
  const values = metrics.map(({ name, value, text, step }) => [name, value ?? text, step]);
  const facts = { format: 1, tags, params: paramsOf(exported), values, sizes, ended: run.finishedAt };
  return sha256(canonicalJson(facts as unknown as JsonValue)).slice(0, 16);
}
