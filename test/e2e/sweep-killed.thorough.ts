/** A study that is killed or interrupted, and goes on. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { everyPoint, expectWhole, gated, ran, type SweepJson, sweep } from '../helpers/grid-study.ts';
import { childrenOf, isRunning } from '../helpers/processes.ts';
import { type Rig, until } from '../helpers/rig.ts';

/** Starts the study and waits until all its workers stand before the closed gate, eight trials being finished. */
async function untilHalfway(on: Rig, count = 4) {
  on.write({ 'gate.yaml': 'gate: true\n' });
  const command = on.start('sweep', 'sweep.yaml', '--workers', String(count), '-j', String(count), '--json');
  let said = '';
  command.stderr?.on('data', (text) => {
    said += String(text);
  });
  await until(
    `${count} trials wait at the gate`,
    () => existsSync(on.path('ran.txt')) && ran(on, 'begin 3').length === count && ran(on, 'end').length === 8,
  );
  const workers = childrenOf(command.pid ?? 0);
  expect(workers).toHaveLength(count);
  return { command, workers, hasSaid: (text: string) => said.includes(text) };
}

test('the whole tree with kill -9, then the same command: nothing is lost, nothing finished is repeated', async () => {
  const on = gated();
  const { command, workers } = await untilHalfway(on);
  for (const pid of [command.pid ?? 0, ...workers]) process.kill(pid, 'SIGKILL');
  await command;
  on.write({ go: '' });
  expectWhole(await sweep(on));
  expect(ran(on, 'make')).toHaveLength(1);
  const times = (point: { x: number; y: number }) =>
    ran(on, 'begin').filter((line) => line === `begin ${point.x} ${point.y}`).length;
  expect(everyPoint.map(times)).toEqual(everyPoint.map(({ x }) => (x === 3 ? 2 : 1)));
});

test('the parent alone: workers and stages end by themselves, and the study goes on later', async () => {
  const on = gated();
  const { command, workers } = await untilHalfway(on);
  const stages = workers.flatMap(childrenOf);
  process.kill(command.pid ?? 0, 'SIGKILL');
  await command;
  await until('workers and what they started have ended', () => ![...workers, ...stages].some(isRunning));
  on.write({ go: '' });
  expectWhole(await sweep(on));
});

test('one worker: another takes its trial, and the study is whole', async () => {
  const on = gated();
  const { command, workers } = await untilHalfway(on);
  process.kill(workers[0] ?? 0, 'SIGKILL');
  await until('its trial has begun again', () => ran(on, 'begin 3').length === 5);
  on.write({ go: '' });
  const { stdout, stderr, exitCode = -1 } = await command;
  expectWhole({ stdout, stderr, exitCode });
  expect(stderr).toContain('a worker ended unexpectedly');
});

test('Ctrl-C: running trials are finished, no other is begun', async () => {
  const on = gated();
  const { command, hasSaid } = await untilHalfway(on, 2);
  command.kill('SIGINT');
  await until('it has heard', () => hasSaid('no further trials'));
  on.write({ go: '' });
  const { exitCode, stdout = '' } = await command;
  expect(exitCode).toBe(130);
  expect((JSON.parse(stdout) as SweepJson).states).toEqual({ complete: 10, failed: 0, waiting: 2 });
  expect(ran(on, 'begin 3')).toEqual(['begin 3 1', 'begin 3 2']);
});

test('Ctrl-C twice ends the running ones too; they are begun again later', async () => {
  const on = gated();
  const { command, workers, hasSaid } = await untilHalfway(on);
  command.kill('SIGINT');
  await until('it has heard', () => hasSaid('no further trials'));
  command.kill('SIGINT');
  expect((await command).exitCode).toBe(130);
  expect(workers.some(isRunning)).toBe(false);
  on.write({ go: '' });
  expectWhole(await sweep(on));
});
