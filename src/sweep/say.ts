/** Mistakes are told as they are found, and all of them are shown at once. */
import type { Diagnostic, Place } from '../errors.ts';

export type Say = (message: string, place: Place, hint?: string) => void;

/** What is said becomes errors among `mistakes`. */
export function sayTo(mistakes: Diagnostic[]): Say {
  return (message, place, hint) =>
    mistakes.push({ severity: 'error', message, place, ...(hint === undefined ? {} : { hint }) });
}
