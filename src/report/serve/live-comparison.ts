/** A comparison that follows the record: made again when something was recorded since, and somebody asks. */

import type { Comparison } from '../comparison.ts';
import { scriptSafeJson } from '../html.ts';
import { packed } from '../packed.ts';

export interface Version {
  readonly number: number;
  readonly comparison: Comparison;
  /** Packed, as pages read it. */
  json(): string;
}

export interface Source {
  compare(): Promise<Comparison>;
  /** Another text whenever a comparison may come out otherwise. Cheap: it is asked every second. */
  signature(): Promise<string>;
}

/** @returns the newest version; those who ask at the same time share the work, and get the same */
export function liveComparison({ compare, signature }: Source): () => Promise<Version> {
  let known: { readonly seen: string; readonly version: Version } | undefined;
  let looking: Promise<Version> | undefined;
  const look = async () => {
    // What is written while it is compared is another signature, and seen the next time.
    const seen = await signature();
    if (known?.seen === seen) return known.version;
    const version = versionOf((known?.version.number ?? 0) + 1, await compare());
    known = { seen, version };
    return version;
  };
  return async () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return await looking;
  };
}

function versionOf(number: number, comparison: Comparison): Version {
  let json: string | undefined;
  return {
    ...{ number, comparison },
    json: () => {
      json ??= scriptSafeJson(packed(comparison));
      return json;
    },
  };
}
