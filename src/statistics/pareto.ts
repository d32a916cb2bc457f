/** What is best where several losses count: of each, the lower the better; all are finite. */

/** One trial's losses; all have as many. */
export type Losses = readonly number[];

/** Nowhere worse, and somewhere better. */
export function dominates(a: Losses, b: Losses): boolean {
  return a.every((loss, at) => loss <= (b[at] ?? 0)) && a.some((loss, at) => loss < (b[at] ?? 0));
}

/** Indices, rising, of those that no other dominates; of equal ones each. */
export function paretoFront(all: readonly Losses[]): readonly number[] {
  // In this order nothing is dominated by what comes later.
  const order = all.map((_, index) => index).sort((a, b) => inOrder(all[a] ?? [], all[b] ?? []));
  const front: number[] = [];
  for (const index of order)
    if (!front.some((better) => dominates(all[better] ?? [], all[index] ?? []))) front.push(index);
  return front.sort((a, b) => a - b);
}

/** The first loss that differs decides. */
function inOrder(a: Losses, b: Losses): number {
  const at = a.findIndex((loss, index) => loss !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** Of each: 0 on the Pareto front, 1 on the front of what is left without it, and so on. */
export function paretoRanks(all: readonly Losses[]): readonly number[] {
  const ranks = Array<number>(all.length).fill(0);
  let left = all.map((_, index) => index);
  for (let rank = 0; left.length > 0; rank++) {
    const front = new Set(paretoFront(left.map((index) => all[index] ?? [])));
    for (const at of front) ranks[left[at] ?? 0] = rank;
    left = left.filter((_, at) => !front.has(at));
  }
  return ranks;
}

/**
 * How far apart the neighbours on both sides are, summed over losses, each in parts of the front's extent; Infinity at
 * its ends (Deb et al., "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II", IEEE Transactions on
 * Evolutionary Computation 6, 2002, section III-B).
 *
 * @param front losses of trials of one rank
 */
export function crowdingDistances(front: readonly Losses[]): readonly number[] {
  const distances = Array<number>(front.length).fill(0);
  for (let at = 0; at < (front[0]?.length ?? 0); at++) {
    const loss = (index: number | undefined) => front[index ?? 0]?.[at] ?? 0;
    const order = front.map((_, index) => index).sort((a, b) => loss(a) - loss(b));
    const extent = loss(order.at(-1)) - loss(order[0]);
    if (extent === 0) continue;
    for (const [place, index] of order.entries()) {
      const isEnd = place === 0 || place === order.length - 1;
      const gap = isEnd ? Infinity : (loss(order[place + 1]) - loss(order[place - 1])) / extent;
      distances[index] = (distances[index] ?? 0) + gap;
    }
  }
  return distances;
}

/**
 * Volume between the losses and a point that is worse: what at least one of them dominates. By inclusion and exclusion
 * over the front (While, Bradstreet and Barone, "A Fast Way of Calculating Exact Hypervolumes", IEEE Transactions on
 * Evolutionary Computation 16, 2012); time rises with the front's size to the power of the number of losses.
 *
 * @param reference one number for each loss; what is beyond it counts nothing
 */
export function hypervolume(all: readonly Losses[], reference: Losses): number {
  const within = all.map((losses) => losses.map((loss, at) => Math.min(loss, reference[at] ?? 0)));
  return volumeOf(frontOf(within), reference);
}

function volumeOf(front: readonly Losses[], reference: Losses): number {
  if (reference.length === 2) return areaOf(front, reference);
  return front.reduce((sum, losses, at) => {
    const shared = front.slice(at + 1).map((other) => other.map((loss, index) => Math.max(loss, losses[index] ?? 0)));
    return sum + boxOf(losses, reference) - volumeOf(frontOf(shared), reference);
  }, 0);
}

/** @param front in the order of the first loss, so that the second falls */
function areaOf(front: readonly Losses[], [right = 0, top = 0]: Losses): number {
  return front.reduce(
    (sum, [x = 0, y = 0], at) => sum + (right - x) * ((at === 0 ? top : (front[at - 1]?.[1] ?? 0)) - y),
    0,
  );
}

function boxOf(losses: Losses, reference: Losses): number {
  return losses.reduce((product, loss, at) => product * ((reference[at] ?? 0) - loss), 1);
}

/** Of equal ones one, by the first loss. */
function frontOf(all: readonly Losses[]): readonly Losses[] {
  const front = paretoFront(all).map((index) => all[index] ?? []);
  return front.sort(inOrder).filter((losses, at) => at === 0 || inOrder(losses, front[at - 1] ?? []) !== 0);
}
