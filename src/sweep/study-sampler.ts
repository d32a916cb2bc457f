/** The sampler of a whole study: of its arms, within its constraints. */
import { randomStream } from '../random.ts';
import { armsOf, spaceOfArm, stratified } from './arms.ts';
import { constrained, constrainedGrid } from './constraints.ts';
import type { StudyDefinition } from './definition.ts';
import { type Sampler, type SamplerSpec, samplerOf } from './sampler.ts';
import type { SearchSpace } from './search-space.ts';

/** @param done keys of points that a grid is to leave out, as they were asked before its space was changed */
export async function studySampler(definition: StudyDefinition, done: ReadonlySet<string>): Promise<Sampler> {
  const { space, constraints, sampler } = definition;
  if (sampler.type === 'grid') return constrainedGrid(space, constraints, done);
  const arms = armsOf(definition);
  const samplers = await Promise.all(
    arms.map((arm, at) => samplerWithin(definition, spaceOfArm(space, arm), reseeded(sampler, 'arm', at))),
  );
  return arms.length === 1 ? (samplers[0] as Sampler) : stratified(definition, arms, samplers);
}

async function samplerWithin(
  { constraints }: StudyDefinition,
  space: SearchSpace,
  spec: Exclude<SamplerSpec, { type: 'grid' }>,
): Promise<Sampler> {
  const sampler = await samplerOf(spec, space);
  if (constraints.length === 0) return sampler;
  const others = await Promise.all(
    Array.from({ length: retries }, (_, at) => samplerOf(reseeded(spec, 'try', at + 1), space)),
  );
  return constrained(space, constraints, spec.seed, [sampler, ...others]);
}

/** So often a sampler is asked for one point before points are drawn at random. */
const retries = 30;

/** The seed of a part; that of part 0 is the seed itself. */
function reseeded<S extends { readonly seed: number }>(spec: S, part: string, at: number): S {
  return at === 0 ? spec : { ...spec, seed: randomStream(spec.seed, part, at).integer(0, 2 ** 31 - 1) };
}
