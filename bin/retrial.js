#!/usr/bin/env node
import { existsSync } from 'node:fs';

const command = new URL('../dist/cli.js', import.meta.url);
if (existsSync(command)) await import(command.href);
else {
  process.stderr.write('retrial: it is not compiled yet; run `npm ci` in its folder\n');
  process.exitCode = 2;
}
