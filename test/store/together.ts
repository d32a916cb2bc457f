/** Starts several real processes and lets them go at the same moment. */
import { join } from 'node:path';
import { execa } from 'execa';

const tsx = join(import.meta.dirname, '..', '..', 'node_modules', 'tsx', 'dist', 'cli.mjs');
const script = join(import.meta.dirname, 'process.ts');

/** @returns what each answered */
export async function together<T>(commands: readonly (readonly string[])[]): Promise<T[]> {
  const processes = commands.map((args) => execa(process.execPath, [tsx, script, ...args]));
  await Promise.all(processes.map((child) => new Promise((resolve) => child.stdout.once('data', resolve))));
  for (const child of processes) child.stdin.write('go\n');
  const results = await Promise.all(processes);
  return results.map(({ stdout }) => JSON.parse(stdout.split('\n').at(-1) ?? '') as T);
}
