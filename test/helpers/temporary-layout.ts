import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Layout, layoutOf } from '../../src/store/layout.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An empty `runs/` folder, gone when the test file is done. */
export function temporaryLayout(): Layout {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-record-'));
  folders.push(folder);
  const layout = layoutOf(join(folder, 'runs'));
  mkdirSync(layout.runs);
  return layout;
}
