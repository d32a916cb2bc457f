/** A project of many stages that each do one thing to their output, so that one run tries them all. */
import { type Rig, type RunJson, rig } from '../helpers/rig.ts';

export interface Tried {
  readonly project: Rig;
  readonly exitCode: number;
  readonly stderr: string;
  readonly result: RunJson;
}

/** Of the modules that take long to load those that a script uses. */
const imports = (script = '') =>
  ['os', 'sys', ...['shutil', 'socket'].filter((name) => script.includes(name))].join(', ');

const prelude = `
out = sys.argv[1]
def write(path, text="x"):
    with open(path, "w") as file: file.write(text)
`;

/** @param scripts what each stage does, in Python, by its name; `out` is its output's path, a folder that is there */
export function manyStages(scripts: Readonly<Record<string, string>>, out = 'out/'): Rig {
  const names = Object.keys(scripts);
  const stages = names.map(
    (name) => `  ${name}:
    cmd: [python3, do_${name}.py, "\${outs.made}"]
    code: [do_${name}.py]
    outs: { made: ${out} }
`,
  );
  const files = names.map((name) => [`do_${name}.py`, `import ${imports(scripts[name])}${prelude}${scripts[name]}\n`]);
  return rig({ 'pipeline.yaml': `version: 1\nstages:\n${stages.join('')}`, ...Object.fromEntries(files) });
}

/** Runs every stage, whichever fails. */
export async function tryAll(project: Rig): Promise<Tried> {
  const { exitCode, stdout, stderr } = await project.retrial('run', '--json', '--keep-going');
  if (stdout === '') throw new Error(`no JSON on stdout:\n${stderr}`);
  return { project, exitCode, stderr, result: JSON.parse(stdout) as RunJson };
}

/** Why each stage failed, by its name; a stage that did not has none. */
export function reasons({ result }: Tried): Record<string, string> {
  return Object.fromEntries(
    result.stages.flatMap(({ name, reason }) =>
      reason === undefined ? [] : [[name, `${reason.kind}: ${String(reason.message ?? reason.output ?? '')}`]],
    ),
  );
}
