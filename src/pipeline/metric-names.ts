/** Names of metrics and series in full: the stage, a dot, and what the stage calls it, which may have dots itself. */

/** `train.val.loss` → `['train', 'val.loss']`; without a dot it is all of it the stage, and nothing its own. */
export function splitName(name: string): readonly [stage: string, own: string] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}

/** Whether two stages call it the same. */
export function isAlike(a: string, b: string): boolean {
  return splitName(a)[1] === splitName(b)[1];
}
