import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/errors.ts';
import {
  briefColumn,
  formatAgo,
  formatBriefly,
  formatDuration,
  formatFailure,
  formatNumber,
  formatSize,
  formatTime,
  formatValue,
  oneLine,
} from '../../src/logging/format.ts';

test.each([
  [0, '0 ms'],
  [820, '820 ms'],
  [999.7, '1.0 s'],
  [12_345, '12.3 s'],
  [59_960, '1 min 00 s'],
  [185_000, '3 min 05 s'],
  [3_599_600, '1 h 00 min'],
  [7_500_000, '2 h 05 min'],
])('a duration of %d ms', (ms, text) => expect(formatDuration(ms)).toBe(text));

test.each([
  [0, '0 B'],
  [512, '512 B'],
  [1300, '1.3 KiB'],
  [850 * 1024 ** 2, '850 MiB'],
  [3 * 1024 ** 5, '3072 TiB'],
])('%d bytes', (bytes, text) => expect(formatSize(bytes)).toBe(text));

test.each([
  [0, '0'],
  [-3, '-3'],
  [467_986, '467986'],
  [2_000_000, '2e6'],
  [0.5334, '0.5334'],
  [0.1 + 0.2, '0.3000'],
  [12_345.678, '12346'],
  [0.000_05, '5e-5'],
  [1.2346e-7, '1.235e-7'],
  [Number.NaN, 'NaN'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
])('the number %d', (value, text) => expect(formatNumber(value)).toBe(text));

test('params keep every digit: two that differ do not look the same', () => {
  expect([0.0002, 0.00021, 1e-7, 0.30000000000000004].map(formatValue)).toEqual([
    ...['2e-4', '2.1e-4', '1e-7', '0.30000000000000004'],
  ]);
  expect([null, true, [1, 2], {}, 'a\nb'].map(formatValue)).toEqual(['null', 'true', '[1,2]', '{}', 'a b']);
});

test('a long number is brief; what was written with few digits, and whole numbers, stay as they are', () => {
  expect(
    [0.001676604966893184, 7.197979028396949e-5, 0.123456, 12_345_678, 'tree', 0.0002].map((v) => formatBriefly(v)),
  ).toEqual([...['0.001677', '7.198e-5', '0.123456', '12345678', 'tree', '2e-4']]);
});

test('in a column two that differ never look the same', () => {
  const values = [0.12345678, 0.123456789, 0.3000000001, null];
  expect(values.map(briefColumn(values))).toEqual(['0.12345678', '0.12345679', '0.3', 'null']);
  const alike = [0.1, 0.30000000000000004, 0.3];
  expect(alike.map(briefColumn(alike))).toEqual(['0.1', '0.30000000000000004', '0.3']);
});

test('text from outside cannot move the cursor or colour the terminal', () => {
  expect(oneLine('\x1b[31mred\x1b[0m\r\nnext\x07\u202e')).toBe('red next\ufffd\ufffd');
});

test('how long ago', () => {
  const now = Date.UTC(2026, 0, 31, 12);
  const ago = (minutes: number) => formatAgo(now - minutes * 60_000, now);
  expect([ago(0.5), ago(5), ago(200)]).toEqual(['just now', '5 min ago', '3 h ago']);
  expect(ago(2000)).toBe(formatTime(now - 2000 * 60_000));
  expect(ago(-5)).toMatch(/^2026-01-31 /);
});

describe('failures', () => {
  const failures: Failure[] = [
    { kind: 'exit', code: 2 },
    { kind: 'signal', signal: 'SIGKILL' },
    { kind: 'spawn', message: 'ENOENT python' },
    { kind: 'timeout', limitMs: 3_600_000 },
    { kind: 'output-missing', output: 'model', path: 'model/' },
    { kind: 'output-invalid', output: 'model', message: 'a link out of it' },
    { kind: 'metrics-invalid', output: 'scores', message: 'not JSON' },
    { kind: 'inputs-gone', paths: ['a.csv', 'b.csv'] },
    { kind: 'inputs-changed', paths: ['a.ts', 'b.ts'] },
    { kind: 'inputs-changed', paths: ['a.ts'], back: true },
    { kind: 'dependency-modified', dependency: 'train' },
    { kind: 'dependency-failed', stage: 'train' },
    { kind: 'resources', resource: 'memory', asked: 2 ** 36, there: 2 ** 34 },
    { kind: 'resources', resource: 'gpus', asked: 2, there: 1 },
    { kind: 'resources', resource: 'gpus', asked: 1, there: 0 },
    { kind: 'store', message: 'ENOSPC' },
    { kind: 'store', message: 'EMFILE: too many open files' },
    { kind: 'cancelled' },
    { kind: 'inputs-changed', paths: ['a.ts'], queued: true },
    { kind: 'job', how: 'cancelled', job: '12_3' },
    { kind: 'job', how: 'time-limit', job: '12' },
    { kind: 'job', how: 'out-of-memory', job: '12' },
    { kind: 'job', how: 'node-failed', job: '12', said: 'NodeDown' },
    { kind: 'job', how: 'gone', job: '12' },
  ];
  test('each reads as the end of a sentence about its stage', () => {
    expect(failures.map((failure) => `train ${formatFailure(failure)}`)).toMatchInlineSnapshot(`
      [
        "train exited with code 2",
        "train was ended by SIGKILL",
        "train could not be started: ENOENT python",
        "train took longer than its timeout of 1 h 00 min",
        "train did not write its output "model" (model/)",
        "train wrote an output that cannot be kept, "model": a link out of it",
        "train wrote metrics that cannot be read, "scores": not JSON",
        "train could not begin, as its inputs are gone: a.csv, b.csv",
        "train ran while its inputs changed: a.ts, b.ts; run it again",
        "train ran while its inputs were written, though they are what they were: a.ts; what it read cannot be told. Run it again; what it writes itself is an output, or another stage's",
        "train wrote into its dependency "train"; that result was set aside",
        "train did not run, as train has no result",
        "train asks for 64.0 GiB of memory, and there is 16.0 GiB here; lower its resources.memory, or run it on a larger machine",
        "train asks for 2 GPUs, and there is 1 here; RETRIAL_GPUS says which there are",
        "train asks for 1 GPU, and there are 0 here; RETRIAL_GPUS says which there are",
        "train could not be recorded: ENOSPC",
        "train could not be recorded: EMFILE: too many open files (raise the limit of open files: ulimit -n 4096)",
        "train was cancelled",
        "train was not begun, as what it was submitted with has changed: a.ts; run it again",
        "train was cancelled (job 12_3)",
        "train came to its job's time limit; raise its resources.time, or let it keep a checkpoint (job 12)",
        "train took more memory than its job has; raise its resources.memory (job 12)",
        "train lost its node (job 12: NodeDown)",
        "train left no word, and the queue knows nothing of its job (job 12)",
      ]
    `);
  });
});
