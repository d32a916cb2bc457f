/** `retrial sweep FILE --watch`: follows a study from anywhere, and changes nothing. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCode, UserError } from '../errors.ts';
import { liveLines } from '../logging/live-lines.ts';
import { slurmAuthority } from '../slurm/authority.ts';
import { slurm } from '../slurm/client.ts';
import { printedInto } from '../slurm/out-of-memory.ts';
import { judgeBy } from '../store/claim-life.ts';
import { observeClaim } from '../store/claims.ts';
import type { Layout } from '../store/layout.ts';
import { isOver } from '../sweep/is-over.ts';
import { leaderboard } from '../sweep/leaderboard.ts';
import { sharedReader } from '../sweep/shared-reader.ts';
import type { SweepSpec } from '../sweep/spec.ts';
import type { StudyState } from '../sweep/study-state.ts';
import { trialClaims } from '../sweep/trial-claims.ts';
import { isHeld } from '../sweep/trial-record.ts';
import { followStudy } from './follow-study.ts';
import { printFindings } from './sweep.ts';
import { workerWatch } from './worker-watch.ts';

const pollMs = 500;
/** Between two questions to Slurm; less where nobody seems to be left. */
const workersMs = { most: 5_000, idle: 1_500 };
const callMs = 10_000;
/** So often in a row nobody may be found at work before it is believed: a job that ended may have left its successor. */
const idleLooks = 3;

export async function watchSweep(spec: SweepSpec, layout: Layout, json: boolean): Promise<number> {
  const study = layout.study(spec.name);
  const { slurm: at } = study;
  const reader = sharedReader(study, { looksOnly: true });
  if ((await reader.read()).started === undefined)
    throw new UserError(`there is no study "${spec.name}"`, 'begin it first: the same command without --watch');
  const screen = liveLines(process.stderr, process.stderr.isTTY === true);
  const client = slurm({ timeoutMs: callMs });
  judgeBy(slurmAuthority(client, (job) => printedInto(at.log(job))));
  const workers = workerWatch(at, client, (line) => screen.print([line]));
  const follower = followStudy(spec, layout, screen, workers.line);
  const isSubmitted = existsSync(at.folder);
  let state = await reader.read();
  let idle = 0;
  for (let nextMs = 0; !isOver(spec, state) && idle < idleLooks; state = await reader.read()) {
    if (performance.now() >= nextMs) {
      if (isSubmitted) await workers.look();
      const isIdle = workers.isNobodyLeft() && !(await isAnyHeld(spec, layout, state));
      idle = isIdle ? idle + 1 : 0;
      nextMs = performance.now() + (isIdle ? workersMs.idle : workersMs.most);
    }
    await sleep(pollMs);
  }
  await follower.stop();
  screen.draw([]);
  if (!isOver(spec, state)) process.stderr.write(`${unfinished(spec, state, isSubmitted)}\n`);
  const board = leaderboard(spec, state);
  await printFindings(spec, board, state, layout, json);
  return isOver(spec, state) && board.ranked.length > 0 ? exitCode.ok : exitCode.stageFailed;
}

/** Whether a trial that was begun is in the hands of a worker that lives, wherever. */
async function isAnyHeld(spec: SweepSpec, layout: Layout, state: StudyState): Promise<boolean> {
  const claims = await trialClaims(layout.study(spec.name));
  for (const number of state.untold) {
    const trial = state.trials.get(number);
    if (trial === undefined || !isHeld(trial)) continue;
    if ((await observeClaim(claims.folder(number, trial.reopened)))?.held) return true;
  }
  return false;
}

function unfinished(spec: SweepSpec, state: StudyState, isSubmitted: boolean): string {
  const { waiting = 0 } = leaderboard(spec, state).states;
  const how = isSubmitted
    ? 'the same command with --executor slurm submits workers'
    : 'the same command without --watch goes on';
  return `nobody works on study ${spec.name} any more: ${waiting} trials are left; ${how}`;
}
