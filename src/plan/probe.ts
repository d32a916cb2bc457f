/** Runs a declared runtime probe; what it prints joins the key. Asked once a process for each command. */
import { type Diagnostic, UserError } from '../errors.ts';
import type { Stage } from '../pipeline/types.ts';

const probeTimeoutMs = 30_000;
const asked = new Map<string, Promise<string>>();

export function runProbe(stage: Stage, name: string, command: string, root: string): Promise<string> {
  const key = `${root}\n${command}`;
  let answer = asked.get(key);
  if (answer === undefined) {
    answer = ask(stage, name, command, root);
    asked.set(key, answer);
  }
  return answer;
}

async function ask(stage: Stage, name: string, command: string, root: string): Promise<string> {
  const { execa } = await import('execa');
  const { failed, all, shortMessage } = await execa(command, {
    cwd: root,
    shell: true,
    all: true,
    reject: false,
    timeout: probeTimeoutMs,
    stdin: 'ignore',
  });
  if (failed) throw new UserError([probeFailed(stage, name, `${shortMessage}\n${all ?? ''}`.trim())]);
  return (all ?? '').trim();
}

function probeFailed(stage: Stage, name: string, detail: string): Diagnostic {
  return {
    severity: 'error',
    message: `stage ${stage.name}: the runtime probe ${name} failed: ${detail}`,
    hint: 'the command must print a version and exit with 0',
    place: stage.place,
  };
}
