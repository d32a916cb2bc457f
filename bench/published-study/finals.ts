/**
 * The final runs of the study of docs/study.md, as they are on record in docs/study/*.jsonl: what it takes to have each again,
 * and what it came to.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { promisify } from 'node:util';

/** A line of the record: one final run. */
export interface FinalRun {
  /** `cfgan vanilla item`, `ease`. */
  readonly arm: string;
  readonly trial: number;
  readonly config: string;
  /** Params files laid over the defaults, in order. */
  readonly files: readonly string[];
  /** Params laid over these. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Of the test part, in full. */
  readonly metrics: Readonly<Record<string, number>>;
  /** SHA-256 of each output: `train.model`, `evaluate.scores`. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** On the authors' split, and on another of the whole data. */
export const records = { study: 'docs/study/finals.jsonl', 'study-2': 'docs/study/finals-2.jsonl' } as const;

export function readFinals(file: string): FinalRun[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as FinalRun);
}

const armParams = ['model.name', 'model.loss', 'model.orientation', 'model.discriminator'];

/** @param params of a trial or of its arm: `cfgan vanilla item` of those that name the model, or of its file of settings */
export function armName({ overlay, ...params }: Readonly<Record<string, unknown>>): string {
  if (typeof overlay !== 'string') return armParams.flatMap((name) => params[name] ?? []).join(' ');
  const name = basename(overlay, extname(overlay)); // configs/study/cfgan-wgan-gp-item.yaml → cfgan wgan-gp item
  return name.replace(/^(cfgan|notebook-gan)-(.*?)(-(item|user))?$/, '$1 $2 $4').trim();
}

/** Runs a command of this project and reads what it prints. Throws where it fails. */
export async function retrial<T>(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, ['bin/retrial.js', ...args, '--json'], {
    ...{ env, maxBuffer: 1 << 28 },
  });
  return JSON.parse(stdout) as T;
}

export interface ShownRun {
  readonly configHash: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly stages: readonly {
    readonly name: string;
    readonly outputs?: Readonly<Record<string, { readonly hash: string }>>;
  }[];
}

const reported = /^evaluate\.(precision|recall|ndcg|mrr)@(5|10|20)$/;

/** What a run came to on the test part. */
export function metricsOf({ metrics }: Pick<ShownRun, 'metrics'>): Record<string, number> {
  const names = Object.keys(metrics).filter((name) => reported.test(name));
  return Object.fromEntries(names.map((name) => [name.slice('evaluate.'.length), metrics[name] as number]));
}

/** The model, and every user's scores. */
export function outputsOf({ stages }: Pick<ShownRun, 'stages'>): Record<string, string> {
  const kept = stages.filter(({ name }) => name === 'train' || name === 'evaluate');
  return Object.fromEntries(
    kept.flatMap(({ name, outputs }) =>
      Object.entries(outputs ?? {}).map(([output, { hash }]) => [`${name}.${output}`, hash]),
    ),
  );
}
