#!/usr/bin/env node
import { existsSync } from 'node:fs';

const command = new URL('../dist/cli.js', import.meta.url);
if (existsSync(command)) await import(command.href).catch(hasNotBegun);
else {
  process.stderr.write('retrial: it is not compiled yet; run `npm ci` in its folder\n');
  process.exitCode = 2;
}

/**
 * Before its own words are there: what the machine refused, in its word for it.
 * @param {NodeJS.ErrnoException} error
 */
function hasNotBegun(error) {
  if (!('syscall' in error)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  if (/^E[MN]FILE$/.test(error.code ?? '')) process.stderr.write('  → raise the limit of open files: ulimit -n 4096\n');
  process.exitCode = 1;
}
