/** The text of a batch script: into the work folder, the site's set-up, then one command that hears what Slurm says. */

export interface BatchScript {
  /** Absolute. Slurm itself goes elsewhere without a word where it is missing. */
  readonly workdir: string;
  /** Shell lines of the site. */
  readonly setup?: readonly string[];
  readonly command: readonly string[];
  /** Absolute: a folder that is there, in which a file `JOB.RESTARTS` will hold the exit code of the command. */
  readonly ended?: string;
  /** What sbatch was given, for people who read the script. */
  readonly submitted?: readonly string[];
}

/** Exit code where the work folder or the set-up failed: EX_CONFIG of sysexits.h. */
export const notSetUp = 78;

/**
 * The signal ahead of the time limit reaches the batch shell alone, so that it passes it on; a signal ends `wait` and not
 * what is waited for. The shell outlives a command that is killed for its memory, and tells its exit code.
 *
 * SIGUSR1 makes a debugger of a Node that is just starting. It is passed on as SIGURG, which nobody heeds who does not listen,
 * and again and again, as who starts listens later.
 */
export function batchScript(script: BatchScript): string {
  const { workdir, setup = [], command, ended, submitted } = script;
  const lines = [
    '#!/bin/bash',
    ...(submitted === undefined ? [] : [`# sbatch ${submitted.map(quoted).join(' ').replaceAll('\n', ' ')}`]),
    'retrial_work= retrial_limit=',
    'again() { while kill -s "$1" "$retrial_work"; do sleep 1; done > /dev/null 2>&1 & }',
    'tell() { retrial_limit=1 told=1; [ -z "$retrial_work" ] || again URG; }',
    'trap tell USR1',
    `cd -- ${quoted(workdir)} || { echo "there is no work folder ${inText(workdir)} on $(hostname)" >&2; exit ${notSetUp}; }`,
    ...setup.map((line) => `{ ${line}\n} || { echo ${quoted(setUpFailed(line))} >&2; exit ${notSetUp}; }`),
    ...(setup.length === 0 ? [] : ['set +eu']), // it held for the set-up: a wait that a signal ends is no failure
    'end=',
    'pass() { end=1 told=1; [ -z "$retrial_work" ] || kill -s TERM "$retrial_work" 2> /dev/null; }',
    'trap pass TERM',
    `${command.map(quoted).join(' ')} &`,
    'retrial_work=$!',
    '[ -z "$retrial_limit" ] || tell', // what was said before there was somebody to pass it on to
    '[ -z "$end" ] || again TERM',
    'while :; do told=; wait "$retrial_work"; code=$?; [ -z "$told" ] && break; done',
    ...(ended === undefined ? [] : [`echo "$code" > ${quoted(ended)}/"${jobName}.\${SLURM_RESTART_COUNT:-0}"`]),
    'exit "$code"',
  ];
  return `${lines.join('\n')}\n`;
}

/** Of the shell: the job's id, with its task where it is one of an array. */
const jobName = '${SLURM_ARRAY_TASK_ID:+${SLURM_ARRAY_JOB_ID}_}${SLURM_ARRAY_TASK_ID:-$SLURM_JOB_ID}';

function setUpFailed(line: string): string {
  return `the set-up failed: ${line} (setup of configs/slurm.yaml, or of slurm in the sweep file)`;
}

/** As one word of a shell. */
export function quoted(text: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function inText(path: string): string {
  return path.replaceAll(/["\\$`]/g, '\\$&');
}

/** A path where sbatch replaces `%j` and the like: what is not meant so is doubled. */
export function logPattern(folder: string, pattern: string): string {
  return `${folder.replaceAll('%', '%%')}/${pattern}`;
}
