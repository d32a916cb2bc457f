/** `users.csv`: one row a user scored, for paired tests and for looking. */
import type { Evaluation } from './evaluate-scorer.ts';
import { metricNames } from './ranking.ts';

/** @param ids index → the data set's own user id. */
export function usersCsv({ perUser }: Evaluation, ids: readonly string[], cutoffs: readonly number[]): string {
  const header = ['user', ...cutoffs.flatMap((k) => metricNames.map((name) => `${name}@${k}`))];
  const rows = perUser.map(({ user, at }) => [
    field(ids[user] ?? ''),
    ...at.flatMap((scores) => metricNames.map((name) => scores[name])),
  ]);
  return `${[header, ...rows].map((row) => row.join(',')).join('\n')}\n`;
}

/** Quoted as RFC 4180 has it, where an id holds what separates. */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
