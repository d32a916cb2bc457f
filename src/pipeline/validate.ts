/** Checks a YAML file against a JSON Schema: each mistake once, of alternatives only those of the one that was meant. */
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Diagnostic } from '../errors.ts';
import { type SchemaMistake, schemaMistake } from './schema-mistake.ts';
import type { YamlFile } from './yaml-file.ts';

const compiled = new Map<object, ValidateFunction>();

/** All mistakes against the schema, none where it is met. */
export async function validate(file: YamlFile, schema: object): Promise<Diagnostic[]> {
  return (await schemaMistakes(file, schema)).map(({ diagnostic }) => diagnostic);
}

/** The same, each with the path of the value that is wrong. */
export async function schemaMistakes(file: YamlFile, schema: object): Promise<SchemaMistake[]> {
  const check = compiled.get(schema) ?? (await import('./compile-schema.ts')).compileSchema(schema);
  compiled.set(schema, check);
  if (check(file.value)) return [];
  return meant(check.errors ?? []).map((error) => schemaMistake(file, error));
}

function meant(errors: readonly ErrorObject[]): ErrorObject[] {
  const hidden = new Set<ErrorObject>();
  for (const choice of errors.filter(({ keyword }) => keyword === 'oneOf')) {
    const branches = branchesOf(choice, errors);
    const [only, ...more] = branches.filter((branch) => !branch.some((error) => isOtherType(error, choice)));
    const one = only !== undefined && more.length === 0 ? only : undefined;
    if (one !== undefined) hidden.add(choice);
    for (const branch of branches) if (branch !== one) for (const error of branch) hidden.add(error);
  }
  // Ajv says for each bad name what is wrong with it, and then that there is one; the same of what a condition asks.
  const again: readonly string[] = ['propertyNames', 'if'];
  return errors.filter((error) => !hidden.has(error) && !again.includes(error.keyword));
}

/** What is wrong with each of the alternatives of a choice. */
function branchesOf(choice: ErrorObject, errors: readonly ErrorObject[]): ErrorObject[][] {
  const branches = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    const here = `${error.instancePath}/`.startsWith(`${choice.instancePath}/`);
    if (!here || !error.schemaPath.startsWith(`${choice.schemaPath}/`)) continue;
    const index = error.schemaPath.slice(choice.schemaPath.length + 1).split('/')[0] ?? '';
    branches.set(index, [...(branches.get(index) ?? []), error]);
  }
  return [...branches.values()];
}

/** A text where the alternative is a map: it was not meant. */
function isOtherType(error: ErrorObject, choice: ErrorObject): boolean {
  return error.keyword === 'type' && error.instancePath === choice.instancePath;
}
