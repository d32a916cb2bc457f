/** Settings as a table of LaTeX. No LaTeX is at hand: what it would refuse is looked for. */
import { expect, test } from 'vitest';
import { latexNumber, latexText, latexValue } from '../../src/export/latex-text.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { type RunSpec, record, recordStudy } from '../helpers/record-fixture.ts';
import { type Rig, rig } from '../helpers/rig.ts';

const model = (loss: string, more: object = {}) => ({ name: 'm', loss, latent_dim: 8, ...more });

/** Five seeds of two settings, under two protocols; three of another, of which one diverged; one alone. */
const runs: readonly RunSpec[] = [
  ...[0.1, 0.12, 0.11, 0.13, 0.14].map((score, n) => seeded('100%_a&b {x} #1', n, { score })),
  ...[0.2, 0.22, 0.21, 0.23, 0.24].map((score, n) => seeded('[y] -- "z"', n, { score })),
  ...[0.9, 0.92, 0.91, 0.93, 0.94].map((score, n) => seeded('[y] -- "z"', n, { score, protocol: 'leaked' })),
  ...([0.3, 'NaN', 0.3] as const).map((score, n) => seeded('diverged', n, { score })),
  ...[0.15, 0.17].map((score, n) => seeded('*two\\', n, { score })),
  seeded('failed', 0, { failure: { kind: 'exit', code: 1 } }),
];

function seeded(loss: string, n: number, more: RunSpec): RunSpec {
  return { params: { seed: n + 1, model: model(loss) }, at: 1_700_000_000_000 + n, ...more };
}

function project(specs: readonly RunSpec[]): Rig {
  const on = rig({ 'pipeline.yaml': 'version: 1\nstages: {}\n' });
  record(layoutOf(on.path('runs')), ...specs);
  return on;
}

async function table(on: Rig, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await on.retrial('export', ...args, '--to', 'latex', '-o', '-');
  expect([exitCode, stderr]).toEqual([0, '']);
  expectLatex(stdout);
  return stdout;
}

/** Throws for what LaTeX would refuse or take for something else. */
function expectLatex(text: string): void {
  const set = text.replaceAll(/^%.*$/gm, '');
  const commands = new Set(set.match(/\\([a-zA-Z]+)/g));
  const known =
    'begin end centering caption toprule midrule bottomrule multicolumn emph mathbf pm times uparrow downarrow';
  const texts = 'textbackslash textasciitilde textasciicircum textless textgreater textbar char';
  for (const command of commands) expect(`${known} ${texts}`.split(' ')).toContain(command.slice(1));
  const bare = set.replaceAll(/\\[\\{}$&#_%,]/g, '');
  expect(bare).not.toMatch(/[#_%~"]|\\(?![a-zA-Z])/);
  let depth = 0;
  for (const character of bare) {
    if (character === '{') depth++;
    if (character === '}') depth--;
    expect(depth).toBeGreaterThanOrEqual(0);
  }
  expect(depth).toBe(0);
  expect((bare.match(/\$/g) ?? []).length % 2).toBe(0);
  expect(bare.replaceAll(/\$[^$]*\$/g, '')).not.toContain('^');
  const columns = set.match(/\\begin\{tabular\}\{([lr]+)\}/)?.[1]?.length;
  const body = set.slice(set.indexOf('\\toprule'), set.indexOf('\\bottomrule'));
  const rows = body.split('\n').filter((line) => line.trim() !== '' && !/^\\(toprule|midrule)$/.test(line.trim()));
  for (const row of rows) {
    expect(row).toMatch(/ \\\\$/);
    const bareRow = row.replaceAll(/\\[\\{}$&#_%,]/g, '');
    const own = row.startsWith('  \\multicolumn') ? columns : (bareRow.match(/&/g) ?? []).length + 1;
    expect(own, row).toBe(columns);
    expect(bareRow.trimStart()).not.toMatch(/^[[*]/); // behind \\ it would be an option of it
  }
}

test('settings as rows: means, intervals, the best of what may be ranked together', async () => {
  const on = project(runs);
  const text = await table(on, '--over', 'seed', '--metric', 'ndcg@10', '--metric', 'evaluate.loss');
  expect(text).toMatchInlineSnapshot(`
    "% needs \\usepackage{booktabs}
    % evaluate.loss: 5 configs were scored on this held-out part: the best of them is flattered by that
    % evaluate.loss: 15 configs were scored on this held-out part: the best of them is flattered by that
    % evaluate.ndcg@10: 5 configs were scored on this held-out part: the best of them is flattered by that
    % evaluate.ndcg@10: 15 configs were scored on this held-out part: the best of them is flattered by that
    \\begin{table}
      \\centering
      \\caption{21 runs. Means over seed, $n$ runs each. $\\pm$ is half of the 95\\,\\% interval of the mean by Student's $t$; of fewer than five runs the mean alone. The best are bold, of values that may be ranked together. Values of different sections may not be ranked together. --: a run has no finite value.}
      \\begin{tabular}{llrrr}
      \\toprule
      model.loss & protocol & ndcg@10 $\\uparrow$ & evaluate.loss $\\downarrow$ & $n$ \\\\
      \\midrule
      \\multicolumn{5}{l}{\\emph{evaluate.protocol = masked}} \\\\
      {[}y{]} -{}- {\\char34}z{\\char34} & masked & $\\mathbf{0.220} \\pm 0.020$ & $1.500 \\pm 0.000$ & $5$ \\\\
      {*}two\\textbackslash{} & masked & $0.160$ & $1.500$ & $2$ \\\\
      100\\%\\_a\\&b \\{x\\} \\#1 & masked & $0.120 \\pm 0.020$ & $1.500 \\pm 0.000$ & $5$ \\\\
      diverged & masked & -- & $1.500$ & $3$ \\\\
      \\midrule
      \\multicolumn{5}{l}{\\emph{evaluate.protocol = leaked}} \\\\
      {[}y{]} -{}- {\\char34}z{\\char34} & leaked & $0.920 \\pm 0.020$ & $1.500 \\pm 0.000$ & $5$ \\\\
      \\bottomrule
      \\end{tabular}
    \\end{table}"
  `);
});

test('without replicates each run is a row, and a study names its own', async () => {
  const on = rig({ 'pipeline.yaml': 'version: 1\nstages: {}\n' });
  recordStudy(layoutOf(on.path('runs')));
  const text = await table(on, 'loss');
  expect(text.match(/\\mathbf/g)).toHaveLength(1);
  expect(text).toContain('  wgan & $32$ & $0.0001$ & $\\mathbf{0.2000}$ \\\\\n');
  expect(text).toContain('% evaluate.ndcg@10: 11 configs were scored on this held-out part');
  expect(text).not.toContain('\\pm');
});

test('of sampled numbers as many digits as tell them apart', async () => {
  const sampled = [0.0055617091011865, 0.0055621234567891].map((rate, at) =>
    seeded('', at, { params: { model: model('wgan', { learning_rate: rate }) }, score: 0.1 + at }),
  );
  const text = await table(project(sampled), '--metric', 'ndcg@10');
  expect(text).toContain('  $0.0055617$ &');
  expect(text).toContain('  $0.0055621$ &');
});

test('what is no metric, or no param, is told', async () => {
  const on = project(runs.slice(0, 2));
  for (const [args, message] of [
    [['--metric', 'f1'], 'no run has a param or metric "f1"'],
    [['--over', 'fold'], 'no run has a param or metric "fold"'],
  ] as const) {
    const { exitCode, stdout, stderr } = await on.retrial('export', '--to', 'latex', '-o', '-', ...args);
    expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
  }
});

test('every character stands for itself', () => {
  const all = Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n)).join('');
  expectLatex(`\\begin{tabular}{l}\n  \\toprule\n  x${latexText(all)} \\\\\n  \\bottomrule\n`);
  expect(latexText('a\\b{c}$&#_%~^<>|"\'`')).toBe(
    "a\\textbackslash{}b\\{c\\}\\$\\&\\#\\_\\%\\textasciitilde{}\\textasciicircum{}\\textless{}\\textgreater{}\\textbar{}{\\char34}'{}`{}",
  );
  expect(latexText('---\n[1]*')).toBe('-{}-{}- {[}1{]}{*}');
  expect([1e-7, -2, 0.1 + 0.2, [1, 'a_b'], null, true].map(latexValue)).toEqual([
    ...['$1 \\times 10^{-7}$', '$-2$', '$0.30000000000000004$', '{[}1,{\\char34}a\\_b{\\char34}{]}', 'null', 'true'],
  ]);
  expect([0, 0.00001234, 12345678, 1.23456].map((value) => latexNumber(value, 2))).toEqual([
    ...['0.00', '1.23 \\times 10^{-5}', '1.23 \\times 10^{7}', '1.23'],
  ]);
});
