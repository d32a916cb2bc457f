/** Whether what is stored is what was recorded: every byte is read anew. Safe beside processes that run and collect. */
import type { ContentHash, FingerprintHash } from '../hash.ts';
import type { Layout } from './layout.ts';
import { verifyAttempts } from './verify-attempts.ts';
import { verifyObjects } from './verify-objects.ts';
import { verifyResults } from './verify-results.ts';

export interface Problem {
  readonly kind: 'result' | 'object' | 'attempt' | 'journal' | 'index';
  /** Below `runs/`, with forward slashes. */
  readonly path: string;
  readonly message: string;
  /** Below `runs/`: where it was moved to, so that the next run makes it again. */
  readonly setAside?: string;
}

/** What is no damage, and worth a word. */
export interface Note {
  readonly path: string;
  readonly message: string;
}

export interface StoreVerification {
  readonly problems: readonly Problem[];
  readonly checked: {
    readonly results: number;
    readonly files: number;
    readonly bytes: number;
    readonly objects: number;
    readonly attempts: number;
  };
}

/** Of one kind of thing. */
export interface Verified {
  readonly problems: readonly Problem[];
  readonly count: number;
}

/** Reads all results, objects and attempts. What is damaged is moved to `quarantine/`. */
export async function verifyStore(layout: Layout): Promise<StoreVerification> {
  const results = await verifyResults(layout);
  const objects = await verifyObjects(layout);
  const told = {
    results: new Set(results.problems.map(({ path }) => path.slice('stages/'.length) as FingerprintHash)),
    objects: new Set(objects.problems.map(({ path }) => path.replace(/^objects|\//g, '') as ContentHash)),
  };
  const attempts = await verifyAttempts(layout, told);
  return {
    problems: [...results.problems, ...objects.problems, ...attempts.problems],
    checked: {
      ...{ results: results.count, files: results.files, bytes: results.bytes },
      ...{ objects: objects.count, attempts: attempts.count },
    },
  };
}
