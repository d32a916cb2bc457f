import type { Diagnostic, Place } from '../errors.ts';
import type { StageFile } from './schema.ts';
import type { JsonPath, YamlFile } from './yaml-file.ts';

/** One stage as it is written, and how to speak of it. */
export interface StageSource {
  readonly name: string;
  readonly written: StageFile;
  readonly file: YamlFile;
  /** Path in the file of something below the stage. */
  at(...path: JsonPath): JsonPath;
  place(...path: JsonPath): Place;
  say(message: string, place: Place, hint?: string): void;
  readonly mistakes: readonly Diagnostic[];
}

export function stageSource(name: string, written: StageFile, file: YamlFile): StageSource {
  const mistakes: Diagnostic[] = [];
  const at = (...path: JsonPath): JsonPath => ['stages', name, ...path];
  return {
    ...{ name, written, file, at, mistakes },
    place: (...path) => file.place(at(...path)),
    say: (message, place, hint) => {
      const what = { severity: 'error', message: `${name}: ${message}`, place } as const;
      mistakes.push(hint === undefined ? what : { ...what, hint });
    },
  };
}
