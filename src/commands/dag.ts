/** `retrial dag`: the graph of stages as text, Mermaid or DOT. */
import { unreachable } from '../errors.ts';
import type { Dependency, Stage } from '../pipeline/types.ts';
import { stagesInOrder, upstream } from '../plan/graph.ts';
import { type ConfigOptions, openProject } from './project.ts';

export interface DagOptions extends ConfigOptions {
  readonly mermaid?: boolean;
  readonly dot?: boolean;
}

export async function dag(targets: readonly string[], options: DagOptions): Promise<number> {
  const { pipeline } = await openProject(options);
  const stages = stagesInOrder(pipeline, targets);
  const draw = options.mermaid === true ? mermaid : options.dot === true ? dot : text;
  process.stdout.write(draw(stages));
  return 0;
}

/** Each stage with what it takes, dependencies first. */
export function text(stages: readonly Stage[]): string {
  const lines = stages.map((stage) => {
    const inputs = Object.values(stage.deps).map(inputText);
    const marks = [...(stage.holdout ? [' (holdout)'] : []), ...(stage.always ? [' (always)'] : [])].join('');
    return `${stage.name}${marks}${inputs.length === 0 ? '' : `  ← ${inputs.join(', ')}`}`;
  });
  return `${lines.join('\n')}\n`;
}

function inputText(dep: Dependency): string {
  switch (dep.kind) {
    case 'path':
      return dep.path;
    case 'output':
      return `${dep.stage}.${dep.output}`;
    case 'outputs':
      return `${dep.group}@*.${dep.output}`;
    default:
      return unreachable(dep);
  }
}

export function mermaid(stages: readonly Stage[]): string {
  const nodes = stages.map((stage) => `  ${id(stage.name)}["${stage.name}"]`);
  const edges = stages.flatMap((stage) => upstream(stage).map((from) => `  ${id(from)} --> ${id(stage.name)}`));
  return `${['flowchart TD', ...nodes, ...edges].join('\n')}\n`;
}

export function dot(stages: readonly Stage[]): string {
  const nodes = stages.map((stage) => `  "${stage.name}";`);
  const edges = stages.flatMap((stage) => upstream(stage).map((from) => `  "${from}" -> "${stage.name}";`));
  return `${['digraph pipeline {', ...nodes, ...edges, '}'].join('\n')}\n`;
}

/** Mermaid takes some words (`end`) as its own, and of signs none but `_`: others are numbers between two of it. */
function id(name: string): string {
  return `s_${name.replace(/[^A-Za-z0-9]/g, (sign) => `_${sign.charCodeAt(0)}_`)}`;
}
