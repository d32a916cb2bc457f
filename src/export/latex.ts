/** A table of booktabs: a row for each setting, a column for each metric, sections that may not be ranked together. */
import { briefNumber, digitsToTell } from '../logging/numbers.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { shortNames } from '../report/ranking.ts';
import { decimalsOf, latexNumber, latexText, latexValue } from './latex-text.ts';
import type { Cell, ColumnMetric, Setting } from './settings.ts';

export interface LatexTable {
  /** Of what. */
  readonly title: string;
  readonly metrics: readonly ColumnMetric[];
  readonly settings: readonly Setting[];
  /** Params that the replicates of a setting differ in. */
  readonly over: readonly string[];
  /** What tells a comparable group from the others, by its id. */
  readonly labels: Readonly<Record<string, string>>;
  /** What a reader has to know, for the head of the file. */
  readonly notes: readonly string[];
}

interface Column {
  readonly title: string;
  readonly align: 'l' | 'r';
  readonly cell: (setting: Setting) => string;
}

export function latexTable(table: LatexTable): string {
  const params = [...new Set(table.settings.flatMap((setting) => Object.keys(setting.params)))];
  const names = shortNames(
    params,
    table.metrics.map(({ name }) => name),
  );
  const title = (name: string) => latexText(names.get(name) ?? name);
  const columns = [...paramColumns(table, params, title), ...metricColumns(table, title)];
  const sections = sectionsOf(table);
  const row = (cells: readonly string[]) => `  ${cells.join(' & ')} \\\\`;
  const body = sections.flatMap(({ label, settings }) => [
    '  \\midrule',
    ...(label === '' ? [] : [`  \\multicolumn{${columns.length}}{l}{\\emph{${latexText(label)}}} \\\\`]),
    ...settings.map((setting) => row(columns.map(({ cell }) => cell(setting)))),
  ]);
  const lines = [
    '% needs \\usepackage{booktabs}',
    ...table.notes.map((note) => `% ${note.replaceAll(/\s+/g, ' ')}`),
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${caption(table, sections.length)}}`,
    `  \\begin{tabular}{${columns.map(({ align }) => align).join('')}}`,
    '  \\toprule',
    row(columns.map(({ title }) => title)),
    ...body,
    '  \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Those that differ; where none does there is one setting, and nothing to tell apart. */
function paramColumns({ settings }: LatexTable, names: readonly string[], title: (name: string) => string): Column[] {
  const valuesOf = (name: string) => settings.flatMap(({ params }) => params[name] ?? []);
  const isDiffering = (name: string) => new Set(settings.map(({ params }) => JSON.stringify(params[name]))).size > 1;
  return names.filter(isDiffering).map((name) => {
    const values = valuesOf(name);
    const digits = digitsToTell(values.filter((value) => typeof value === 'number'));
    return {
      title: title(name),
      align: values.every((value) => typeof value === 'number') ? 'r' : 'l',
      cell: ({ params }) => latexSetting(params[name], digits),
    };
  });
}

/** Of a number that was sampled as many digits as tell it from the others. */
function latexSetting(value: JsonValue | undefined, digits: number): string {
  if (value === undefined) return '';
  return latexValue(typeof value === 'number' ? Number(briefNumber(value, digits)) : value);
}

/** How many runs each mean is of stands behind the metrics once where it is the same for all of them. */
function metricColumns({ settings, metrics }: LatexTable, title: (name: string) => string): Column[] {
  const columns = metrics.map(({ name, goal }, at): Column => {
    const cells = settings.flatMap(({ cells: row }) => row[at] ?? []);
    const decimals = decimalsOf(
      cells.flatMap(({ mean }) => mean ?? []),
      cells.flatMap(({ half }) => half ?? []),
    );
    const arrow = goal === null ? '' : goal === 'maximize' ? ' $\\uparrow$' : ' $\\downarrow$';
    const cell = (setting: Setting) => metricText(setting.cells[at], decimals);
    return { title: `${title(name)}${arrow}`, align: 'r', cell };
  });
  const counts = metrics.map((_, at): Column => {
    return { title: '$n$', align: 'r', cell: ({ cells }) => countText(cells[at]) };
  });
  if (settings.every(({ cells }) => cells.every(({ runs }) => runs <= 1))) return columns;
  const [first] = counts;
  const isOne = settings.every((setting) => counts.every(({ cell }) => cell(setting) === first?.cell(setting)));
  return isOne ? [...columns, ...counts.slice(0, 1)] : columns.flatMap((column, at) => [column, counts[at] ?? column]);
}

const countText = (cell: Cell | undefined) => (cell === undefined || cell.runs === 0 ? '' : `$${cell.runs}$`);

function metricText(cell: Cell | undefined, decimals: number): string {
  if (cell === undefined || cell.runs === 0) return '';
  if (cell.mean === null) return '--';
  const number = latexNumber(cell.mean, decimals);
  const half = cell.half === undefined ? '' : ` \\pm ${latexNumber(cell.half, decimals)}`;
  return `$${cell.best ? `\\mathbf{${number}}` : number}${half}$`;
}

/** Settings whose values may be ranked together, metric by metric; in each the best of the first metric first. */
function sectionsOf({ settings, metrics, labels }: LatexTable): { label: string; settings: Setting[] }[] {
  const sections: { groups: string[]; settings: Setting[] }[] = [];
  for (const setting of settings) {
    const own = setting.cells.map(({ group }) => group);
    const found = sections.find(({ groups }) =>
      groups.every((group, at) => group === '' || own[at] === '' || group === own[at]),
    );
    if (found === undefined) sections.push({ groups: own, settings: [setting] });
    else {
      found.groups = found.groups.map((group, at) => group || (own[at] ?? ''));
      found.settings.push(setting);
    }
  }
  const sign = metrics[0]?.goal === 'maximize' ? -1 : 1;
  const key = ({ cells: [first] }: Setting) => (first?.mean == null ? Infinity : sign * first.mean);
  return sections.map(({ groups, settings: members }) => ({
    label: sections.length === 1 ? '' : labelOf(groups, labels),
    settings: metrics[0]?.goal == null ? members : members.toSorted((a, b) => compare(key(a), key(b))),
  }));
}

const compare = (a: number, b: number) => (a < b ? -1 : Number(a > b));

function labelOf(groups: readonly string[], labels: LatexTable['labels']): string {
  const all = groups.flatMap((group) => group.split(' ')).map((id) => labels[id] ?? '');
  return [...new Set(all)].filter((label) => label !== '').join('; ');
}

function caption({ title, over, settings }: LatexTable, sections: number): string {
  const cells = settings.flatMap((setting) => setting.cells);
  const hasMeans = cells.some(({ runs }) => runs > 1);
  const hasIntervals = cells.some(({ half }) => half !== undefined);
  const isWhole = cells.every(({ half, runs }) => half !== undefined || runs === 0);
  const alone = isWhole ? '' : '; of fewer than five runs the mean alone';
  return [
    `${latexText(title)}.`,
    ...(hasMeans ? [`Means over ${over.map(latexText).join(', ') || 'runs'}, $n$ runs each.`] : []),
    ...(hasIntervals ? [`$\\pm$ is half of the 95\\,\\% interval of the mean by Student's $t$${alone}.`] : []),
    ...(hasMeans && !hasIntervals ? ['Fewer than five runs have no interval.'] : []),
    ...(cells.some(({ best }) => best) ? ['The best are bold, of values that may be ranked together.'] : []),
    ...(sections > 1 ? ['Values of different sections may not be ranked together.'] : []),
    ...(cells.some(({ mean, runs }) => mean === null && runs > 0) ? ['--: a run has no finite value.'] : []),
  ].join(' ');
}
