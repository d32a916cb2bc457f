/** The few shapes of syntax by which code that loads other code is told. */
import type { AnyNode, CallExpression, Expression, NewExpression, SpreadElement, Super } from 'acorn';
import { nodesBelow } from './syntax-tree.ts';

export type Argument = Expression | SpreadElement | undefined;

export function isCall(node: AnyNode): node is CallExpression | NewExpression {
  return node.type === 'CallExpression' || node.type === 'NewExpression';
}

export function literal(node: Argument): string | undefined {
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

export function isIdentifier(node: Expression | Super, name: string): boolean {
  return node.type === 'Identifier' && node.name === name;
}

export function isMember(node: Expression | Super, object: string, property: string): boolean {
  return (
    node.type === 'MemberExpression' &&
    isIdentifier(node.object, object) &&
    node.property.type === 'Identifier' &&
    node.property.name === property
  );
}

export function isImportMeta(node: AnyNode, property: string): boolean {
  return (
    node.type === 'MemberExpression' &&
    node.object.type === 'MetaProperty' &&
    node.property.type === 'Identifier' &&
    node.property.name === property
  );
}

export function mentionsImportMeta(node: Argument): boolean {
  return node !== undefined && [...nodesBelow(node)].some((inner) => inner.node.type === 'MetaProperty');
}

export function holdsTrue(options: Extract<Expression, { type: 'ObjectExpression' }>, name: string): boolean {
  return options.properties.some(
    (property) =>
      property.type === 'Property' &&
      property.key.type === 'Identifier' &&
      property.key.name === name &&
      property.value.type === 'Literal' &&
      property.value.value === true,
  );
}

/** `const load = require`, `run(require)`: the calls cannot be told any more. */
export function isHandedOn(node: AnyNode, parent: AnyNode | undefined): boolean {
  switch (parent?.type) {
    case 'VariableDeclarator':
      return parent.init === node;
    case 'AssignmentExpression':
      return parent.right === node;
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee !== node;
    case 'Property':
      return parent.value === node && !parent.shorthand;
    case 'ReturnStatement':
    case 'ArrayExpression':
      return true;
    default:
      return false;
  }
}
