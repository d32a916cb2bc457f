/** One reading command in a process of its own: `<runs|show|compare> <runs folder> <argument> <options as JSON>`. */
import { UserError } from '../../src/errors.ts';

const [command, runsDir = '', argument = '', options = '{}'] = process.argv.slice(2);
const given = { runsDir, root: runsDir, ...JSON.parse(options) };
try {
  if (command === 'runs') process.exitCode = await (await import('../../src/commands/runs.ts')).runs(given);
  else if (command === 'show')
    process.exitCode = await (await import('../../src/commands/show.ts')).show(argument, given);
  else {
    const { compare } = await import('../../src/commands/compare.ts');
    process.exitCode = await compare(argument === '' ? [] : argument.split(','), given);
  }
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.diagnostics.map((d) => `${d.message}: ${d.hint ?? ''}`).join('\n')}\n`);
  process.exitCode = 2;
}
