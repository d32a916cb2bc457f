/** `retrial words KIND`: what may stand where somebody types, one word a line; asked by the scripts of `completion`. */
import { exitCode, UserError } from '../errors.ts';
import { exportFormats } from '../export/formats.ts';
import { fieldNames } from '../filter/row.ts';
import { short } from '../hash.ts';
import { flatten } from '../pipeline/param-tree.ts';
import { withIndex } from '../record/open-index.ts';
import { shortNames } from '../report/ranking.ts';
import { runsByTime } from '../store/latest.ts';
import { layoutOf } from '../store/layout.ts';
import { openProject, type ProjectOptions, projectFolder } from './project.ts';

/** `columns` are fields of runs, params and metrics; `settings` params with a `=` behind, `formats` those of `export --to`. */
export type WordKind =
  | 'runs'
  | 'stages'
  | 'outputs'
  | 'studies'
  | 'tags'
  | 'columns'
  | 'metrics'
  | 'settings'
  | 'formats';

/** Nothing where there is no project, or its pipeline has mistakes. */
export async function completionWords(kind: WordKind, options: ProjectOptions): Promise<number> {
  try {
    const words = await wordsOf[kind](options);
    process.stdout.write(words.map((word) => `${word}\n`).join(''));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return exitCode.ok;
}

const wordsOf: Readonly<Record<WordKind, (options: ProjectOptions) => Promise<string[]>>> = {
  runs: async (options) => {
    const runs = await runsByTime(layoutOf(projectFolder(options).runsDir));
    return runs.length === 0 ? [] : ['latest', ...runs.map(short)];
  },
  stages: async (options) => {
    const { pipeline } = await openProject(options);
    const stages = [...pipeline.stages.values()];
    return [...new Set(stages.flatMap(({ name, group }) => (group === undefined ? [name] : [group, name])))];
  },
  outputs: async (options) => {
    const { pipeline } = await openProject(options);
    return [...pipeline.stages.values()].flatMap(({ name, outs }) => Object.keys(outs).map((out) => `${name}.${out}`));
  },
  studies: async (options) => (await recorded(options)).studies,
  tags: async (options) => (await recorded(options)).tags,
  columns: async (options) => {
    const { params, metrics } = await recorded(options);
    return [...new Set([...fieldNames, ...params, ...metrics, ...shortNames(params, metrics).values()])];
  },
  metrics: async (options) => {
    const { metrics } = await recorded(options);
    return [...new Set([...metrics, ...shortNames([], metrics).values()])];
  },
  settings: async (options) => {
    const { pipeline } = await openProject(options);
    return Object.keys(flatten(pipeline.params)).map((name) => `${name}=`);
  },
  formats: async () => [...exportFormats],
};

async function recorded(options: ProjectOptions) {
  return await withIndex(layoutOf(projectFolder(options).runsDir), async (index) => ({
    params: await index.paramNames(),
    metrics: await index.metricNames(),
    tags: await index.tags(),
    studies: (await index.studies()).map(({ name }) => name),
  }));
}
