/** Runs → an MLflow server. What is there already, found by its tags, is completed: doing it again doubles nothing. */
import { UserError } from '../../errors.ts';
import type { Layout } from '../../store/layout.ts';
import { type MlflowClient, MlflowError } from './client.ts';
import { digestOf, type KeyValue, type MlflowRun, mlflowStatus, paramsOf, runName, tagsOf } from './content.ts';
import { type Point, pointsOf } from './points.ts';

/** Limits of one `log-batch`. */
const mostPoints = 1000;
const mostParams = 100;

export interface MlflowCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
}

/** What the server has of a run. */
interface There {
  readonly id: string;
  readonly digest: string | undefined;
  readonly params: ReadonlySet<string>;
  readonly metrics: readonly string[];
}

/** @param say is told after each run how many there are done. Throws {@link MlflowError}. */
export async function exportToMlflow(
  client: MlflowClient,
  experiment: string,
  layout: Layout,
  runs: readonly MlflowRun[],
  say: (done: number) => void = () => undefined,
): Promise<MlflowCounts> {
  const experimentId = await experimentOf(client, experiment);
  const there = await runsThere(client, experimentId);
  const counts = { created: 0, updated: 0, unchanged: 0 };
  for (const [at, run] of runs.entries()) {
    const known = there.get(`${run.run.configHash}@${run.run.attempt}`);
    counts[await exportRun(client, experimentId, layout, run, known)]++;
    say(at + 1);
  }
  return counts;
}

async function experimentOf(client: MlflowClient, name: string): Promise<string> {
  interface Answer {
    readonly experiment: { readonly experiment_id: string; readonly lifecycle_stage: string };
  }
  const find = () => client.get<Answer>('experiments/get-by-name', { experiment_name: name });
  const found = await find().catch(async (error: unknown) => {
    if (!isCode(error, 'RESOURCE_DOES_NOT_EXIST')) throw error;
    await client.post('experiments/create', { name }).catch((again: unknown) => {
      if (!isCode(again, 'RESOURCE_ALREADY_EXISTS')) throw again; // somebody else was first
    });
    return await find();
  });
  const { experiment_id: id, lifecycle_stage: stage } = found.experiment;
  if (stage === 'deleted')
    throw new UserError(`the experiment "${name}" was deleted there`, 'restore it, or name another: --experiment NAME');
  return id;
}

const isCode = (error: unknown, code: string) => error instanceof MlflowError && error.code === code;

interface Found {
  readonly info: { readonly run_id: string };
  readonly data?: {
    readonly tags?: readonly KeyValue[];
    readonly params?: readonly KeyValue[];
    readonly metrics?: readonly { readonly key: string }[];
  };
}

/** By `HASH@attempt`; those that others logged into the experiment are not looked at. */
async function runsThere(client: MlflowClient, experimentId: string): Promise<Map<string, There>> {
  const found = new Map<string, There>();
  const query = { experiment_ids: [experimentId], filter: `tags."retrial.config_hash" LIKE '%'`, max_results: 1000 };
  for (let token: string | undefined; ; ) {
    const more = token === undefined ? {} : { page_token: token };
    const answer = await client.post<{ runs?: readonly Found[]; next_page_token?: string }>('runs/search', {
      ...query,
      ...more,
    });
    for (const { info, data } of answer.runs ?? []) {
      const tags = new Map((data?.tags ?? []).map(({ key, value }) => [key, value]));
      found.set(`${tags.get('retrial.config_hash')}@${tags.get('retrial.attempt')}`, {
        id: info.run_id,
        digest: tags.get(digestTag),
        params: new Set((data?.params ?? []).map(({ key }) => key)),
        metrics: (data?.metrics ?? []).map(({ key }) => key),
      });
    }
    token = answer.next_page_token;
    if (token === undefined || token === '') return found;
  }
}

/** Says that all was logged, and of what: written last, so that what was broken off is done again. */
const digestTag = 'retrial.exported';

async function exportRun(
  client: MlflowClient,
  experimentId: string,
  layout: Layout,
  exported: MlflowRun,
  known: There | undefined,
): Promise<keyof MlflowCounts> {
  const { run } = exported;
  const tags = await tagsOf(layout, exported);
  const digest = digestOf(layout, exported, tags);
  if (known?.digest === digest) return 'unchanged';
  const id = known?.id ?? (await create(client, experimentId, exported, tags));
  const params = paramsOf(exported).filter(({ key }) => known?.params.has(key) !== true);
  for (const part of parts(params, mostParams)) await client.post('runs/log-batch', { run_id: id, params: part });
  const points = await newPoints(client, id, await pointsOf(layout, exported), known?.metrics ?? []);
  for (const part of parts(points, mostPoints)) await client.post('runs/log-batch', { run_id: id, metrics: part });
  await client.post('runs/log-batch', { run_id: id, tags });
  const ended = run.finishedAt === null ? {} : { end_time: run.finishedAt };
  await client.post('runs/update', { run_id: id, status: mlflowStatus[run.status], run_name: runName(run), ...ended });
  await client.post('runs/set-tag', { run_id: id, key: digestTag, value: digest });
  return known === undefined ? 'created' : 'updated';
}

/** With its tags from the first moment: a run whose answer was lost is found by them. */
async function create(
  client: MlflowClient,
  experimentId: string,
  { run }: MlflowRun,
  tags: readonly KeyValue[],
): Promise<string> {
  const request = { experiment_id: experimentId, run_name: runName(run), start_time: run.startedAt, tags };
  const answer = await client.post<{ run: { info: { run_id: string } } }>('runs/create', request);
  return answer.run.info.run_id;
}

/** Those that are not in the history of their metric: a server that keeps files would keep them twice. */
async function newPoints(
  client: MlflowClient,
  id: string,
  points: readonly Point[],
  known: readonly string[],
): Promise<readonly Point[]> {
  const there = new Set<string>();
  const keys = new Set(points.map(({ key }) => key));
  for (const key of known.filter((one) => keys.has(one)))
    for (const point of await historyOf(client, id, key)) there.add(identity(point));
  return points.filter((point) => !there.has(identity(point)));
}

/** SQL stores have no infinities: MLflow keeps the largest double in their place. */
function identity({ key, step, value }: Pick<Point, 'key' | 'step' | 'value'>): string {
  const number = Number(value);
  const finite = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, number));
  return `${key} ${step} ${finite}`;
}

async function historyOf(client: MlflowClient, id: string, key: string): Promise<Point[]> {
  const points: Point[] = [];
  for (let token = ''; ; ) {
    const query = { run_id: id, metric_key: key, max_results: '25000', ...(token === '' ? {} : { page_token: token }) };
    const answer = await client.get<{
      metrics?: readonly (Partial<Point> & { key: string })[];
      next_page_token?: string;
    }>('metrics/get-history', query);
    // What is 0 is left out of an answer.
    for (const point of answer.metrics ?? [])
      points.push({ key: point.key, step: Number(point.step ?? 0), value: point.value ?? 0, timestamp: 0 });
    token = answer.next_page_token ?? '';
    if (token === '') return points;
  }
}

function parts<T>(all: readonly T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / most) }, (_, at) => all.slice(at * most, (at + 1) * most));
}
