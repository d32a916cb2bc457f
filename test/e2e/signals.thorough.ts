/** How a run ends when it is told to, and that nothing of it runs on. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isRunning } from '../helpers/processes.ts';
import { outcomes, type Rig, type RunJson, rig, until } from '../helpers/rig.ts';
import { shell } from '../hostile/confined.ts';

process.env.RETRIAL_GRACE_MS = '400';

/** The first stage ends by itself; the second, until it is told to, leaves its number in `pid.txt`. */
const project = (cmd: string, more = '') =>
  rig({
    'pipeline.yaml': `version: 1
stages:
  quick: { cmd: "echo 1 > \${outs.out}", outs: { out: out.txt } }
  slow:
    cmd: ${JSON.stringify(cmd)}
    deps: { quick: "\${quick.out}" }
    outs: { out: out.txt }
${more}`,
  });

const waiting = 'echo $$ > pid.txt; echo 1 > ${outs.out}; exec sleep 30';
const exists = (made: Rig, name: string) => {
  try {
    return made.read(name).trim() !== '';
  } catch {
    return false;
  }
};
const pidIn = (made: Rig, name: string) => Number(made.read(name));

async function told(made: Rig, signal: NodeJS.Signals, times = 1) {
  const running = made.start('run');
  await until('the stage runs', () => exists(made, 'pid.txt'));
  for (let time = 0; time < times; time++) {
    running.kill(signal);
    if (time + 1 < times) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return await running;
}

describe('a run that is told to end', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)('by %s stops its stages, keeps what is finished, and goes on from there', async (signal, code) => {
    const made = project(waiting);
    const { exitCode } = await told(made, signal);
    expect(exitCode).toBe(code);
    expect(isRunning(pidIn(made, 'pid.txt'))).toBe(false);
    const [run] = JSON.parse((await made.retrial('runs', '--json')).stdout);
    expect(run.status).toBe('cancelled');
    made.write({ 'pipeline.yaml': made.read('pipeline.yaml').replace('exec sleep 30', 'true') });
    expect(outcomes(await made.run())).toEqual({ quick: 'cached', slow: 'ran' });
  });

  test('twice ends at once, and a stage that will not stop is killed', async () => {
    const made = project('trap "" TERM; echo $$ > pid.txt; while true; do sleep 0.1; done; echo > ${outs.out}');
    const { exitCode } = await told(made, 'SIGINT', 2);
    expect(exitCode).toBe(130);
    const pid = pidIn(made, 'pid.txt');
    await until('the stage has been killed', () => !isRunning(pid), 20_000);
  });

  test('once waits for a stage that will not stop until it is killed', async () => {
    const made = project('trap "" TERM; echo $$ > pid.txt; while true; do sleep 0.1; done; echo > ${outs.out}');
    expect((await told(made, 'SIGTERM')).exitCode).toBe(143);
    expect(isRunning(pidIn(made, 'pid.txt'))).toBe(false);
  });
});

describe('nothing that a stage started outlives it', () => {
  const children = 'sleep 30 & echo $! > child.txt; (sleep 30 & echo $! > grandchild.txt); ';
  const daemon =
    "setsid sh -c 'echo $$ > daemon.txt; exec sleep 30' > /dev/null 2>&1 & until [ -s daemon.txt ]; do sleep 0.01; done; ";
  const all = ['child.txt', 'grandchild.txt', 'daemon.txt'];

  test('children, grandchildren and daemons end with a stage that succeeds', async () => {
    const made = project(`${children}${daemon}echo 1 > \${outs.out}`);
    expect(outcomes(await made.run())).toEqual({ quick: 'ran', slow: 'ran' });
    expect(all.filter((name) => isRunning(pidIn(made, name)))).toEqual([]);
  });

  test('and with an engine that is killed', async () => {
    const made = project(`${children}${daemon}echo $$ > pid.txt; sleep 30; echo 1 > \${outs.out}`);
    const { signal } = await told(made, 'SIGKILL');
    expect(signal).toBe('SIGKILL');
    const pids = [...all, 'pid.txt'].map((name) => pidIn(made, name));
    await until('all have ended', () => pids.every((pid) => !isRunning(pid)), 20_000);
  });

  test('and with one that took too long', async () => {
    const made = project(`${children}${daemon}sleep 30; echo 1 > \${outs.out}`, '    timeout: 500ms\n    retries: 1\n');
    const result = await made.run();
    expect(result.stages[1]).toMatchObject({ outcome: 'failed', reason: { kind: 'timeout', limitMs: 500 } });
    expect(all.filter((name) => isRunning(pidIn(made, name)))).toEqual([]);
  });
});

test('a reader that has seen enough, and one that never reads, end no stage', async () => {
  const made = project('echo 1 > ${outs.out}');
  const running = made.start('run', '--json');
  running.stdout?.destroy();
  running.stderr?.destroy();
  await running;
  expect(outcomes(await made.run())).toEqual({ quick: 'fresh', slow: 'fresh' });
  expect(readFileSync(made.path('pipeline.yaml'), 'utf8')).toContain('slow');
});

test('a pipe that stays full until somebody reads it holds nothing up for good, and nothing of it is lost', async () => {
  const outs = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => name.repeat(200));
  const declared = outs.map((name, at) => `${name}: ${at}.txt`).join(', ');
  const written = outs.map((name) => `\${outs.${name}}`).join(' ');
  const stages = Array.from(
    { length: 50 },
    (_, at) => `  s${at}: { cmd: "seq ${at} 30000 | tee ${written}", outs: { ${declared} } }
`,
  );
  const made = rig({ 'pipeline.yaml': `version: 1\nstages:\n${stages.join('')}` });
  // What has not been read within so long is more than a pipe holds: 64 KiB.
  const unread = (command: string, name: string) =>
    `{ ${command}; echo $? > ${name}.code; } | { sleep 3; cat > ${name}; }`;
  const { stderr } = await shell(
    made,
    `${unread('retrial run --json', 'run')}
${unread('retrial logs latest s0', 'log')} & ${unread('retrial runs --json', 'list')} & ${unread("retrial query 'SELECT * FROM attempt_stages, (SELECT 1 FROM attempt_stages)' --json", 'rows')}
wait`,
  );
  for (const name of ['run', 'log', 'list', 'rows'])
    expect([name, made.read(`${name}.code`), stderr]).toEqual([name, '0\n', expect.anything()]);
  for (const name of ['run', 'log', 'rows']) expect(made.read(name).length).toBeGreaterThan(1 << 16);
  const result = JSON.parse(made.read('run')) as RunJson;
  expect([result.status, result.stages.length]).toEqual(['complete', 50]);
  expect(made.read('log')).toBe(Array.from({ length: 30_001 }, (_, at) => `${at}\n`).join(''));
  expect(JSON.parse(made.read('list'))).toHaveLength(1);
  expect(JSON.parse(made.read('rows'))).toHaveLength(50 * 50);
});
