import type { Diagnostic, Place } from '../errors.ts';
import type { StageFile } from './schema.ts';
import type { JsonValue } from './types.ts';
import type { JsonPath, YamlFile } from './yaml-file.ts';

/** One stage, or one instance of it with its item filled in, and how to speak of it. */
export interface StageSource {
  readonly name: string;
  /** Of an instance: the stage it is made of, and its item. */
  readonly group?: string;
  readonly item?: JsonValue;
  readonly written: StageFile;
  readonly file: YamlFile;
  /** Path in the file of something below the stage. */
  at(...path: JsonPath): JsonPath;
  place(...path: JsonPath): Place;
  keyPlace(...path: JsonPath): Place;
  say(message: string, place: Place, hint?: string): void;
  readonly mistakes: readonly Diagnostic[];
}

export interface StageSourceParts {
  readonly name: string;
  readonly group?: string;
  readonly item?: JsonValue;
  readonly written: StageFile;
  readonly file: YamlFile;
  /** Where below the stage its fields stand; right there where absent. */
  readonly within?: JsonPath;
}

export function stageSource({ within = [], ...parts }: StageSourceParts): StageSource {
  const { name, group = name, file } = parts;
  const mistakes: Diagnostic[] = [];
  const at = (...path: JsonPath): JsonPath => ['stages', group, ...(path.length === 0 ? [] : within), ...path];
  return {
    ...{ ...parts, at, mistakes },
    place: (...path) => file.place(at(...path)),
    keyPlace: (...path) => file.keyPlace(at(...path)),
    say: (message, place, hint) => {
      const what = { severity: 'error', message: `${name}: ${message}`, place } as const;
      mistakes.push(hint === undefined ? what : { ...what, hint });
    },
  };
}
