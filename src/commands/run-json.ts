/** The machine-readable result of `run`: a public interface. */
import type { RunResult } from '../execute/run.ts';

export type RunJson = ReturnType<typeof runJson>;

export function runJson(result: RunResult) {
  return {
    configHash: result.configHash,
    attempt: result.attempt,
    status: result.status,
    stages: result.stages.map(({ name, outcome, fingerprint, durationMs, failure, lock }) => ({
      name,
      outcome,
      fingerprint: fingerprint ?? null,
      durationMs: Math.round(durationMs),
      ...(failure === undefined ? {} : { reason: failure }),
      ...(lock === undefined
        ? {}
        : { outputs: Object.fromEntries(Object.entries(lock.outputs).map(([output, { hash }]) => [output, hash])) }),
    })),
    metrics: Object.fromEntries(
      Object.entries(result.metrics).map(([name, value]) => [name, Number.isFinite(value) ? value : String(value)]),
    ),
  };
}
