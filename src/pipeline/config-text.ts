/** Resolved params as YAML, for the record: given back with `-c`, they make the same config. */
import { Document, isScalar, type ScalarTag } from 'yaml';
import { stringTag } from 'yaml/util';
import { typesKey } from './declare-params.ts';
import type { ParamTree } from './types.ts';

/**
 * Python and others read YAML 1.1, where `1e-7` is a text and `yes` a boolean: numbers in exponent form get a point
 * (`1.0e-7`), and texts that would be read as something else there get quotes.
 * @param files names of params of kind `file`, which their values do not tell
 */
export function configYaml(params: ParamTree, files: readonly string[] = []): string {
  const types = files.length === 0 ? {} : { [typesKey]: Object.fromEntries(files.map((name) => [name, 'file'])) };
  const document = new Document(
    { ...types, ...params },
    {
      customTags: (tags) => [number, text, ...tags],
      compat: 'yaml-1.1',
      sortMapEntries: true,
    },
  );
  return document.toString({ lineWidth: 0 });
}

/** These only write; of tags for one type the library takes the one with a test, which here matches nothing. */
const writesOnly = { default: true, test: /(?!)/ } as const;

const number: ScalarTag = {
  ...writesOnly,
  tag: 'tag:yaml.org,2002:float',
  identify: (value) => typeof value === 'number',
  resolve: Number,
  stringify: ({ value }) => JSON.stringify(value).replace(/^(-?\d+)e/, '$1.0e'),
};

/** Characters that YAML 1.1 takes for line ends or refuses to read as they are, JSON's escapes of the rest aside. */
const unreadable = /[\u{7f}-\u{9f}\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}]/gu;

const text: ScalarTag = {
  ...stringTag,
  ...writesOnly,
  stringify: (item, ...rest) =>
    isScalar<string>(item) && /\t|^---|^\.\.\.|^=$/.test(item.value.replace(unreadable, '\t'))
      ? JSON.stringify(item.value).replace(unreadable, escaped)
      : (stringTag.stringify?.(item, ...rest) ?? ''),
};

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
