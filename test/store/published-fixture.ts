import { join } from 'node:path';
import type { FingerprintHash } from '../../src/hash.ts';
import { currentProcess } from '../../src/store/process-identity.ts';
import type { StageLock } from '../../src/store/published.ts';
import { hashTree } from '../../src/store/tree.ts';

/** The lock of a stage that wrote `out.txt` and nothing else. */
export async function lockOf(outs: string, fingerprint: FingerprintHash, nonce: string): Promise<StageLock> {
  return {
    ...{ format: 1, fingerprint, key: {}, metrics: {}, series: {} },
    outputs: { out: { path: 'out.txt', ...(await hashTree(join(outs, 'out.txt'))) } },
    execution: { nonce, by: currentProcess(), startedAt: 0, durationMs: 0, run: 'run@1' },
  };
}
