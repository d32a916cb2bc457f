/** What the user declared, after loading: plain values with every default filled in and every reference resolved. */
import type { Diagnostic, Place } from '../errors.ts';

export type Scalar = string | number | boolean | null;
export type JsonValue = Scalar | readonly JsonValue[] | { readonly [key: string]: JsonValue };
/** The resolved tree of parameters. Keys hold no dot; a dotted name is a path into the tree. */
export type ParamTree = { readonly [key: string]: JsonValue };

export interface Pipeline {
  /** Absolute path of pipeline.yaml. */
  readonly file: string;
  /** Its folder: the working directory of stages, and what relative paths are relative to. */
  readonly root: string;
  /** In the order declared. References between stages are checked; cycles are the graph's to find. */
  readonly stages: ReadonlyMap<string, Stage>;
  readonly params: ParamTree;
  /** Params of kind `file` that name one: a stage that is given such a param depends on the file's content. */
  readonly fileParams: readonly FileParam[];
  /** Former dotted name of a param → its name today. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Absolute path of the folder that results are shared through. In no key. */
  readonly remote?: string;
  /** The texts this was made from, for the record: pipeline.yaml and each params file, by path relative to root. */
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  readonly warnings: readonly Diagnostic[];
}

export interface Stage {
  /** Of an instance `train@1`. */
  readonly name: string;
  /** Of an instance: the stage it was made of, which the name of a target may be. */
  readonly group?: string;
  /** Of an instance: the element of `foreach`, or the combination of `matrix`. In its key. */
  readonly item?: JsonValue;
  readonly desc?: string;
  readonly place: Place;
  readonly cmd: Command;
  /** Where the command runs, relative to root and inside it; root itself where absent. */
  readonly cwd?: { readonly path: string; readonly place: Place };
  /** It runs in every run: nothing made before stands for it. */
  readonly always: boolean;
  readonly deps: Readonly<Record<string, Dependency>>;
  /** Dotted names of the params the stage is given, sorted; those used in `cmd` are among them. */
  readonly params: readonly string[];
  /** Everything the stage writes, metrics files included, by name. */
  readonly outs: Readonly<Record<string, Output>>;
  /** What is known of live series, by series name. */
  readonly series: Readonly<Record<string, Series>>;
  readonly holdout: boolean;
  /** Names of environment variables that are passed and in the key. */
  readonly env: readonly string[];
  /** Globs of code files, relative to root, in the key. */
  readonly code: readonly string[];
  /** Probes whose output is in the key: name → shell command. */
  readonly runtime: Readonly<Record<string, string>>;
  readonly resources: Resources;
  readonly timeoutMs?: number;
  readonly retries: number;
}

/** A file or folder that a param names, relative to root or absolute. */
export interface FileParam {
  readonly key: string;
  readonly path: string;
  /** Where the value was given. */
  readonly place: Place;
}

export interface Resources {
  readonly cpus: number;
  readonly memoryBytes?: number;
  readonly timeMs?: number;
  readonly gpus?: number;
  /** Of all stages that name one of these only one runs at a time; sorted, each once. */
  readonly mutex?: readonly string[];
}

/** A shell command line, or an argument list run without a shell. */
export type Command =
  | { readonly kind: 'shell'; readonly line: Template }
  | { readonly kind: 'argv'; readonly args: readonly Template[] };

/** Literal text and references, in order. */
export type Template = readonly (string | Reference)[];
export type Reference =
  | { readonly kind: 'param'; readonly key: string }
  | { readonly kind: 'dep'; readonly name: string }
  | { readonly kind: 'out'; readonly name: string }
  /** A part of the instance's item by its dotted name; the empty one is the whole. */
  | { readonly kind: 'item'; readonly key: string };

/**
 * An edge of the graph, edges to the same output of all instances of a stage (a list of paths, in their order), or a
 * path (relative to root, or absolute) that exists before the run.
 */
export type Dependency =
  | { readonly kind: 'output'; readonly stage: string; readonly output: string; readonly place: Place }
  | {
      readonly kind: 'outputs';
      readonly group: string;
      readonly stages: readonly string[];
      readonly output: string;
      readonly place: Place;
    }
  | { readonly kind: 'path'; readonly path: string; readonly place: Place };

export interface Output {
  /** Relative to the stage's output folder, normalised, never leaving it; a trailing slash declares a folder. */
  readonly path: string;
  readonly metrics?: MetricsSpec;
}

export type Goal = 'maximize' | 'minimize';

export interface MetricsSpec {
  /** Metric name or glob → goal; the first that matches counts. */
  readonly goal: Readonly<Record<string, Goal>>;
  /** `<dep name>` or `params.<key>`: values are ranked together only where all of these agree. */
  readonly comparableBy: readonly string[];
  /** Path of the per-unit scores file beside it, an output of its own under the name `<name>.units`. */
  readonly units?: string;
}

/** What a live series means, for charts and summaries. In no hash. */
export interface Series {
  readonly desc?: string;
  readonly goal?: Goal;
  /** The value that stands for the series in tables: its last, or its best (which records its step). */
  readonly summary: 'last' | 'best';
  /** A horizontal line to draw, with its meaning. */
  readonly reference?: { readonly value: number; readonly label: string };
}
