/** Resolved params as YAML, for the record: given back with `-c`, they make the same config. */
import { Document, isScalar, visit } from 'yaml';
import type { ParamTree } from './types.ts';

/** Numbers in exponent form get a point (`1.0e-7`): readers of YAML 1.1, Python's among them, take `1e-7` for a text. */
export function configYaml(params: ParamTree): string {
  const document = new Document(params, { sortMapEntries: true });
  visit(document, {
    Scalar: (_key, node) => {
      if (!isScalar(node) || typeof node.value !== 'number') return;
      const text = String(node.value);
      if (/^-?\d+e/.test(text)) {
        node.format = 'EXP';
        node.source = text.replace('e', '.0e');
      }
    },
  });
  return document.toString({ lineWidth: 0 }).replace(/^((?:[^'"#\n]*[\s:[,-])-?\d)(e[+-]?\d+)$/gm, '$1.0$2');
}
