/** The triples that BPR learns from. */
import { type Interactions, itemsOf } from '../../datasets/interactions.ts';
import { stream } from '../../random-stream.ts';

/** `visit` is called with a user, an item it liked, and one it did not. */
export type Epoch = (visit: (user: number, liked: number, other: number) => void) => void;

/**
 * Each epoch draws as many triples as there are entries: an entry (with replacement, as in LearnBPR of Rendle et al.
 * 2009), then an item evenly from those the user did not like. Users who liked every item teach nothing and are left out.
 *
 * @returns undefined where no triple exists
 */
export function epochOf(train: Interactions, seed: number): Epoch | undefined {
  const { integer } = stream(seed, 'bpr-mf', 'triples');
  const owners = ownersOf(train);
  if (owners.length === 0) return undefined;
  return (visit) => {
    for (let draw = 0; draw < owners.length; draw++) {
      const user = owners[integer(owners.length)] as number;
      const own = itemsOf(train, user);
      // Evenly over the user's entries: as drawing an entry, of which the owner is known.
      const liked = own[integer(own.length)] as number;
      visit(user, liked, missing(own, integer(train.items - own.length)));
    }
  };
}

/** `[entries]`: the user of each, without those who liked every item. */
function ownersOf(train: Interactions): Int32Array {
  const owners: number[] = [];
  for (let user = 0; user < train.users; user++) {
    const { length } = itemsOf(train, user);
    if (length < train.items) for (let i = 0; i < length; i++) owners.push(user);
  }
  return Int32Array.from(owners);
}

/** The item at place `rank` among those not in `own` (rising): own[i] − i of them come before own[i]. */
export function missing(own: Int32Array, rank: number): number {
  let low = 0;
  let high = own.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((own[middle] as number) - middle <= rank) low = middle + 1;
    else high = middle;
  }
  return rank + low;
}
