/** The files of a fresh project: three small stages that need nothing but Node. */

/** Path → text, in the order in which a person reads them. */
export const initFiles: Readonly<Record<string, string>> = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make-data:
    desc: Points around a curve, in two parts
    cmd: node stages/make-data.mjs
    params: [data]
    outs: { train: train.json, validation: validation.json }
  train:
    desc: A polynomial through the train part, by gradient descent
    cmd: node stages/train.mjs
    deps: { points: "\${make-data.train}" }
    params: [model]
    outs: { model: model.json }
    series:
      loss: { desc: Mean squared error on the train part, goal: minimize }
  evaluate:
    desc: How far it is from points it has not seen
    cmd: node stages/evaluate.mjs
    deps: { model: "\${train.model}", points: "\${make-data.validation}" }
    metrics:
      scores: { path: scores.json, goal: { mse: minimize }, comparable_by: [points] }
`,
  'params.yaml': `# Every parameter, once, with its default; change one for a run with --set model.degree=1.
data:
  points: 200
  noise: 0.1
  seed: 1
model:
  degree: 3
  learning_rate: 0.2
  steps: 300
`,
  'sweep.yaml': `# retrial sweep sweep.yaml
version: 1
name: degree
question: Which degree fits best, and how fast may it learn?
metric: { name: evaluate.mse, goal: minimize }
parameters:
  model.degree: { values: [1, 2, 3] }
  model.learning_rate: { values: [0.05, 0.2] }
sampler: { type: grid }
`,
  'stages/make-data.mjs': `/** y = x³ - x / 2 with noise, x between -1 and 1; every fourth point is for validation. */
import { stage, writeJson } from './stage.mjs';

const { points, noise, seed } = stage.params.data;

/** Mulberry32: the same numbers for the same seed, on every machine. */
function random(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const next = random(seed);
const all = Array.from({ length: points }, () => {
  const x = 2 * next() - 1;
  return [x, x * x * x - x / 2 + noise * (2 * next() - 1)];
});
writeJson(
  stage.outs.train,
  all.filter((_, i) => i % 4 !== 0),
);
writeJson(
  stage.outs.validation,
  all.filter((_, i) => i % 4 === 0),
);
`,
  'stages/train.mjs': `import { predict, readJson, report, stage, writeJson } from './stage.mjs';

const { degree, learning_rate, steps } = stage.params.model;
const points = readJson(stage.deps.points);
const weights = new Array(degree + 1).fill(0);

for (let step = 1; step <= steps; step++) {
  let loss = 0;
  const gradient = weights.map(() => 0);
  for (const [x, y] of points) {
    const error = predict(weights, x) - y;
    loss += error ** 2 / points.length;
    for (let power = 0; power <= degree; power++) gradient[power] += (2 * error * x ** power) / points.length;
  }
  gradient.forEach((slope, power) => {
    weights[power] -= learning_rate * slope;
  });
  if (step % 10 === 0) report({ step, loss });
}
writeJson(stage.outs.model, weights);
`,
  'stages/evaluate.mjs': `import { predict, readJson, stage, writeJson } from './stage.mjs';

const weights = readJson(stage.deps.model);
const points = readJson(stage.deps.points);
const squares = points.map(([x, y]) => (predict(weights, x) - y) ** 2);
writeJson(stage.outs.scores, { mse: squares.reduce((sum, square) => sum + square, 0) / squares.length });
`,
  'stages/stage.mjs': `/** What the stages share. Changing a line here runs again the stages that import it, and what follows from them. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

/** What Retrial tells a stage: its params, the paths of its dependencies, the paths to write its outputs to. */
export const stage = readJson(process.env.RETRIAL_STAGE);

export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

export function writeJson(path, value) {
  writeFileSync(path, \`\${JSON.stringify(value)}\\n\`);
}

/** Adds a point to the live series: { step: 10, loss: 0.5 }. */
export function report(point) {
  appendFileSync(process.env.RETRIAL_METRICS, \`\${JSON.stringify(point)}\\n\`);
}

/** The value at x of the polynomial with these weights, the constant first. */
export function predict(weights, x) {
  return weights.reduceRight((sum, weight) => sum * x + weight, 0);
}
`,
  '.gitignore': `runs/
node_modules/
`,
  'README.md': `# A pipeline

Data is made, a model trained on it, and the model evaluated: \`pipeline.yaml\` says how, \`params.yaml\` with what.

\`\`\`sh
retrial run                          # every stage; again: nothing, as all is known
retrial run --set model.degree=1     # what the param changes runs, the rest is shared
retrial status --why                 # what would run, and which field of its key changed
retrial sweep sweep.yaml             # six settings in parallel, ranked
retrial compare                      # the same as one offline page: runs/compare.html
retrial diff A B                     # two runs, field by field
retrial reproduce latest             # again without the cache: are the bytes the same?
\`\`\`

Everything made is under \`runs/\`. Commands in \`pipeline.yaml\` may be in any language: a stage reads its params and paths
from the JSON file named by \`RETRIAL_STAGE\`, or has them put into its command line as \`\${params.model.degree}\`.
`,
};
