/** What `reproduce HASH` and `reproduce --all` share. */
import { exitCode, unreachable } from '../errors.ts';
import type { AttemptId, Sink } from '../events.ts';
import type { Reproduction } from '../execute/reproduce.ts';
import type { Verdict } from '../execute/reproduce-compare.ts';
import type { Layout } from '../store/layout.ts';
import type { ProjectOptions } from './project.ts';

export interface ReproduceOptions extends ProjectOptions {
  readonly jobs?: number;
  readonly json?: boolean;
  /** Every run, instead of one. */
  readonly all?: boolean;
  /** Every run of it, instead of one. */
  readonly study?: string;
  /** Of these, or of all, those that the filter keeps. */
  readonly where?: string;
  /** So many runs at once. */
  readonly workers?: number;
  readonly currentCode?: boolean;
  readonly install?: boolean;
  /** Relative. */
  readonly tolerance?: number;
}

/** What a reproduction needs beside the name of the attempt. */
export interface Reproducing {
  readonly root: string;
  readonly layout: Layout;
  readonly sink: Sink;
  /** A line for people, between those of the stages. */
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
  readonly options: ReproduceOptions;
}

/** @param id the attempt to have again: what happens aside is told under its name, as it is no attempt of its own */
export function requestOf({ root, layout, sink: all, signal, options }: Reproducing, id: AttemptId) {
  const sink: Sink = (event) => all('id' in event ? { ...event, id } : event);
  const { jobs, tolerance, currentCode, install } = options;
  return {
    ...{ root, layout, id, sink, signal },
    ...(jobs === undefined ? {} : { jobs }),
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(currentCode === undefined ? {} : { currentCode }),
    ...(install === undefined ? {} : { install }),
  };
}

export function exitCodeOf(verdict: Verdict): number {
  switch (verdict) {
    case 'identical':
      return exitCode.ok;
    case 'failed':
      return exitCode.stageFailed;
    case 'equal-metrics':
      return 3;
    case 'different':
      return 4;
    case 'drifted':
      return 5;
    default:
      return unreachable(verdict);
  }
}

export function reproductionJson({ id, ...rest }: Reproduction) {
  return { configHash: id.configHash, attempt: id.attempt, ...rest };
}
