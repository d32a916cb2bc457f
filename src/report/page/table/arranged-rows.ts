/**
 * Rows of a table in an order that is made outside of it. The library would compare its rows thousands of times with each
 * letter typed into a filter; given the order, it only draws, and what it has drawn once it keeps.
 */
import { Module, type RowComponent, type Tabulator } from 'tabulator-tables';

/** A row of the library, as its modules get it. */
interface InnerRow {
  readonly data: object;
  readonly initialized: boolean;
  reinitialize(isForced: boolean): void;
  getComponent(): RowComponent;
}

interface ModuleParts {
  registerTableOption(name: string, value: unknown): void;
  registerTableFunction(name: string, act: (...given: never[]) => unknown): void;
  registerDataHandler(arrange: (rows: InnerRow[]) => InnerRow[], priority: number): void;
  refreshData(inPosition: boolean): void;
}

export class ArrangedRowsModule extends Module {
  static override moduleName = 'arrangedRows';
  private order: readonly object[] = [];
  private inner = new Map<object, InnerRow>();

  constructor(table: Tabulator) {
    super(table);
    this.parts.registerTableOption('arranged', []);
    this.parts.registerTableFunction('arrange', (order: readonly object[], changed: readonly object[]) => {
      this.order = order;
      for (const data of changed) this.redraw(data);
      this.parts.refreshData(true);
    });
    this.parts.registerTableFunction('redrawRows', () => {
      for (const data of this.inner.keys()) this.redraw(data);
    });
    this.parts.registerTableFunction('rowFor', (data: object) => this.inner.get(data)?.getComponent());
  }

  override initialize(): void {
    this.order = (this.table.options as unknown as { arranged: readonly object[] }).arranged;
    this.parts.registerDataHandler((rows) => this.arranged(rows), 10);
  }

  private arranged(rows: readonly InnerRow[]): InnerRow[] {
    if (this.inner.size !== rows.length) this.inner = new Map(rows.map((row) => [row.data, row]));
    return this.order.flatMap((data) => this.inner.get(data) ?? []);
  }

  /** One that was never drawn is drawn as it then is. */
  private redraw(data: object): void {
    const row = this.inner.get(data);
    if (row?.initialized === true) row.reinitialize(true);
  }

  /** The library's own, which its types leave out. */
  private get parts(): ModuleParts {
    return this as unknown as ModuleParts;
  }
}

/** A table with this module. */
export interface ArrangedTable extends Tabulator {
  /** @param changed rows whose cells are others than before */
  arrange(order: readonly object[], changed: readonly object[]): void;
  redrawRows(): void;
  rowFor(data: object): RowComponent | undefined;
}
