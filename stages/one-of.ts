import { DataError } from './data-error.ts';

/** What `choices` holds for the value of a param; throws DataError that names the choices where it is none of them. */
export function oneOf<T>(param: string, value: string, choices: Readonly<Record<string, T>>): T {
  if (!Object.hasOwn(choices, value))
    throw new DataError(
      `${param}: there is no ${JSON.stringify(value)}; there are: ${Object.keys(choices).join(', ')}`,
    );
  return choices[value] as T;
}
