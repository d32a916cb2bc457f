/** Files whose names JavaScript has a meaning for are watched as all others: no answer outlives a change of them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { signaturesOf, stillStand } from '../../src/store/signatures.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

test.each(['__proto__', 'constructor', 'toString', '0', '.hidden', 'a\nb', '😀'])('a file called %j', (name) => {
  const folder = join(temporaryFolder(), name);
  mkdirSync(folder);
  const path = join(folder, name);
  writeFileSync(path, 'before');
  const far = Date.now() + 60_000;
  const kept = JSON.parse(JSON.stringify(signaturesOf([folder, path], far))) as ReturnType<typeof signaturesOf>;
  expect(stillStand(kept ?? {})).toBe(true);
  writeFileSync(path, 'behind, and longer');
  expect(stillStand(kept ?? {})).toBe(false);
});
