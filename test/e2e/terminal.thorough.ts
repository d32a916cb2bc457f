/** A terminal that is closed, a disk that is full where the command writes: what is told is lost, and nothing else. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { isRunning } from '../helpers/processes.ts';
import { filesBelow, outcomes, type Rig, rig, until } from '../helpers/rig.ts';
import * as confined from '../hostile/confined.ts';

process.env.RETRIAL_GRACE_MS = '400';

const project = (cmd: string) =>
  rig({
    'pipeline.yaml': `version: 1
stages:
  quick: { cmd: "echo 1 > \${outs.out}", outs: { out: out.txt } }
  slow: { cmd: ${JSON.stringify(cmd)}, deps: { quick: "\${quick.out}" }, outs: { out: out.txt } }
`,
  });
const waiting = 'echo $$ > pid.txt; echo 1 > ${outs.out}; exec sleep 30';

/** Runs a command at a terminal of its own, and closes that once the stage has written its pid. */
const closing = `
import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    if sys.argv[1] != "-": os.dup2(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT, 0o666), 2)
    os.execvp(sys.argv[2], sys.argv[2:])
deadline = time.time() + 20
while time.time() < deadline and not (os.path.exists("pid.txt") and os.path.getsize("pid.txt")): time.sleep(0.02)
os.close(terminal)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
const command = [process.execPath, join(import.meta.dirname, '../../bin/retrial.js')];

/** @returns the exit code; of what that died by a signal its number, negative */
async function closedUnder(made: Rig, stderr: string, ...args: string[]): Promise<number> {
  const { stdout } = await execa('python3', ['-c', closing, stderr, ...args], { cwd: made.folder });
  return Number(stdout);
}

async function newest(made: Rig): Promise<{ readonly status: string }> {
  return JSON.parse((await made.retrial('runs', '--json')).stdout)[0];
}

const isWritten = (made: Rig, name: string) => existsSync(made.path(name)) && made.read(name) !== '';

/** Claims whose owner has not left them, and folders of unpublished outputs. */
function leftIn(made: Rig): string[] {
  const claims = made.path('runs/claims');
  const held = filesBelow(claims)
    .filter((name) => /\/\d+$/.test(name))
    .filter((name) => !('end' in JSON.parse(readFileSync(join(claims, name), 'utf8'))));
  return [...held, ...readdirSync(made.path('runs/stages/.tmp'))];
}

describe('a terminal that is closed', () => {
  test.each([
    ['at a terminal alone', '-'],
    ['with its progress in a file', 'progress.txt'],
  ])('stops a run in order, %s: cancelled, nothing left, and it goes on from there', async (_how, stderr) => {
    const made = project(waiting);
    expect(await closedUnder(made, stderr, ...command, 'run')).toBe(143);
    expect(isRunning(Number(made.read('pid.txt')))).toBe(false);
    expect((await newest(made)).status).toBe('cancelled');
    expect(leftIn(made)).toEqual([]);
    if (stderr !== '-') expect(made.read(stderr)).toMatch(/stopping;[\s\S]*\nrun [0-9a-f]{12} cancelled; .*\n$/);
    made.write({ 'pipeline.yaml': made.read('pipeline.yaml').replace('exec sleep 30', 'true') });
    expect(outcomes(await made.run())).toEqual({ quick: 'cached', slow: 'ran' });
  });

  test('is told by the shell and by the kernel: hearing it twice is not being asked twice', async () => {
    const made = project(
      `trap 'sleep 0.3; exit 1' TERM; echo $$ > pid.txt; while :; do sleep 0.05; done; : \${outs.out}`,
    );
    const running = made.start('run');
    await until('the stage runs', () => isWritten(made, 'pid.txt'));
    running.kill('SIGHUP');
    await new Promise((resolve) => setTimeout(resolve, 100));
    running.kill('SIGHUP');
    expect((await running).exitCode).toBe(143);
    expect((await newest(made)).status).toBe('cancelled');
    expect(leftIn(made)).toEqual([]);
  });

  test('is nothing to a run that has left it', async () => {
    const made = project('echo $$ > pid.txt; sleep 1; echo 1 > ${outs.out}');
    const run = `${command.join(' ')} run; echo $? > code.txt`;
    await closedUnder(made, '-', 'sh', '-c', `setsid sh -c '${run}' & sleep 30`);
    await until('the run has ended', () => isWritten(made, 'code.txt'));
    expect(made.read('code.txt')).toBe('0\n');
    expect((await newest(made)).status).toBe('complete');
  });
});

describe('words that cannot be written', () => {
  test('of progress end no run', async () => {
    const made = project('echo 1 > ${outs.out}');
    const { exitCode, stdout } = await confined.shell(made, 'retrial run --json 2> /dev/full');
    expect(exitCode).toBe(0);
    expect(outcomes(JSON.parse(stdout))).toEqual({ quick: 'ran', slow: 'ran' });
  });

  test('of a result are told in one line, and exit 1', async () => {
    const made = project('echo 1 > ${outs.out}');
    await made.run();
    for (const asked of ['runs', 'show latest', 'run --json']) {
      const { exitCode, stderr } = await confined.shell(made, `retrial ${asked} > /dev/full`);
      expect([exitCode, stderr.split('\n').at(-1)]).toEqual([
        1,
        'error: the output cannot be written: ENOSPC: no space left on device, write',
      ]);
      expect(stderr).not.toMatch(/^\s+at /m);
    }
    expect((await confined.shell(made, 'retrial runs > /dev/full 2>&1')).exitCode).toBe(1);
  });
});
