/** What every command begins with: which pipeline, which params, which runs/ folder. */
import { dirname, join } from 'node:path';
import { findPipeline } from '../pipeline/find-pipeline.ts';
import { loadPipeline } from '../pipeline/load.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { type Layout, layoutOf } from '../store/layout.ts';

export interface ProjectOptions {
  /** Folder to look for pipeline.yaml from, upwards. */
  readonly directory?: string;
}

export interface ConfigOptions extends ProjectOptions {
  /** Files laid over the default params, in order. */
  readonly config?: readonly string[];
  /** `key=value`, values as YAML. */
  readonly set?: readonly string[];
}

export interface Project {
  readonly pipeline: Pipeline;
  readonly layout: Layout;
}

export async function openProject(options: ConfigOptions): Promise<Project> {
  const file = findPipeline(options.directory ?? process.cwd());
  const pipeline = await loadPipeline({ file, overlays: options.config ?? [], set: options.set ?? [] });
  return { pipeline, layout: layoutOf(join(pipeline.root, 'runs')) };
}

/** Where a project's record is. Reading it needs no valid pipeline. */
export function projectFolder(options: ProjectOptions): { root: string; runsDir: string } {
  const root = dirname(findPipeline(options.directory ?? process.cwd()));
  return { root, runsDir: join(root, 'runs') };
}
