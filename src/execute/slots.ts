/** Processor slots shared by the stages of one engine. */
export interface Slots {
  /** Waits until `count` slots are free and takes them; more than there are waits for all of them. */
  take(count: number): Promise<Release>;
}
export type Release = () => void;

/** First come, first served: a wide stage is not starved by narrow ones behind it. */
export function slots(total: number): Slots {
  let free = total;
  const queue: { count: number; start: () => void }[] = [];
  const admit = () => {
    for (let first = queue[0]; first !== undefined && first.count <= free; first = queue[0]) {
      free -= first.count;
      queue.shift();
      first.start();
    }
  };
  return {
    take: (wanted) =>
      new Promise((resolve) => {
        const count = Math.min(wanted, total);
        let released = false;
        const release = () => {
          if (!released) free += count;
          released = true;
          admit();
        };
        queue.push({ count, start: () => resolve(release) });
        admit();
      }),
  };
}
