/** Starts several real processes and lets them go at the same moment. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compiled } from '../helpers/compiled.ts';

const source = join(import.meta.dirname, 'process.ts');

/** @returns what each answered; all live until the last has answered */
export async function together<T>(commands: readonly (readonly string[])[]): Promise<T[]> {
  const script = await compiled(source);
  const processes = commands.map((args) => start(script, args));
  await Promise.all(processes.map(({ line }) => line()));
  for (const { child } of processes) child.stdin.write('go\n');
  const answers = await Promise.all(processes.map(({ line }) => line()));
  for (const { child } of processes) child.stdin.end();
  return answers.map((answer) => JSON.parse(answer) as T);
}

function start(script: string, args: readonly string[]) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${args[0]} ended without an answer`);
    return value;
  };
  return { child, line };
}
