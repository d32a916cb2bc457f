/** One error of Ajv in plain words, where it stands. */
import type { ErrorObject } from 'ajv';
import type { Diagnostic, Place } from '../errors.ts';
import { didYouMean, nearest } from './suggest.ts';
import type { JsonPath, YamlFile } from './yaml-file.ts';

export interface SchemaMistake {
  readonly diagnostic: Diagnostic;
  /** Of the value that is wrong; for an unknown key or a bad name that of the key. */
  readonly path: JsonPath;
}

/** What of a schema its messages use. */
interface SchemaPart {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, { readonly description?: string; readonly enum?: readonly string[] }>>;
  readonly required?: readonly string[];
}

export function schemaMistake(file: YamlFile, error: ErrorObject): SchemaMistake {
  const above = pathOf(error.instancePath);
  const key = keyOf(error);
  const path = key === undefined ? above : [...above, key];
  const { message, hint } = inWords(error, pathText(above));
  const place: Place = key === undefined && error.keyword !== 'required' ? file.place(path) : file.keyPlace(path);
  return { path, diagnostic: { severity: 'error', message, place, ...(hint === undefined ? {} : { hint }) } };
}

/** The key that is itself the mistake. */
function keyOf({ keyword, params, propertyName }: ErrorObject): string | undefined {
  return keyword === 'additionalProperties' ? String(params.additionalProperty) : propertyName;
}

function inWords(error: ErrorObject, at: string): { readonly message: string; readonly hint?: string } {
  const params = error.params as Readonly<Record<string, unknown>>;
  const { description, properties, required } = (error.parentSchema ?? {}) as SchemaPart;
  const described = description === undefined ? {} : { hint: description };
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const message = `${at === theFile ? '' : `${at}: `}unknown key "${key}"`;
      return { message, ...didYouMean(key, Object.keys(properties ?? {})) };
    }
    case 'required': {
      const key = String(params.missingProperty);
      const meant = properties?.[key]?.description;
      return { message: `${at} needs the key "${key}"`, ...(meant === undefined ? {} : { hint: `${key}: ${meant}` }) };
    }
    case 'enum': {
      const allowed = (params.allowedValues as unknown[]).map(String);
      const near = nearest(String(error.data), allowed);
      return {
        message: `${at} must be ${allowed.join(' or ')}`,
        ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
      };
    }
    case 'const':
      return { message: `${at} must be ${JSON.stringify(params.allowedValue)}` };
    case 'type': {
      // What a text must look like is in its description; true or false explains itself.
      const hint = error.schema === 'string' ? described : writtenAsMap(at, properties, required);
      return { message: `${at} must be ${typeInWords(error.schema)}, not ${kindOf(error.data)}`, ...hint };
    }
    case 'oneOf':
      return { message: `${at} must be ${alternatives(error)}, not ${kindOf(error.data)}`, ...described };
    case 'pattern':
      return error.propertyName === undefined
        ? { message: `${at}: ${JSON.stringify(error.data)} is not understood`, ...described }
        : { message: `"${error.propertyName}" cannot be a name`, hint: 'names consist of letters, digits, _ and -' };
    case 'minItems':
    case 'minProperties':
    case 'minLength':
      return { message: `${at} must not be empty` };
    case 'minimum':
      return { message: `${at} must be ${String(params.limit)} or more` };
    case 'maximum':
      return { message: `${at} must be ${String(params.limit)} or less` };
    default:
      return { message: `${at} ${error.message ?? 'is not valid'}` };
  }
}

/** Of a map that needs keys, what it looks like: `sampler: { type: grid or random }`. */
function writtenAsMap(at: string, properties: SchemaPart['properties'] = {}, required: readonly string[] = []) {
  if (required.length === 0 || at === theFile) return {};
  const keys = required.map((key) => `${key}: ${properties[key]?.enum?.join(' or ') ?? '…'}`);
  return { hint: `write ${at}: { ${keys.join(', ')} }` };
}

const theFile = 'the file';

/** `stages.train.outs[0]` */
function pathText(path: JsonPath): string {
  if (path.length === 0) return theFile;
  return path
    .map((step) => (/^\d+$/.test(String(step)) ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  object: 'a map',
  array: 'a list',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
};

function typeInWords(type: unknown): string {
  return types[String(type)] ?? String(type);
}

function alternatives(error: ErrorObject): string {
  const kinds = (error.schema as readonly { readonly type?: string }[]).map(({ type }) => typeInWords(type));
  return [...new Set(kinds)].join(' or ');
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  return typeInWords(Array.isArray(value) ? 'array' : typeof value);
}
