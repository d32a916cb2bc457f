/** Which columns are shown, kept in the view as what differs from the usual ones. */
import { listOf, textOf, type View } from '../view.ts';
import type { Column } from './table-columns.ts';

const keys = { columns: 'columns', params: 'params' } as const;

export interface ChosenColumns {
  isShown(column: Column): boolean;
  /** Params that are the same in all runs are left out. */
  onlyDiffering(): boolean;
  show(column: Column, on: boolean): void;
  /** Every param is as usual again. */
  setOnlyDiffering(on: boolean): void;
}

export function chosenColumns(view: View, columns: readonly Column[]): ChosenColumns {
  let only = view.get(keys.params) !== 'all';
  const turned = new Map<string, boolean>();
  for (const text of listOf(view.get(keys.columns)) ?? []) turned.set(text.slice(1), text.startsWith('+'));
  const usual = (column: Column) => column.isUsual || (!only && column.subject.kind === 'param');
  const isShown = (column: Column) => turned.get(column.id) ?? usual(column);
  const keep = () => {
    for (const column of columns) if (turned.get(column.id) === usual(column)) turned.delete(column.id);
    const list = [...turned].map(([id, on]) => `${on ? '+' : '-'}${id}`);
    view.set(keys.columns, list.length === 0 ? undefined : textOf(list));
    view.set(keys.params, only ? undefined : 'all');
  };
  return {
    isShown,
    onlyDiffering: () => only,
    show: (column, on) => {
      turned.set(column.id, on);
      keep();
    },
    setOnlyDiffering: (on) => {
      only = on;
      for (const { id, subject } of columns) if (subject.kind === 'param') turned.delete(id);
      keep();
    },
  };
}
