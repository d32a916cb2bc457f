/** Runs the script of a stage as the engine does: a process of its own, told all it needs through the environment. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll } from 'vitest';
import { compiled } from './compiled.ts';

export interface StageRun {
  readonly exitCode: number | undefined;
  readonly stderr: string;
  /** Name → absolute path. */
  readonly outs: Readonly<Record<string, string>>;
  /** Every line of the live series and of progress, parsed. */
  readonly series: readonly Readonly<Record<string, unknown>>[];
}

export interface StageInputs {
  readonly params: object;
  readonly deps?: Readonly<Record<string, string>>;
  /** Name → path inside the run's folder; a trailing slash declares a folder. */
  readonly outs: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Told the process once it was started, to send it signals, and the file of its live series. */
  readonly started?: (child: { kill(signal: NodeJS.Signals): boolean }, metrics: string) => void;
}

/** A folder for the tests of this file, removed after them. Call it at the top of a file or in `describe`. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'retrial-stages-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** @param parent each run gets a fresh folder in it. */
export async function runStage(script: string, parent: string, inputs: StageInputs): Promise<StageRun> {
  const folder = await mkdtemp(join(parent, 'run-'));
  const outs = Object.fromEntries(
    Object.entries(inputs.outs).map(([name, path]) => [name, join(folder, 'outs', path)]),
  );
  for (const path of Object.values(outs)) await mkdir(path.endsWith('/') ? path : dirname(path), { recursive: true });
  const description = { protocol: 1, stage: 'test', params: inputs.params, deps: inputs.deps ?? {}, outs, cpus: 1 };
  const paths = { description: join(folder, 'stage.json'), metrics: join(folder, 'metrics.jsonl') };
  await writeFile(paths.description, JSON.stringify(description));
  await writeFile(paths.metrics, '');
  const child = execa(process.execPath, [await compiled(script)], {
    env: { RETRIAL_STAGE: paths.description, RETRIAL_METRICS: paths.metrics, ...inputs.env },
    reject: false,
  });
  inputs.started?.(child, paths.metrics);
  const { exitCode, stderr } = await child;
  const lines = (await readFile(paths.metrics, 'utf8')).split('\n').filter((line) => line !== '');
  return { exitCode, stderr, outs, series: lines.map((line) => JSON.parse(line)) };
}
