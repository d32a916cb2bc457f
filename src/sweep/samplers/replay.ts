/** For samplers whose state is derived from what was seen, one generation after the other. */
import { isDeepStrictEqual } from 'node:util';

/** @param inputs all that the state depends on, besides the states before it */
export type Step<State> = (index: number, inputs: readonly unknown[], derive: () => State) => State;

/** Remembers the states of one replay for the next: from the first step on whose inputs differ they are derived anew. */
export function replaySteps<State>(): Step<State> {
  let known: { readonly inputs: readonly unknown[]; readonly state: State }[] = [];
  return (index, inputs, derive) => {
    const before = known[index];
    if (before !== undefined && isDeepStrictEqual(before.inputs, inputs)) return before.state;
    const state = derive();
    known = [...known.slice(0, index), { inputs, state }];
    return state;
  };
}
