/**
 * Any pipeline, after any sequence of edits, damages, kills and concurrent runs: its outputs are those of a clean run,
 * and no stage ran that need not. The oracle is the text each stage should write, and the set of what was made before.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nothingRuns } from '../helpers/kill-at-random.ts';
import { type Rig, type RunJson, rig } from '../helpers/rig.ts';

interface StageModel {
  /** Of the stages before it. */
  readonly deps: readonly number[];
}

interface StageState {
  param: number;
  source: number;
  program: number;
  comment: number;
}

type Operation =
  | { readonly kind: 'param' | 'source'; readonly stage: number; readonly value: number }
  /** The program does something else; or is another text that does the same. */
  | { readonly kind: 'program' | 'comment'; readonly stage: number; readonly value: number }
  | { readonly kind: 'delete' | 'corrupt'; readonly stage: number }
  | { readonly kind: 'forget'; readonly what: 'memo' | 'index.sqlite' | 'claims' | 'stages/.tmp' }
  /** A whole result; where it is the last of its key, its lock with it. */
  | { readonly kind: 'remove'; readonly stage: number }
  /** A stage that nothing needs, and later no more. */
  | { readonly kind: 'add' | 'drop' }
  | { readonly kind: 'run' | 'force' | 'collect' }
  /** At a share of the time that a whole run takes here. */
  | { readonly kind: 'kill'; readonly share: number }
  | { readonly kind: 'together'; readonly count: number };

const stageNumber = fc.nat({ max: 4 });
const value = fc.nat({ max: 2 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('param', 'source'), stage: stageNumber, value }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('program', 'comment'), stage: stageNumber, value }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('delete', 'corrupt', 'remove'), stage: stageNumber }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('add', 'drop', 'force', 'collect') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('forget'),
      what: fc.constantFrom('memo', 'index.sqlite', 'claims', 'stages/.tmp'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('run') }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('kill'), share: fc.double({ min: 0, max: 1.1, noNaN: true }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('together'), count: fc.constantFrom(2, 3) }) },
) as fc.Arbitrary<Operation>;

const pipeline: fc.Arbitrary<StageModel[]> = fc
  .array(fc.array(fc.nat({ max: 3 }), { maxLength: 2 }), { minLength: 2, maxLength: 5 })
  .map((all) => all.map((deps, at) => ({ deps: [...new Set(deps)].filter((dep) => dep < at).sort() })));

/** How long a run of four stages takes here, so that kills fall all over it. */
let wholeMs = 0;
beforeAll(async () => {
  const project = new Project([{ deps: [] }, { deps: [0] }, { deps: [0] }, { deps: [1, 2] }], afterAll);
  const startedMs = performance.now();
  await project.do({ kind: 'run' });
  wholeMs = performance.now() - startedMs;
});

/** What the user has on disk, and what of it was made. */
class Project {
  readonly #stages: StageModel[];
  readonly #declared: number;
  readonly #rig: Rig;
  readonly #state: StageState[];
  /** Keys whose results are known; a `maybe` one was under way when its engine was killed. */
  readonly #known = new Map<string, 'yes' | 'maybe'>();
  /** Where each stage's newest result lies. */
  readonly #published = new Map<number, { key: string; path: string }>();

  constructor(stages: readonly StageModel[], onEnd?: Parameters<typeof rig>[1]) {
    this.#stages = [...stages];
    this.#declared = stages.length;
    this.#state = stages.map(() => ({ param: 0, source: 0, program: 0, comment: 0 }));
    this.#rig = rig({}, onEnd);
    for (const at of stages.keys()) this.#write(at);
    this.#writePipeline();
  }

  #writePipeline(): void {
    this.#rig.write({ 'pipeline.yaml': pipelineText(this.#stages) });
    this.#writeParams();
  }

  #write(at: number): void {
    const { source, program, comment } = this.#state[at] as StageState;
    const text = `# ${comment}\necho ${at} >> ran.txt\nparam=$1; out=$2; shift 2\n{ echo "${at} ${program} $param"; cat "$@"; } > "$out"\n`;
    this.#rig.write({ [`s${at}.sh`]: text, [`source${at}.txt`]: `source ${source}\n` });
  }

  #writeParams(): void {
    this.#rig.write({ 'params.yaml': this.#state.map(({ param }, at) => `p${at}: ${param}\n`).join('') });
  }

  /** The text the stage should write. */
  #expected(at: number): string {
    const { param, source, program } = this.#state[at] as StageState;
    const deps = (this.#stages[at] as StageModel).deps.map((dep) => this.#expected(dep)).join('');
    return `${at} ${program} ${param}\nsource ${source}\n${deps}`;
  }

  #key(at: number): string {
    const { deps } = this.#stages[at] as StageModel;
    return JSON.stringify([at, this.#state[at], deps.map((dep) => this.#expected(dep))]);
  }

  #needed(): number[] {
    return [...this.#stages.keys()].filter((at) => !this.#known.has(this.#key(at)));
  }

  async do(operation: Operation): Promise<void> {
    switch (operation.kind) {
      case 'param':
      case 'source':
      case 'program':
      case 'comment':
        return this.#edit(operation.stage % this.#stages.length, operation.kind, operation.value);
      case 'delete':
      case 'corrupt':
      case 'remove':
        return this.#damage(operation.stage % this.#stages.length, operation.kind);
      case 'forget':
        return rmSync(this.#rig.path(join('runs', operation.what)), { recursive: true, force: true });
      case 'run':
        return await this.#run(1);
      case 'together':
        return await this.#run(operation.count);
      case 'add':
        return this.#add();
      case 'drop':
        return this.#drop();
      case 'force':
        return await this.#run(1, ['-f']);
      case 'collect':
        return await this.#collect();
      case 'kill':
        return await this.#kill(operation.share * wholeMs);
    }
  }

  #edit(at: number, what: 'param' | 'source' | 'program' | 'comment', to: number): void {
    (this.#state[at] as StageState)[what] = to;
    this.#write(at);
    this.#writeParams();
  }

  #add(): void {
    this.#state.push({ param: 0, source: 0, program: 0, comment: 0 });
    this.#write(this.#stages.push({ deps: [0] }) - 1);
    this.#writePipeline();
  }

  #drop(): void {
    if (this.#stages.length === this.#declared) return;
    this.#stages.pop();
    this.#state.pop();
    this.#published.delete(this.#stages.length);
    this.#writePipeline();
  }

  /** What attempts point at stays, and whatever else goes nobody misses. */
  async #collect(): Promise<void> {
    const { exitCode, stderr } = await this.#rig.retrial('gc', '--now');
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  }

  #damage(at: number, how: 'delete' | 'corrupt' | 'remove'): void {
    const published = this.#published.get(at);
    if (published === undefined || this.#known.get(published.key) !== 'yes') return;
    if (how === 'delete') rmSync(published.path);
    else if (how === 'remove') rmSync(join(published.path, '../..'), { recursive: true });
    else writeFileSync(published.path, 'damaged');
    this.#known.delete(published.key);
  }

  async #run(count: number, args: readonly string[] = []): Promise<void> {
    const needed = args.includes('-f') ? [...this.#stages.keys()] : this.#needed();
    this.#rig.write({ 'ran.txt': '' });
    const [results] = await Promise.all([
      Promise.all(Array.from({ length: count }, () => this.#rig.run('-j', '2', ...args))),
      count > 1 ? this.#collect() : undefined, // beside them
    ]);
    const ran = this.#rig
      .read('ran.txt')
      .trim()
      .split('\n')
      .filter(Boolean)
      .map(Number)
      .sort((a, b) => a - b);
    for (const result of results) this.#check(result);
    const isSure = (at: number) => args.includes('-f') || this.#known.get(this.#key(at)) !== 'maybe';
    expect(ran.filter(isSure), 'the stages that ran').toEqual(needed);
    expect(new Set(ran).size, 'none ran twice').toBe(ran.length);
    for (const at of this.#stages.keys()) this.#known.set(this.#key(at), 'yes');
  }

  #check(result: RunJson): void {
    expect(result.status).toBe('complete');
    for (const [at, stage] of result.stages.entries()) {
      const path = this.#rig.path(join('runs/stages', stage.fingerprint, 'outs/out.txt'));
      expect(readFileSync(path, 'utf8'), `what s${at} wrote`).toBe(this.#expected(at));
      this.#published.set(at, { key: this.#key(at), path });
    }
  }

  async #kill(afterMs: number): Promise<void> {
    const running = this.#rig.start('run');
    await sleep(afterMs);
    running.kill('SIGKILL');
    await running;
    await nothingRuns(this.#rig, `killed after ${afterMs.toFixed(0)} ms`); // its watcher ends the stages
    for (const at of this.#needed()) this.#known.set(this.#key(at), 'maybe');
  }
}

function pipelineText(stages: readonly StageModel[]): string {
  const text = stages.map(({ deps }, at) => {
    const edges = deps.map((dep) => `d${dep}: "\${s${dep}.out}"`);
    const reads = deps.map((dep) => `\${deps.d${dep}}`).join(' ');
    return `  s${at}:
    cmd: sh s${at}.sh \${params.p${at}} \${outs.out} \${deps.source} ${reads}
    deps: { ${[`source: source${at}.txt`, ...edges].join(', ')} }
    code: [s${at}.sh]
    outs: { out: out.txt }
`;
  });
  return `version: 1\nparams: params.yaml\nstages:\n${text.join('')}`;
}

const numRuns = Number(process.env.RETRIAL_PROPERTY_RUNS ?? 3);

test(`outputs are those of a clean run, and nothing runs that need not (${numRuns} histories)`, async () => {
  await fc.assert(
    fc.asyncProperty(pipeline, fc.array(operation, { minLength: 3, maxLength: 9 }), async (stages, operations) => {
      const project = new Project(stages);
      for (const operation of operations) await project.do(operation);
      await project.do({ kind: 'run' });
    }),
    { numRuns, ...(process.env.RETRIAL_PROPERTY_SEED ? { seed: Number(process.env.RETRIAL_PROPERTY_SEED) } : {}) },
  );
});
