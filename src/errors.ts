/**
 * What can go wrong, as data. A user's mistake is a {@link Diagnostic}; why a stage came to nothing is a
 * {@link Failure}; anything else that throws is a bug in Retrial and exits with 70.
 */

/** A position in a text file, 1-based; `source` is the file's text, for the code frame. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Length of the underlined text in characters; 1 where unknown. */
  readonly length?: number;
  readonly source?: string;
}

/** One mistake: what, where, and what to do. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
  readonly place?: Place;
}

/** The user's mistake: exit code 2, every diagnostic printed. Nothing has been run or written. */
export class UserError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[] | string, hint?: string) {
    const list: readonly Diagnostic[] =
      typeof diagnostics === 'string'
        ? [{ severity: 'error', message: diagnostics, ...(hint === undefined ? {} : { hint }) }]
        : diagnostics;
    super(list.map((d) => d.message).join('\n'));
    this.name = 'UserError';
    this.diagnostics = list;
  }
}

/** Why a stage has no result. A closed union: every printer switches over it exhaustively. */
export type Failure =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'spawn'; readonly message: string }
  | { readonly kind: 'timeout'; readonly limitMs: number }
  | { readonly kind: 'output-missing'; readonly output: string; readonly path: string }
  | { readonly kind: 'output-invalid'; readonly output: string; readonly message: string }
  | { readonly kind: 'metrics-invalid'; readonly output: string; readonly message: string }
  | { readonly kind: 'inputs-gone'; readonly paths: readonly string[] }
  /** `back`: they hold what they held before, and were written meanwhile; `queued`: while its job waited for its turn. */
  | { readonly kind: 'inputs-changed'; readonly paths: readonly string[]; readonly back?: true; readonly queued?: true }
  | { readonly kind: 'dependency-modified'; readonly dependency: string }
  | { readonly kind: 'dependency-failed'; readonly stage: string }
  /** It asks for more than there is; bytes of memory, or a count. */
  | {
      readonly kind: 'resources';
      readonly resource: 'memory' | 'gpus';
      readonly asked: number;
      readonly there: number;
    }
  | { readonly kind: 'store'; readonly message: string }
  /** What it reported up to `step` was not worth going on, as its study's pruner has judged. */
  | { readonly kind: 'pruned'; readonly step: number; readonly reason: string }
  | { readonly kind: 'cancelled' }
  /** Its job of a cluster's queue ended, and it had no word in it; what the queue said of it. */
  | { readonly kind: 'job'; readonly how: JobEnd; readonly job: string; readonly said?: string };

/** How a job ends that does not end by itself; `gone`: nobody knows. */
export type JobEnd =
  | 'cancelled'
  | 'time-limit'
  | 'out-of-memory'
  | 'node-failed'
  | 'preempted'
  | 'refused'
  | 'not-started'
  | 'ended'
  | 'gone';

/** EX_DATAERR of sysexits.h: a stage ends with it that says its params or data are at fault. */
const inputAtFault = 65;

export type PassingFailure = Extract<Failure, { kind: 'exit' | 'signal' | 'timeout' }>;

/** What another try may mend. A mistake in what was declared comes again, and so does one in what the stage was given. */
export function mayMend(failure: Failure): failure is PassingFailure {
  if (failure.kind === 'exit' && failure.code === inputAtFault) return false;
  return failure.kind === 'exit' || failure.kind === 'signal' || failure.kind === 'timeout';
}

/** Exit codes of the command line. */
export const exitCode = { ok: 0, stageFailed: 1, userMistake: 2, bug: 70, interrupted: 130, terminated: 143 } as const;

/** What to do about what the machine refused, where its own word for it does not tell. */
export function whatToRaise(message: string): string | undefined {
  return /\bE[MN]FILE\b/.test(message) ? 'raise the limit of open files: ulimit -n 4096' : undefined;
}

/** For the `default` of an exhaustive switch: reaching it is a compile error. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
