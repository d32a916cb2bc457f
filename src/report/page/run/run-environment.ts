/** What a run was made on: the state of git, and the machine. Where another run's differs is marked. */
import { formatSize } from '../../../logging/numbers.ts';
import { flatten } from '../../../pipeline/param-tree.ts';
import type { JsonValue } from '../../../pipeline/types.ts';
import type { ComparedRun } from '../../comparison.ts';
import { hash } from '../copy.ts';
import { type Child, h, table } from '../dom.ts';
import { valueText } from '../format.ts';

export function gitTable(run: ComparedRun, other: ComparedRun | undefined): HTMLElement {
  const { git } = run.environment;
  if (git === undefined) return h('p.note', {}, 'Not recorded.');
  if (git === null || typeof git !== 'object' || Array.isArray(git)) return h('p.note', {}, 'No repository.');
  const theirs = flatten({ git: other?.environment.git ?? null });
  const names: Readonly<Record<string, string>> = { dirty: 'uncommitted changes', diff: 'diff' };
  const rows = Object.entries(git).map(([name, value]): Child[] => [
    names[name] ?? name,
    marked(
      gitValue(name, value as JsonValue),
      other !== undefined && differs(value as JsonValue, theirs[`git.${name}`]),
    ),
  ]);
  return table([], rows);
}

function gitValue(name: string, value: JsonValue): Child {
  if (name === 'dirty') return value === true ? 'yes' : 'none';
  if (value === null) return 'none';
  return drawn(name, value);
}

export function environmentTable(run: ComparedRun, other: ComparedRun | undefined): HTMLElement {
  const { git: _, ...machine } = run.environment;
  const rows = Object.entries(flatten(machine));
  if (rows.length === 0) return h('p.note', {}, 'Not recorded: the run ended before it was written.');
  const theirs = other === undefined ? {} : flatten(other.environment);
  return table(
    [],
    rows.map(([name, value]) => [
      name,
      marked(drawn(name, value), other !== undefined && differs(value, theirs[name])),
    ]),
  );
}

function differs(value: JsonValue, other: JsonValue | undefined): boolean {
  return JSON.stringify(value) !== JSON.stringify(other);
}

function marked(value: Child, isOther: boolean): Child {
  return isOther ? h('mark', { title: 'differs from the other run' }, value) : value;
}

function drawn(name: string, value: JsonValue): Child {
  if (typeof value === 'number' && name.endsWith('Bytes')) return formatSize(value);
  if (typeof value === 'string' && /^[0-9a-f]{40,64}$/.test(value)) return hash(value);
  if (Array.isArray(value)) return value.map((item) => valueText(item as JsonValue)).join(', ');
  return value === null ? h('span.muted', {}, 'not set') : valueText(value);
}
