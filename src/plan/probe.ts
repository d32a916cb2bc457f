/** Runs a declared runtime probe; what it prints joins the key. Asked once a process for each command and environment. */
import { type Diagnostic, UserError } from '../errors.ts';
import { hashJson } from '../hash.ts';
import type { Stage } from '../pipeline/types.ts';

const probeTimeoutMs = 30_000;
const asked = new Map<string, Promise<string>>();

/** Where and with what a stage runs: its probes run there, too, or they would speak of another program of that name. */
export interface ProbePlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export function runProbe(stage: Stage, name: string, command: string, place: ProbePlace): Promise<string> {
  const key = hashJson([command, place]);
  let answer = asked.get(key);
  if (answer === undefined) {
    answer = ask(stage, name, command, place);
    asked.set(key, answer);
  }
  return answer;
}

async function ask(stage: Stage, name: string, command: string, { cwd, env }: ProbePlace): Promise<string> {
  const { execa } = await import('execa');
  const { failed, all, shortMessage } = await execa(command, {
    ...{ cwd, env, extendEnv: false },
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
