/** JSON as Python's own module writes and reads it: with NaN and infinities, and floats told from ints. */

/** A number that is a float also where it is whole. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export type PythonValue =
  | null
  | boolean
  | number
  | string
  | Float
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue | undefined };

/** On one line; what is undefined is left out. */
export function pythonJson(value: PythonValue): string {
  if (typeof value === 'number') return number(value);
  if (value instanceof Float) return Number.isInteger(value.value) ? whole(value.value) : number(value.value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(pythonJson).join(',')}]`;
  const members = Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : [`${JSON.stringify(key)}:${pythonJson(member)}`],
  );
  return `{${members.join(',')}}`;
}

const isList = (value: object): value is readonly PythonValue[] => Array.isArray(value);
const number = (value: number) => (Number.isFinite(value) ? JSON.stringify(value) : String(value));

function whole(value: number): string {
  const text = JSON.stringify(value);
  return text.includes('e') ? text : `${text}.0`;
}
