/** Runs a program; its output is shown only where it fails. */
import { spawn } from 'node:child_process';

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options] after timeoutMs it is ended
 * @returns {Promise<{ ok: boolean, output: string }>} the end of what it wrote
 */
export function runQuietly(program, args, { timeoutMs, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code, signal) =>
      resolve({ ok: code === 0, output: signal === null ? output : `${output}\nended by ${signal}` }),
    );
  });
}

/**
 * What went wrong, in its last lines.
 * @param {string} output
 */
export function lastLines(output, count = 4) {
  return output.trim().split('\n').slice(-count).join('\n');
}
