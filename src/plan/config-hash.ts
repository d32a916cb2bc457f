/** The machine-independent name of an experiment: what is asked, not what code or data answer it. */
import { unreachable } from '../errors.ts';
import { type ConfigHash, hashJson } from '../hash.ts';
import { pickParams } from '../pipeline/param-tree.ts';
import type { Dependency, Pipeline, Stage, Template } from '../pipeline/types.ts';

const formatVersion = 1;

/** Left out: comments, order, desc, resources, timeout, retries, series, always, holdout, code and runtime. */
export function configHashOf(pipeline: Pipeline): ConfigHash {
  const stages = [...pipeline.stages.values()];
  const named = [...new Set(stages.flatMap((stage) => stage.params))];
  return hashJson({
    format: formatVersion,
    stages: Object.fromEntries(stages.map((stage) => [stage.name, wiring(stage)])),
    params: pickParams(pipeline.params, named),
  }) as string as ConfigHash;
}

function wiring(stage: Stage) {
  return {
    cmd: commandShape(stage),
    deps: Object.fromEntries(Object.entries(stage.deps).map(([name, dep]) => [name, dependencyShape(dep)])),
    params: [...stage.params].sort(),
    outs: Object.fromEntries(Object.entries(stage.outs).map(([name, out]) => [name, out.path])),
    metrics: Object.fromEntries(
      Object.entries(stage.outs).flatMap(([name, out]) => (out.metrics === undefined ? [] : [[name, out.metrics]])),
    ),
    env: [...stage.env].sort(),
    // Only where used: the hashes of experiments that know none of these stay what they were.
    ...(stage.item === undefined ? {} : { item: stage.item }),
    ...(stage.cwd === undefined ? {} : { cwd: stage.cwd.path }),
  };
}

export function dependencyShape(dep: Dependency) {
  switch (dep.kind) {
    case 'output':
      return { stage: dep.stage, output: dep.output };
    case 'outputs':
      return { stages: dep.stages, output: dep.output };
    case 'path':
      return { path: dep.path };
    default:
      return unreachable(dep);
  }
}

/** The command with its references left as references: paths in it differ between machines. */
export function commandShape(stage: Stage) {
  return stage.cmd.kind === 'shell'
    ? { shell: templateShape(stage.cmd.line) }
    : { argv: stage.cmd.args.map(templateShape) };
}

function templateShape(template: Template) {
  return template.map((part) => (typeof part === 'string' ? part : { ...part }));
}
