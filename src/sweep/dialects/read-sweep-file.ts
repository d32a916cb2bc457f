/** A sweep file as it was written, ours or W&B's, and with what the command line adds, in the form the rest reads. */
import { type Diagnostic, UserError } from '../../errors.ts';
import { isMap } from '../../pipeline/param-tree.ts';
import type { JsonValue } from '../../pipeline/types.ts';
import { validate } from '../../pipeline/validate.ts';
import { readYaml, type YamlFile } from '../../pipeline/yaml-file.ts';
import { overlayName } from '../overlay-dimension.ts';
import { type Say, sayTo } from '../say.ts';
import { sweepSchema } from '../spec-schema.ts';
import { type Override, readOverrides } from './overrides.ts';
import { type JsonMap, type Move, rewritten } from './rewritten.ts';
import { hydraText } from './texts.ts';
import { type WandbFile, wandbFile } from './wandb-file.ts';
import { type Leaf, leaves, placeholder, type Translated, wandbParameter } from './wandb-parameter.ts';

export interface ReadSweepFile extends Pick<WandbFile, 'warnings' | 'curveOfObjective'> {
  /** Its value is a {@link SweepFile}; places are those in the user's file, or in an argument. */
  readonly file: YamlFile;
}

/**
 * @param overrides `model.lr=0.1,0.01`: parameters that are added or replaced.
 * Throws one {@link UserError} with every mistake of form.
 */
export async function readSweepFile(path: string, overrides: readonly string[]): Promise<ReadSweepFile> {
  const file = await readYaml(path);
  const mistakes: Diagnostic[] = [];
  const given = readOverrides(overrides, mistakes);
  if (!isMap(file.value)) throw new UserError([...mistakes, ...(await validate(file, sweepSchema))]);
  const { value, moves, ...said } =
    'method' in file.value
      ? await wandbFile(file.value, file, mistakes)
      : { value: file.value, moves: [], warnings: [] };
  const swept = parametersOf(value, given, file, 'method' in file.value, mistakes);
  const whole = rewritten(withOverrides(file, overrides), { ...value, ...swept.value }, [...moves, ...swept.moves]);
  const invalid = [...mistakes, ...(await validate(whole, sweepSchema))];
  if (invalid.length > 0) throw new UserError(invalid);
  return { file: whole, ...said };
}

/** What was asked on the command line is on record with the file. */
function withOverrides(file: YamlFile, overrides: readonly string[]): YamlFile {
  const lines = overrides.map((text) => `# on the command line: ${text.replaceAll(/\s/g, ' ')}\n`);
  return { ...file, text: [file.text, ...lines].join('') };
}

/** The parameters in our words: the overlays, those of the file, and those of the command line. */
function parametersOf(
  { parameters, overlays }: JsonMap,
  overrides: readonly Override[],
  file: YamlFile,
  isWandb: boolean,
  mistakes: Diagnostic[],
): { readonly value: JsonMap; readonly moves: readonly Move[] } {
  if (parameters !== undefined && !isMap(parameters)) return { value: {}, moves: [] };
  const say = sayTo(mistakes);
  const made: Record<string, JsonValue> = {};
  const moves: Move[] = [];
  if (overlays !== undefined) {
    const isList = Array.isArray(overlays) && overlays.length > 0;
    made[overlayName] = isList ? { values: overlays } : placeholder; // the schema says of the list what is wrong with it
    moves.push({ to: ['parameters', overlayName], from: ['overlays'] });
    moves.push({ to: ['parameters', overlayName, 'values'], from: ['overlays'] });
  }
  for (const leaf of leaves(parameters ?? {}, ['parameters'], say, file)) {
    if (leaf.name in made) say(`${leaf.name} is there twice`, file.keyPlace(leaf.at), twiceHint(leaf));
    const translated = parameterOf(leaf, file, isWandb, say, mistakes);
    made[leaf.name] = translated.parameter;
    moves.push(...translated.moves);
  }
  for (const { name, parameter, moves: own } of overrides) {
    const before = made[name];
    made[name] = isMap(before) && before.when !== undefined ? { ...parameter, when: before.when } : parameter;
    moves.push(...own);
  }
  const isNone = parameters === undefined && Object.keys(made).length === 0;
  return isNone ? { value: {}, moves } : { value: { parameters: made }, moves };
}

function twiceHint({ name }: Leaf): string | undefined {
  return name === overlayName ? 'with overlays, it is the name of what they are among the parameters' : undefined;
}

function parameterOf(leaf: Leaf, file: YamlFile, isWandb: boolean, say: Say, mistakes: Diagnostic[]): Translated {
  const { name, written, at } = leaf;
  if (isMap(written)) return wandbParameter(leaf, written, file, isWandb, say);
  if (written === null || typeof written === 'object') {
    const kind = written === null ? 'empty' : 'a list';
    say(`${name} must be a map or a text, not ${kind}`, file.place(at), `for example ${name}: { values: [a, b] }`);
    return { parameter: placeholder, moves: [] };
  }
  return hydraText(name, at, file, mistakes);
}
