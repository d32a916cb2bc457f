/** Checks a YAML file against a JSON Schema and says each mistake once, in words, where it stands. */
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Diagnostic } from '../errors.ts';
import { didYouMean } from './suggest.ts';
import type { JsonPath, YamlFile } from './yaml-file.ts';

const compiled = new Map<object, ValidateFunction>();

export async function validate(file: YamlFile, schema: object): Promise<Diagnostic[]> {
  let check = compiled.get(schema);
  if (check === undefined) {
    const { compileSchema } = await import('./compile-schema.ts');
    check = compileSchema(schema);
    compiled.set(schema, check);
  }
  if (check(file.value)) return [];
  return withoutNoise(check.errors ?? []).map((error) => diagnosticOf(file, error));
}

/** Of alternatives that all fail, what is wrong with the one that was meant; else what is allowed. */
function withoutNoise(errors: readonly ErrorObject[]): ErrorObject[] {
  const alternatives = errors.filter((error) => error.keyword === 'oneOf');
  const insideAlternative = (error: ErrorObject) =>
    alternatives.some((one) => one !== error && error.schemaPath.startsWith(`${one.schemaPath}/`));
  const deeper = (one: ErrorObject) =>
    errors.filter(
      (error) =>
        insideAlternative(error) &&
        error.keyword !== 'type' &&
        error.instancePath.startsWith(one.instancePath) &&
        error.schemaPath.startsWith(`${one.schemaPath}/`),
    );
  const typesBelow = (one: ErrorObject) =>
    errors.filter((error) => error.keyword === 'type' && error.instancePath.startsWith(`${one.instancePath}/`));
  const kept = errors.flatMap((error) => {
    if (error.keyword === 'propertyNames') return [];
    if (insideAlternative(error)) return [];
    if (error.keyword !== 'oneOf') return [error];
    const inner = deeper(error);
    if (inner.length > 0) return inner;
    return typesBelow(error).length > 0 ? typesBelow(error) : [error];
  });
  return [...new Set(kept)];
}

function diagnosticOf(file: YamlFile, error: ErrorObject): Diagnostic {
  const path = pathOf(error.instancePath);
  const at = path.length === 0 ? 'the file' : path.join('.');
  const found = typeName(error.data);
  const here = { severity: 'error', place: file.place(path) } as const;
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const known = Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {});
      const message = `${path.length === 0 ? '' : `${at}: `}unknown key "${key}"`;
      return { severity: 'error', message, place: file.keyPlace([...path, key]), ...didYouMean(key, known) };
    }
    case 'required':
      return {
        severity: 'error',
        message: `${at} needs the key "${String(params.missingProperty)}"`,
        place: file.keyPlace(path),
      };
    case 'enum': {
      const allowed = (params.allowedValues as unknown[]).map(String);
      return {
        ...here,
        message: `${at} must be one of ${allowed.join(', ')}`,
        ...didYouMean(String(error.data), allowed),
      };
    }
    case 'const':
      return { ...here, message: `${at} must be ${JSON.stringify(params.allowedValue)}` };
    case 'type':
      return { ...here, message: `${at} must be ${expected([error.schema])}, not ${found}` };
    case 'oneOf':
      return { ...here, message: `${at} must be ${expected(alternativeTypes(error))}, not ${found}` };
    case 'pattern':
      return patternMistake(file, error, path, at);
    case 'minItems':
    case 'minProperties':
    case 'minLength':
      return { ...here, message: `${at} must not be empty` };
    default:
      return { ...here, message: `${at} ${error.message ?? 'is not valid'}` };
  }
}

function patternMistake(file: YamlFile, error: ErrorObject, path: JsonPath, at: string): Diagnostic {
  if (error.propertyName !== undefined)
    return {
      severity: 'error',
      message: `"${error.propertyName}" cannot be a name`,
      hint: 'names consist of letters, digits, _ and -',
      place: file.keyPlace([...path, error.propertyName]),
    };
  const { description } = (error.parentSchema ?? {}) as { description?: string };
  return {
    severity: 'error',
    message: `${at}: ${JSON.stringify(error.data)} is not understood`,
    ...(description === undefined ? {} : { hint: description }),
    place: file.place(path),
  };
}

function pathOf(pointer: string): (string | number)[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function alternativeTypes(error: ErrorObject): unknown[] {
  return (error.schema as { type?: string }[]).map((alternative) => alternative.type);
}

const inWords: Readonly<Record<string, string>> = {
  string: 'a text',
  object: 'a map',
  array: 'a list',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

function expected(types: readonly unknown[]): string {
  return [...new Set(types.map((type) => inWords[String(type)] ?? String(type)))].join(' or ');
}

function typeName(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  const type = typeof value;
  return inWords[type] ?? type;
}
