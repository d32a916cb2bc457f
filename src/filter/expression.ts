/** A filter as data, with the place of each part in its text. */
import type { JsonValue } from '../pipeline/types.ts';
import type { Span } from './mistake.ts';

export type Order = '<' | '<=' | '>' | '>=';
export type Arithmetic = '+' | '-' | '*' | '/';

/** What stands for a value of a run, or is one. */
export type Value = Span &
  (
    | { readonly kind: 'literal'; readonly value: JsonValue }
    | { readonly kind: 'field' | 'param' | 'metric'; readonly name: string }
    | { readonly kind: 'negative'; readonly of: Value }
    | { readonly kind: 'arithmetic'; readonly operator: Arithmetic; readonly left: Value; readonly right: Value }
  );

/** What is true or false of a run. */
export type Condition = Span &
  (
    | { readonly kind: 'equals'; readonly left: Value; readonly right: Value }
    | { readonly kind: 'order'; readonly operator: Order; readonly left: Value; readonly right: Value }
    | { readonly kind: 'in'; readonly left: Value; readonly values: readonly JsonValue[] }
    | { readonly kind: 'contains'; readonly left: Value; readonly right: Value }
    | { readonly kind: 'match'; readonly left: Value; readonly pattern: RegExp }
    | { readonly kind: 'not'; readonly of: Condition }
    | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  );

export type Expression = Value | Condition;

/** Names of the metrics that a condition speaks of. */
export function metricsIn(of: Expression): string[] {
  switch (of.kind) {
    case 'metric':
      return [of.name];
    case 'literal':
    case 'field':
    case 'param':
      return [];
    case 'and':
    case 'or':
      return of.of.flatMap(metricsIn);
    case 'not':
    case 'negative':
      return metricsIn(of.of);
    case 'in':
    case 'match':
      return metricsIn(of.left);
    default:
      return [...metricsIn(of.left), ...metricsIn(of.right)];
  }
}

export function isValue(expression: Expression): expression is Value {
  return ['literal', 'field', 'param', 'metric', 'negative', 'arithmetic'].includes(expression.kind);
}
