/** Runs in a real MLflow server, as MLflow's own client sees them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layoutOf } from '../../src/store/layout.ts';
import { currentProcess } from '../../src/store/process-identity.ts';
import { type RunSpec, record, recordStudy } from '../helpers/record-fixture.ts';
import { type Rig, rig } from '../helpers/rig.ts';

const install = join(import.meta.dirname, '..', 'python', 'install.sh');
const folder = mkdtempSync(join(tmpdir(), 'retrial-mlflow-'));
let python = process.env.RETRIAL_PEERS_PYTHON ?? '';
let address = '';
let stop: () => Promise<void> = async () => undefined;

beforeAll(async () => {
  if (python === '') python = (await execa(install, ['peers'])).stdout;
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  const store = ['--backend-store-uri', 'sqlite:///mlflow.db', '--artifacts-destination', './artifacts'];
  const place = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const server = execa(python, ['-m', 'mlflow', 'server', ...store, ...place], {
    ...{ cwd: folder, reject: false, all: true, detached: true },
    forceKillAfterDelay: 5000,
  });
  stop = async () => {
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGTERM'); // with its workers
    await server;
  };
  await answering(`${address}/health`);
});

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${url} does not answer`);
}

interface Seen {
  readonly name: string;
  readonly status: string;
  readonly start: number;
  readonly end: number | null;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number | string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Of `train.g_loss`. */
  readonly history: readonly (readonly [step: number, value: number | string])[];
}

/** All runs of an experiment, in the order they began. */
async function seen(experiment: string): Promise<Seen[]> {
  const program = `
import json, sys
from mlflow import MlflowClient
client = MlflowClient(sys.argv[1])
number = lambda v: v if v == v else 'NaN'
def run(r):
    history = client.get_metric_history(r.info.run_id, 'train.g_loss')
    return dict(name=r.info.run_name, status=r.info.status, start=r.info.start_time, end=r.info.end_time,
      params=r.data.params, metrics={k: number(v) for k, v in r.data.metrics.items()}, tags=r.data.tags,
      history=[[m.step, number(m.value)] for m in sorted(history, key=lambda m: m.step)])
found = client.search_runs([client.get_experiment_by_name(sys.argv[2]).experiment_id], order_by=['start_time'])
print(json.dumps([run(r) for r in found]))`;
  return JSON.parse((await execa(python, ['-c', program, address, experiment])).stdout);
}

function project(...specs: readonly RunSpec[]): Rig {
  const on = rig({ 'pipeline.yaml': 'version: 1\nstages: {}\n' });
  record(layoutOf(on.path('runs')), ...specs);
  return on;
}

async function exported(on: Rig, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await on.retrial('export', ...args, '--to', 'mlflow', '-o', address);
  expect([exitCode, stderr.replaceAll(/^\d+ of \d+ runs, about .*\n?/gm, '')]).toEqual([0, '']);
  return stdout;
}

test('params, metrics with their history, tags, times and states; again it changes nothing', async () => {
  const many = Object.fromEntries(Array.from({ length: 130 }, (_, n) => [`p${n}`, n]));
  const dead = { ...currentProcess(), pid: 1, pidStart: '1' };
  const on = project(
    { params: { many, odd: { 'a%b': 'x'.repeat(7000), none: null, list: [1, 'two'], empty: '' } }, steps: 2500 },
    { params: { seed: 2 }, at: 1_700_000_100_000, score: 'NaN', tags: ['b', 'a'], note: 'why\nnot' },
    { params: { seed: 3 }, at: 1_700_000_200_000, failure: { kind: 'exit', code: 1 } },
    { params: { seed: 4 }, at: 1_700_000_300_000, killed: true, by: dead },
  );
  expect(await exported(on, '--experiment', 'all')).toBe(
    '4 runs in experiment "all": 4 new, 0 updated, 0 as they were',
  );
  const runs = await seen('all');
  const json = JSON.parse((await on.retrial('runs', '--json')).stdout).reverse();
  expect(runs.map(({ status }) => status)).toEqual(['FINISHED', 'FINISHED', 'FAILED', 'KILLED']);
  expect(runs.map(({ start }) => new Date(start).toISOString())).toEqual(
    json.map(({ startedAt }: { startedAt: string }) => startedAt),
  );
  expect(runs.map(({ end }) => end !== null)).toEqual([true, true, true, false]);
  expect(runs.map(({ tags }) => tags['retrial.config_hash'])).toEqual(
    json.map(({ configHash }: { configHash: string }) => configHash),
  );
  const [first, second] = runs;
  expect(Object.keys(first?.params ?? {})).toHaveLength(130 + 4 + 9);
  expect(first?.params).toMatchObject({
    ...{ 'many.p129': '129', 'odd.a_b': `${'x'.repeat(5999)}…`, 'odd.none': 'null', 'odd.list': '[1,"two"]' },
    ...{ 'model.learning_rate': '0.0001', 'odd.empty': '' },
  });
  expect(first?.history).toHaveLength(2500);
  expect(first?.history.slice(0, 4)).toEqual([
    [1, 1],
    [2, 0.5],
    [3, 'NaN'],
    [4, 0.25],
  ]);
  expect(first?.metrics).toEqual({
    ...{ 'evaluate.ndcg_at_10': 0.25, 'evaluate.precision_at_5': 0.125, 'evaluate.loss': 1.5 },
    ...{ 'train.g_loss': 1 / 2500, 'train.g_loss.best': 0.7, 'train.d_accuracy': 0.5, 'train.d_accuracy.best': 0.5 },
  });
  expect(second?.metrics['evaluate.ndcg_at_10']).toBe('NaN');
  expect(second?.tags).toMatchObject({
    ...{ 'mlflow.note.content': 'why\nnot', 'retrial.tags': 'a, b', 'retrial.attempt': '1' },
    'mlflow.runName': `${second?.tags['retrial.config_hash']?.slice(0, 12)}@1`,
  });
  expect(await exported(on, '--experiment', 'all')).toBe(
    '4 runs in experiment "all": 0 new, 0 updated, 4 as they were',
  );
  expect(await seen('all')).toEqual(runs);
});

test('a study is an experiment, and what is said later is added', async () => {
  const on = rig({ 'pipeline.yaml': 'version: 1\nstages: {}\n' });
  const hashes = recordStudy(layoutOf(on.path('runs')));
  await exported(on, 'loss');
  const before = await seen('loss');
  expect(before.map(({ tags }) => [tags['retrial.study'], tags['retrial.trial'], tags['retrial.replicate']])).toEqual(
    hashes.map((_, trial) => ['loss', String(trial), '0']),
  );
  await on.retrial('note', String(hashes[3]), 'looked at');
  expect(await exported(on, 'loss')).toContain('0 new, 1 updated, 11 as they were');
  const after = await seen('loss');
  expect(after[3]?.tags['mlflow.note.content']).toBe('looked at');
  const withoutTags = (runs: readonly Seen[]) => runs.map(({ tags: _, ...rest }) => rest);
  expect(withoutTags(after)).toEqual(withoutTags(before));
});

test('a run that goes on is completed there', async () => {
  const on = project({ killed: true }); // its writer, this process, lives
  await exported(on, '--experiment', 'live');
  const [running] = await seen('live');
  expect([running?.status, running?.end, running?.history]).toEqual(['RUNNING', null, []]);
  record(layoutOf(on.path('runs')), {});
  expect(await exported(on, '--experiment', 'live')).toContain('0 new, 1 updated');
  const [finished, ...others] = await seen('live');
  expect([finished?.status, finished?.history.length, others]).toEqual(['FINISHED', 50, []]);
  expect(finished?.metrics['evaluate.ndcg_at_10']).toBe(0.25);
});

test('a connection that is lost in the middle is told, and the same command goes on', async () => {
  const on = rig({ 'pipeline.yaml': 'version: 1\nstages: {}\n' });
  recordStudy(layoutOf(on.path('runs')), 'lost');
  const proxy = await breaking(25);
  const broken = await on.retrial('export', 'lost', '--to', 'mlflow', '-o', proxy);
  expect([broken.exitCode, broken.stdout]).toEqual([1, '']);
  expect(broken.stderr).toMatch(/^error: no answer from .*\n {2}→ run the same command again/m);
  expect(await exported(on, 'lost')).toMatch(/[1-9] new, 1 updated, [1-9] as they were/);
  const runs = await seen('lost');
  expect(runs).toHaveLength(12);
  for (const { history, status } of runs.filter((one) => one.status === 'FINISHED'))
    expect([history.length, status]).toEqual([50, 'FINISHED']);
  const refused = await on.retrial('export', 'lost', '--to', 'mlflow', '-o', `${address}/elsewhere`);
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringMatching(/^error: .* answered .* with 404/)]);
});

/** A server before the server: after some requests it takes one more to it, and hangs up without an answer. */
async function breaking(requests: number): Promise<string> {
  let left = requests;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = request.method === 'POST' ? { body: Buffer.concat(chunks) } : {};
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${address}${request.url}`, { method: request.method ?? 'GET', headers, ...body });
    if (left-- <= 0) request.socket.destroy();
    else response.writeHead(answer.status, headers).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
