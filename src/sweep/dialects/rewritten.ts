/** A sweep file put in other words: every value still stands where its user wrote it. */
import type { Place } from '../../errors.ts';
import type { JsonValue } from '../../pipeline/types.ts';
import type { JsonPath, YamlFile } from '../../pipeline/yaml-file.ts';

/** A map in a sweep file. */
export type JsonMap = { readonly [key: string]: JsonValue };

/** Where something was written that has no path of its own: a part of a text, or an argument. */
export interface Origin {
  readonly place: Place;
  readonly keyPlace: Place;
  /** The text of a number. */
  readonly written?: string;
}

/** What is at `to`, and all below it, was written at `from`. */
export interface Move {
  readonly to: JsonPath;
  readonly from: JsonPath | Origin;
}

/** Of several moves that hold a path the longest counts; what none holds stands where it stood. */
export function rewritten(file: YamlFile, value: JsonValue, moves: readonly Move[]): YamlFile {
  const byPath = new Map(moves.map(({ to, from }) => [keyOf(to), from]));
  const originOf = (path: JsonPath): JsonPath | Origin => {
    for (let length = path.length; length > 0; length--) {
      const from = byPath.get(keyOf(path.slice(0, length)));
      if (from !== undefined) return isPath(from) ? [...from, ...path.slice(length)] : from;
    }
    return path;
  };
  const ask = <T>(path: JsonPath, ofPath: (path: JsonPath) => T, ofOrigin: (origin: Origin) => T): T => {
    const from = originOf(path);
    return isPath(from) ? ofPath(from) : ofOrigin(from);
  };
  return {
    ...{ file: file.file, text: file.text, value },
    place: (path) => ask(path, file.place, ({ place }) => place),
    keyPlace: (path) => ask(path, file.keyPlace, ({ keyPlace }) => keyPlace),
    written: (path) => ask(path, file.written, ({ written }) => written),
  };
}

/** Indices are texts in some paths and numbers in others. */
function keyOf(path: JsonPath): string {
  return JSON.stringify(path.map(String));
}

function isPath(from: JsonPath | Origin): from is JsonPath {
  return Array.isArray(from);
}
