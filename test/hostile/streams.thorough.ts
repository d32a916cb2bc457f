/** What stages print and report: endless, without line ends, no text at all. The engine stays up, and brief. */
import { describe, expect, test } from 'vitest';
import type { RunJson } from '../helpers/rig.ts';
import { manyStages, reasons, tryAll } from './many-stages.ts';

const briefBytes = 20_000;

const lines = (text: string, count: number) => `
with open(os.environ["RETRIAL_METRICS"], "wb") as series:
    for at in range(${count}): series.write(${text})
`;

describe('logs', () => {
  test('of one line of 10 MB, of bytes that are no text, of escape sequences: their end is told, in brief', async () => {
    const { project, stderr, result } = await tryAll(
      manyStages({
        long: 'sys.stdout.write("x" * 10_000_000); sys.exit(3)',
        bytes: 'sys.stdout.buffer.write(b"\\xff\\xfe\\x00\\x80 end\\n" * 100_000); sys.exit(3)',
        halves: 'sys.stdout.buffer.write("日".encode() * 3_000_000 + b"\\xe6"); sys.exit(3)',
        drawing: 'sys.stdout.write("\\x1b[2J\\x1b[31m\\r\\x07\\x1b]0;title\\x07 end\\n" * 100_000); sys.exit(3)',
        returns: 'sys.stdout.write("\\r".join(str(at) for at in range(1_000_000))); sys.exit(3)',
      }),
    );
    expect(Object.values(result.stages).map(({ reason }) => reason)).toEqual(Array(5).fill({ kind: 'exit', code: 3 }));
    expect(Buffer.byteLength(stderr)).toBeLessThan(5 * briefBytes);
    expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    const shown = await project.retrial('show', result.configHash);
    expect(shown.exitCode).toBe(0);
    expect(Buffer.byteLength(shown.stdout)).toBeLessThan(5 * briefBytes);
  });

  test('that never end are ended by the timeout', async () => {
    const project = manyStages({ endless: 'while True: print("x" * 1000)' });
    project.write({
      'pipeline.yaml': project.read('pipeline.yaml').replace('    outs:', '    timeout: 1s\n    outs:'),
    });
    const { exitCode, stderr } = await project.retrial('run');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('took longer than its timeout of 1');
    expect(Buffer.byteLength(stderr)).toBeLessThan(briefBytes);
  });
});

describe('series', () => {
  test('of 10 MB, of one line of 10 MB, of lines that are no points, and of hostile names', async () => {
    const { result, exitCode, project } = await tryAll(
      manyStages({
        many: lines('b\'{"step": %d, "loss": %d}\\n\' % (at, at)', 300_000),
        long: `${lines('b"x" * 10_000_000', 1)}
with open(os.environ["RETRIAL_METRICS"], "ab") as series: series.write(b'\\n{"step": 1, "loss": 7}\\n')`,
        odd: `
with open(os.environ["RETRIAL_METRICS"], "wb") as series:
    for line in [b"\\xff\\xfe", b"\\0\\0\\0", b"[1]", b"null", b"7", b'"x"', b"{", b'{"step": "1", "loss": 1}',
                 b'{"step": 1e999, "loss": 1}', b'{"step": NaN, "loss": 1}', b'{"loss": 1}', b"[" * 100_000,
                 b'{"step": 2, "__proto__": 4, "constructor": 5, "toString": 6, "loss": 3, "text": "x", "deep": {"a": 1}}']:
        series.write(line + b"\\n")
    series.write(b'{"step": 3, "loss": 9')`,
        names: lines('b\'{"step": 1, "m%d": 1}\\n\' % at', 2_000),
      }),
    );
    expect(exitCode).toBe(0);
    const of = (stage: string) =>
      Object.fromEntries(Object.entries(result.metrics).filter(([name]) => name.startsWith(`${stage}.`)));
    expect(of('many')).toEqual({ 'many.loss': 299_999 });
    expect(of('long')).toEqual({ 'long.loss': 7 });
    expect(of('odd')).toEqual({ 'odd.__proto__': 4, 'odd.constructor': 5, 'odd.toString': 6, 'odd.loss': 3 });
    expect(Object.keys(of('names'))).toHaveLength(2_000);
    expect(await again(project)).toEqual(result.metrics);
    const compared = await project.retrial('compare');
    expect(compared).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('whose file is a pipe, a folder, a device or gone by then are none', async () => {
    const replaced = (how: string) => `path = os.environ["RETRIAL_METRICS"]\n${how}`;
    const { result, exitCode } = await tryAll(
      manyStages({
        pipe: replaced('os.mkfifo(path)'),
        folder: replaced('os.mkdir(path)'),
        device: replaced('os.symlink("/dev/zero", path)'),
        circle: replaced('os.symlink(path, path)'),
        gone: replaced('open(path, "w").write(\'{"step": 1, "loss": 1}\\n\'); os.unlink(path)'),
      }),
    );
    expect(exitCode).toBe(0);
    expect(result.metrics).toEqual({});
  });
});

test('metrics files that are none fail their stage, each for its reason', async () => {
  const project = manyStages(
    {
      deep: 'write(out, \'{"a":\' * 10_000 + "1" + "}" * 10_000)',
      large: 'open(out, "w").truncate(65 * 2 ** 20)',
      bytes: 'open(out, "wb").write(b\'{"a": \\xff}\')',
      folder: 'os.mkdir(out)',
      empty: 'write(out, "")',
      list: 'write(out, "[1, 2]")',
      hundred: 'write(out, \'{"a":\' * 101 + "1" + "}" * 101)',
      latin: 'open(out, "wb").write(b\'{"caf\\xe9": 1}\')',
      both: 'write(out, \'{"a.b": 1, "a": {"b": 2}}\')',
      ninety: 'write(out, \'{"a":\' * 100 + "1" + "}" * 100)',
      twice: 'write(out, \'{"a": 1, "a": 2}\')',
      language: 'write(out, \'{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 2}}}\')',
    },
    'scores.json',
  );
  project.write({ 'pipeline.yaml': project.read('pipeline.yaml').replaceAll('outs: {', 'metrics: {') });
  const tried = await tryAll(project);
  expect(reasons(tried)).toEqual({
    deep: 'metrics-invalid: is nested too deeply',
    large: 'metrics-invalid: is larger than 64 MiB',
    hundred: 'metrics-invalid: is nested too deeply',
    bytes: 'metrics-invalid: is not UTF-8 text',
    latin: 'metrics-invalid: is not UTF-8 text',
    both: 'metrics-invalid: holds two values of the name "a.b"',
    folder: 'metrics-invalid: is a folder',
    empty: expect.stringMatching(/^metrics-invalid: is not JSON/),
    list: 'metrics-invalid: holds no number',
  });
  expect(tried.result.metrics).toEqual({
    [`ninety.${Array(100).fill('a').join('.')}`]: 1,
    'twice.a': 2,
    'language.__proto__.polluted': 1,
    'language.constructor.prototype.polluted': 2,
  });
});

async function again(project: { run(): Promise<RunJson> }): Promise<RunJson['metrics']> {
  return (await project.run()).metrics;
}
