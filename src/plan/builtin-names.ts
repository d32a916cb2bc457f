/** Under which names a file has what Node's own modules give it to load other files with. */
import type { AnyNode, Expression, Program, SpreadElement, Super } from 'acorn';
import { nodesBelow } from './syntax-tree.ts';

const modules = {
  ...{ createRequire: 'module', register: 'module', Worker: 'worker_threads', fork: 'child_process' },
  ...{ spawn: 'child_process', spawnSync: 'child_process', execFile: 'child_process', execFileSync: 'child_process' },
  ...{ exec: 'child_process', execSync: 'child_process', execa: 'execa', execaSync: 'execa' },
} as const;
type Builtin = keyof typeof modules;

export interface BuiltinNames {
  /** Whether the callee is the builtin: by its name, as a property, or by the name it was imported under. */
  calls(callee: Expression | Super, builtin: Builtin): boolean;
  /** The value of a name that is declared once as a constant; anything else as it is. */
  constant(node: Expression | SpreadElement | undefined): Expression | SpreadElement | undefined;
}

/** Scopes are not told apart: a name that may be the builtin is taken to be. */
export function builtinNames(program: Program): BuiltinNames {
  const nodes = [...nodesBelow(program)].map(({ node }) => node);
  const mentioned = new Set(nodes.flatMap((node) => moduleName(node) ?? []));
  const aliases = new Map<string, Set<string>>();
  for (const node of nodes) {
    const [from, to] = renamed(node) ?? [];
    if (from !== undefined && to !== undefined) aliases.set(from, (aliases.get(from) ?? new Set()).add(to));
  }
  const constants = constantsOf(nodes);
  return {
    calls: (callee, builtin) => {
      if (!mentioned.has(modules[builtin])) return false;
      const name = calledName(callee);
      return name === builtin || (name !== undefined && aliases.get(builtin)?.has(name) === true);
    },
    constant: (node) => (node?.type === 'Identifier' ? (constants.get(node.name) ?? node) : node),
  };
}

function moduleName({ type, ...node }: AnyNode): string | undefined {
  if (type !== 'Literal' || !('value' in node) || typeof node.value !== 'string') return undefined;
  return node.value.replace(/^node:/, '');
}

/** `import { Worker as Thread }`, `const { Worker: Thread } = …`, `const Thread = threads.Worker` */
function renamed(node: AnyNode): [string, string] | undefined {
  if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init?.type === 'MemberExpression') {
    const property = calledName(node.init);
    return property === undefined ? undefined : [property, node.id.name];
  }
  if (node.type === 'ImportSpecifier' && node.imported.type === 'Identifier')
    return [node.imported.name, node.local.name];
  if (node.type === 'Property' && node.key.type === 'Identifier' && node.value.type === 'Identifier')
    return [node.key.name, node.value.name];
  return undefined;
}

function calledName(callee: Expression | Super): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression') return undefined;
  if (callee.property.type === 'Identifier' && !callee.computed) return callee.property.name;
  return callee.property.type === 'Literal' ? String(callee.property.value) : undefined;
}

function constantsOf(nodes: readonly AnyNode[]): Map<string, Expression> {
  const found = new Map<string, Expression>();
  const twice = new Set<string>();
  for (const node of nodes) {
    if (node.type !== 'VariableDeclaration') continue;
    for (const { id, init } of node.declarations) {
      if (id.type !== 'Identifier') continue;
      if (node.kind !== 'const' || init == null || found.has(id.name)) twice.add(id.name);
      else found.set(id.name, init);
    }
  }
  for (const name of twice) found.delete(name);
  return found;
}
