/** Where a stage's command runs. An executor runs one command to its end and says how it ended; policy is elsewhere. */
import type { Failure } from '../errors.ts';

export interface Job {
  readonly command:
    | { readonly kind: 'shell'; readonly line: string }
    | { readonly kind: 'argv'; readonly args: readonly string[] };
  readonly cwd: string;
  /** The whole environment: nothing else is given. */
  readonly env: Readonly<Record<string, string>>;
  /** A text without blanks that is in `env` and in no other job's: all that the job starts inherits it. */
  readonly mark: string;
  /** Standard output and error, appended in the order written. */
  readonly logFile: string;
  readonly timeoutMs?: number;
}

export type Exit = { readonly ok: true } | { readonly ok: false; readonly failure: Failure };

export interface Executor {
  /** Resolves when the job's whole process group is gone. Aborting asks it to stop, then kills it. */
  run(job: Job, signal?: AbortSignal): Promise<Exit>;
  close(): void;
}
