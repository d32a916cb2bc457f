/** The reference in docs/pipeline.md and docs/sweep.md: every key with what the schema says of it. */
interface Part {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Part>>;
  readonly required?: readonly string[];
  /** What is asked in the usual case. */
  readonly else?: { readonly required: readonly string[] };
  readonly additionalProperties?: Part | boolean;
  readonly items?: Part;
  readonly oneOf?: readonly Part[];
}

/** Markdown tables, one for each kind of map, headed by where in the file it stands. */
export function schemaReference(schema: Part): string {
  const tables: string[] = [];
  const visit = (path: string, part: Part, above: Part = {}): void => {
    if (isSame(part.properties, above.properties)) return;
    if (part.properties !== undefined) tables.push(table(path === '' ? 'The file' : `\`${path}\``, part));
    const below = (key: string, inner: Part) => visit(path === '' ? key : `${path}.${key}`, inner, part);
    for (const [key, inner] of Object.entries(part.properties ?? {})) below(key, inner);
    if (typeof part.additionalProperties === 'object') below('NAME', part.additionalProperties);
    for (const alternative of part.oneOf ?? []) visit(path, alternative);
  };
  visit('', schema);
  return tables.join('\n');
}

/** Whether keys of one are all keys of the other, as they are under `do`: one table tells them. */
function isSame(properties: Part['properties'], above: Part['properties']): boolean {
  return properties !== undefined && Object.entries(properties).every(([key, part]) => above?.[key] === part);
}

function table(title: string, { properties = {}, required, else: usual }: Part): string {
  const asked = required ?? usual?.required ?? [];
  const rows = Object.entries(properties).map(([key, part]) => {
    const needed = asked.includes(key) ? ' (needed)' : '';
    return `| \`${key}\`${needed} | ${cell(formOf(part))} | ${cell(part.description ?? '')} |`;
  });
  return `### ${title}\n\n| key | value | meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

const forms: Readonly<Record<string, string>> = {
  ...{ string: 'text', integer: 'whole number', number: 'number', boolean: '`true` or `false`', object: 'map' },
};

function formOf({ type, const: only, enum: allowed, oneOf, items, additionalProperties }: Part): string {
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (allowed !== undefined) return allowed.map((value) => `\`${String(value)}\``).join(' or ');
  if (oneOf !== undefined) return [...new Set(oneOf.map(formOf))].join(' or ');
  if (type === 'array') return `list of ${plural(formOf(items ?? {}))}`;
  if (typeof additionalProperties === 'object') return `map: name → ${formOf(additionalProperties)}`;
  return forms[type ?? ''] ?? 'anything';
}

function plural(form: string): string {
  if (form === 'anything') return 'values';
  return /^[a-z ]+$/.test(form) ? `${form}s` : form;
}

/** A bar would end the cell, and a line break the row. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
