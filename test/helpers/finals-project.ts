/** A study of three arms with final runs, whose scores by user are known. */
import type { Finalists } from '../../src/record/finalists.ts';
import type { Changes } from './sweep-project.ts';

/** `plain` and `other` depend on their seed, each user on it otherwise; `fixed` does not. */
export const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  train:
    cmd: sh train.sh \${params.model.kind} \${params.seed} \${outs.model}
    code: [train.sh]
    outs: { model: model.txt }
  score:
    cmd: sh score.sh \${deps.model} \${outs.scores}
    code: [score.sh]
    deps: { model: "\${train.model}" }
    metrics: { scores: { path: scores.json, goal: maximize } }
  test:
    cmd: sh score.sh \${deps.model} \${outs.final}
    code: [score.sh]
    holdout: true
    deps: { model: "\${train.model}" }
    metrics: { final: { path: final.json, units: users.csv, goal: { value: maximize } } }
`,
  'params.yaml': 'model: { kind: plain }\nseed: 1\n',
  'train.sh': `[ "$1" = other ] && [ "$2" = 99 ] && { echo no >&2; exit 4; }
echo "$1 $2" > "$3"
`,
  'score.sh': `read -r kind seed < "$1"
awk -v kind="$kind" -v seed="$seed" -v file="$(dirname "$2")/users.csv" 'BEGIN {
  print "user,value" > file
  for (u = 0; u < 12; u++) {
    value = (u * 5 % 12) / 20
    if (kind == "fixed") value += 0.42 + (u % 3) / 50
    else value += (kind == "plain" ? 0.41 : 0.2) + (seed * 3 % 7) / 100 + (seed * (u + 1) % 5) / 50
    printf "u%d,%.17g\\n", u, value > file
    sum += value
  }
  printf "{\\"value\\": %.17g, \\"cost\\": %d}\\n", sum / 12, seed
}' > "$2"
`,
};

export const changes: Changes = {
  name: 's',
  parameters: '{ model.kind: { values: [plain, fixed, other] } }',
  stratify: '[model.kind]',
  final: '{ until: test, seeds: [11, 12, 13] }',
};

export type WithFinalists = { readonly finalists: Finalists & { readonly verdict: string } };
