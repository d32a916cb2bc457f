/** The time limit of a job in seconds, and how long before it the job is told. */
import { durationMs } from '../pipeline/quantities.ts';
import type { SlurmSettings } from './options-schema.ts';

/** `--time` counts whole minutes: 90 s are two. Slurm's own words are given as they are. */
export function timeArgument(time: string): string {
  if (!/[smhd]$/.test(time)) return time;
  return String(Math.max(1, Math.ceil(durationMs(time) / 60_000)));
}

/**
 * Of `90m`, or of Slurm's words: minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes, …
 *
 * @returns undefined where nobody says, or zero, with which Slurm knows no limit
 */
export function limitSeconds(time: string | undefined): number | undefined {
  if (time === undefined) return undefined;
  const [, days, clock = ''] = timeArgument(time).match(/^(?:(\d+)-)?(.*)$/) ?? [];
  const parts = clock.split(':').map(Number);
  const [hours = 0, minutes = 0, seconds = 0] = days !== undefined || parts.length === 3 ? parts : [0, ...parts];
  const all = Number(days ?? 0) * 86_400 + hours * 3_600 + minutes * 60 + seconds;
  return all === 0 ? undefined : all;
}

const ahead = { most: 60, least: 10 };

/** So long before its limit a job is told: a tenth of it where nobody says, else a short one were told as it begins. */
export function signalSecondsOf({ signal_seconds: said, time }: SlurmSettings): number {
  if (said !== undefined) return said;
  const limit = limitSeconds(time);
  if (limit === undefined) return ahead.most;
  return Math.max(ahead.least, Math.min(ahead.most, Math.round(limit / 10)));
}

/** What is wrong where a job would be told before it begins; undefined where it would not. */
export function toldTooEarly({ signal_seconds: said, time }: SlurmSettings): string | undefined {
  const limit = limitSeconds(time);
  if (said === undefined || limit === undefined || said < limit) return undefined;
  return `signal_seconds: ${said} is all of the time of a job, which is ${time}`;
}
