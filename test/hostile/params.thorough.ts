/** Params that mean something to a shell, a table, YAML or HTML: every reader of them gets what was written. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Rig, rig } from '../helpers/rig.ts';

const values: Readonly<Record<string, string>> = {
  quotes: `it's "quoted" 'twice'`,
  substitution: '$(touch pwned) `touch pwned` ${HOME} $HOME $((1+1)) !! ~ {a,b}',
  operators: '; touch pwned; & touch pwned | touch pwned && > pwned < /etc/passwd # comment',
  lines: 'one\ntwo\r\nthree\n\n',
  blanks: '  \t leading and trailing \t ',
  backslashes: '\\ \\n \\\\ \\',
  option: '-rf --help',
  patterns: '* ? [a-z] **',
  script: '</script><script>alert(1)</script><!-- ]]> <img src=x onerror=alert(1)>',
  template: '${params.quotes} ${deps.x} %s {{x}}',
  terminal: '\u001b[31mred\u001b[0m \u0007 \u001b]0;title\u0007 \u202eevil',
  unicode: 'é e\u0301 日本 😀 \u2028 \ufeff \ufffd',
  yaml: '- a: [1, 2]\n? b\n: *c !!int "1"\n',
  yes: 'yes',
  number: '1e3',
  empty: '',
};
const names = Object.keys(values);

async function project(): Promise<{ made: Rig; configHash: string }> {
  const made = rig({
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  shell:
    cmd: printf '%s\\0' ${names.map((name) => `\${params.${name}}`).join(' ')} > \${outs.seen}
    outs: { seen: seen.txt }
  argv:
    cmd: [python3, argv.py, "\${outs.seen}", ${names.map((name) => `"\${params.${name}}"`).join(', ')}]
    code: [argv.py]
    outs: { seen: seen.txt }
  described:
    cmd: [python3, described.py, "\${outs.seen}"]
    code: [described.py]
    params: [${names.join(', ')}]
    outs: { seen: seen.json }
  measured:
    cmd: [python3, measured.py, "\${outs.scores}"]
    code: [measured.py]
    metrics: { scores: scores.json }
`,
    'params.yaml': JSON.stringify(values),
    'argv.py': 'import sys\nopen(sys.argv[1], "w", newline="").write("".join(arg + "\\0" for arg in sys.argv[2:]))\n',
    'described.py':
      'import json, os, sys\njson.dump(json.load(open(os.environ["RETRIAL_STAGE"]))["params"], open(sys.argv[1], "w"))\n',
    'measured.py': `import json, sys\njson.dump({name: 1 for name in ["</script>", "a b", "__proto__", "constructor", "x\\n\\x1b[31my", "'; DROP TABLE runs; --"]}, open(sys.argv[1], "w"))\n`,
  });
  const { status, configHash } = await made.run();
  expect(status).toBe('complete');
  return { made, configHash };
}

test('reach shells, programs and stages unchanged, and run nothing', async () => {
  const { made, configHash } = await project();
  const given = (stage: string) => made.read(`runs/${configHash}/${stage}/outs/seen.txt`).split('\0').slice(0, -1);
  expect(given('shell')).toEqual(Object.values(values));
  expect(given('argv')).toEqual(Object.values(values));
  expect(JSON.parse(made.read(`runs/${configHash}/described/outs/seen.json`))).toEqual(values);
  expect(parse(made.read(`runs/${configHash}/config.yaml`))).toEqual(values);
  expect(existsSync(made.path('pwned'))).toBe(false);
});

test('are shown without escape sequences, told whole as JSON, and are no markup on the page', async () => {
  const { made, configHash } = await project();
  const all = ['runs', '--columns', 'all'];
  for (const command of [['show', configHash], ['runs'], all, ['status'], ['compare']]) {
    const { exitCode, stdout, stderr } = await made.retrial(...command);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^(\d+ more metrics: [ -~]*)?$/);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  }
  const shown = JSON.parse((await made.retrial('show', configHash, '--json')).stdout) as Record<string, unknown>;
  expect(shown.params).toEqual(values);
  const metrics = Object.keys(shown.metrics as object);
  expect(metrics).toContain("measured.'; DROP TABLE runs; --");
  expect(metrics).toContain('measured.__proto__');
  const page = made.read('runs/compare.html');
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page.match(/<\/script/g)).toHaveLength(2);
  expect(page).not.toContain('<img src=x');
});

test('a param longer than a command line may be fails its stage, not the engine', async () => {
  const made = rig({
    'pipeline.yaml':
      'version: 1\nparams: params.yaml\nstages:\n  a: { cmd: ["true", "${params.long}"] }\n  b: { cmd: "true ${params.long}" }\n',
    'params.yaml': `long: ${'x'.repeat(200_000)}\n`,
  });
  const { exitCode, stdout } = await made.retrial('run', '--json', '--keep-going');
  expect(exitCode).toBe(1);
  const { stages } = JSON.parse(stdout) as { stages: { reason: object }[] };
  for (const { reason } of stages)
    expect(reason).toMatchObject({ kind: 'spawn', message: expect.stringContaining('E2BIG') });
});
