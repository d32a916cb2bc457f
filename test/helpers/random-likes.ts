/** Small random training parts, and the same as dense matrices, to check models against definitions written out. */
import { Matrix } from 'ml-matrix';
import { type Interactions, interactionsOf, itemsOf } from '../../stages/datasets/interactions.ts';
import { stream } from '../../stages/random-stream.ts';

/** Entries of 1; item i is liked by a share of the users that falls with i. The last item and the last user have none. */
export function randomLikes(users: number, items: number, seed: number): Interactions {
  const { uniform } = stream(seed, 'likes');
  const entries = Array.from({ length: users - 1 }, (_, user) =>
    Array.from({ length: items - 1 }, (_, item) => ({ user, item, value: 1 })).filter(
      ({ item }) => uniform() < 0.7 * (1 - item / items),
    ),
  );
  return interactionsOf(entries.flat(), { users, items });
}

/** `[users, items]`, 1 where there is an entry. */
export function denseLikes(likes: Interactions): Matrix {
  const dense = Matrix.zeros(likes.users, likes.items);
  for (let user = 0; user < likes.users; user++) for (const item of itemsOf(likes, user)) dense.set(user, item, 1);
  return dense;
}
