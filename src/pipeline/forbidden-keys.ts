const forbidden: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** Names that JavaScript has a meaning of its own for: as keys of data they are a mistake or an attack. */
export function isForbiddenKey(name: string): boolean {
  return forbidden.includes(name);
}
