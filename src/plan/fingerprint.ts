/** The key of the stage cache: all that a stage is given, and nothing else is given to it. */
import { type ContentHash, type FingerprintHash, hashJson } from '../hash.ts';
import { pickParams } from '../pipeline/param-tree.ts';
import type { JsonValue, ParamTree, Stage } from '../pipeline/types.ts';
import { commandShape } from './config-hash.ts';

/** Raised with a reason in the changelog when the meaning of a field changes: it orphans every earlier result. */
export const fingerprintVersion = 1;

export interface Fingerprint {
  readonly version: typeof fingerprintVersion;
  /** What the stage is told and how: the number of the stage protocol. */
  readonly protocol: 1;
  /** What is run. References stay references; the values behind them are in `params`, `deps` and `outs`. */
  readonly command: JsonValue;
  /** The values of the params it names: the only ones it is given. */
  readonly params: ParamTree;
  /** Content of each dependency, not the key that made it: an upstream stage whose output came out the same cuts off here. */
  readonly deps: DependencyHashes;
  /** Where the outputs are written, as the command may use the names; and which are read as metrics. */
  readonly outs: Readonly<Record<string, { readonly path: string; readonly metrics: boolean }>>;
  /** Threads may change the last digits of a sum. */
  readonly cpus: number;
  /** Declared environment variables; null where unset. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Traced and declared code: path relative to the pipeline → content. */
  readonly code: Readonly<Record<string, ContentHash>>;
  /** The closure of imported packages: name@version → integrity, or empty where the package manager keeps none. */
  readonly packages: Readonly<Record<string, string>>;
  /** What executes it: Node's major, TensorFlow's build and backend, the output of declared probes. */
  readonly runtime: Readonly<Record<string, JsonValue>>;
  // The rest is there only where used, so that keys made before it came stay what they were.
  /** Of an instance: its element of `foreach` or `matrix`, which the command may use and the stage is told. */
  readonly item?: JsonValue;
  /** Of dependencies that are lists: the order in which the paths are given. */
  readonly order?: Readonly<Record<string, readonly string[]>>;
  /** Where the command runs, relative to the pipeline. */
  readonly cwd?: string;
  /** Of a stage that always runs: a text no other run has, so that each execution is a result of its own. */
  readonly always?: string;
}

/** Dependency → content; of a list instance → content. Files that params name are under `params.<name>`. */
export type DependencyHashes = Readonly<Record<string, ContentHash | Readonly<Record<string, ContentHash>>>>;

/** What of a fingerprint is read from the machine rather than from the pipeline. */
export type StageSurroundings = Pick<Fingerprint, 'env' | 'code' | 'packages' | 'runtime'>;

/** @param nonce stands for this run in the keys of stages that always run */
export function fingerprintOf(
  stage: Stage,
  params: ParamTree,
  deps: DependencyHashes,
  surroundings: StageSurroundings,
  nonce: string,
): Fingerprint {
  const order = listOrder(stage);
  return {
    version: fingerprintVersion,
    protocol: 1,
    command: commandShape(stage) as unknown as JsonValue,
    params: pickParams(params, stage.params),
    deps,
    outs: Object.fromEntries(
      Object.entries(stage.outs).map(([name, out]) => [name, { path: out.path, metrics: out.metrics !== undefined }]),
    ),
    cpus: stage.resources.cpus,
    ...surroundings,
    ...(stage.item === undefined ? {} : { item: stage.item }),
    ...(order === undefined ? {} : { order }),
    ...(stage.cwd === undefined ? {} : { cwd: stage.cwd.path }),
    ...(stage.always ? { always: nonce } : {}),
  };
}

function listOrder({ deps }: Stage): Fingerprint['order'] {
  const lists = Object.entries(deps).flatMap(([name, dep]) => (dep.kind === 'outputs' ? [[name, dep.stages]] : []));
  return lists.length === 0 ? undefined : Object.fromEntries(lists);
}

export function hashFingerprint(fingerprint: Fingerprint): FingerprintHash {
  return hashJson(fingerprint) as string as FingerprintHash;
}

export interface FieldChange {
  /** Such as `params.model.learning_rate`, `code.stages/train.ts`, `deps.train`. */
  readonly field: string;
  /** Undefined where the field was not there. */
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** What differs between two keys, leaf by leaf. */
export function fingerprintChanges(before: unknown, after: unknown): FieldChange[] {
  const changes: FieldChange[] = [];
  const visit = (field: string, a: unknown, b: unknown): void => {
    if (isMap(a) && isMap(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        visit(field === '' ? key : `${field}.${key}`, a[key], b[key]);
    } else if (JSON.stringify(a) !== JSON.stringify(b)) {
      changes.push({ field, before: a as JsonValue | undefined, after: b as JsonValue | undefined });
    }
  };
  visit('', before, after);
  return changes;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
