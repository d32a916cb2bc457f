/** One line a step, on stderr: stdout belongs to results. */

/** @param {string} text */
export function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}
