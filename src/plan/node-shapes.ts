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

/** `import.meta.url`, `pathToFileURL(__filename)`: relative to the file itself. */
export function mentionsOwnPlace(node: Argument): boolean {
  const isOwn = (inner: AnyNode) =>
    inner.type === 'MetaProperty' || (inner.type === 'Identifier' && /^__(file|dir)name$/.test(inner.name));
  return node !== undefined && [...nodesBelow(node)].some((inner) => isOwn(inner.node));
}

/** `process.execPath`, `process.argv[0]`, `process.argv0`: the Node that runs the code. */
export function isThisNode(node: Argument): boolean {
  if (node === undefined || node.type === 'SpreadElement') return false;
  return isMember(node, 'process', 'execPath') || isMember(node, 'process', 'argv0') || isArgument(node, 0);
}

/** `__filename`, `import.meta.filename`, `process.argv[1]`: a file that is in the key already. */
export function isOwnFile(node: Argument): boolean {
  if (node === undefined || node.type === 'SpreadElement') return false;
  return isIdentifier(node, '__filename') || isImportMeta(node, 'filename') || isArgument(node, 1);
}

function isArgument(node: Expression, index: number): boolean {
  return (
    node.type === 'MemberExpression' &&
    isMember(node.object, 'process', 'argv') &&
    node.property.type === 'Literal' &&
    node.property.value === index
  );
}

export function propertyOf(
  { properties }: Extract<Expression, { type: 'ObjectExpression' }>,
  name: string,
): Expression | undefined {
  const found = properties.find(
    (property) => property.type === 'Property' && property.key.type === 'Identifier' && property.key.name === name,
  );
  return found?.type === 'Property' ? (found.value as Expression) : undefined;
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
