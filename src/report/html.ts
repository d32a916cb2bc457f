/** A comparison as one HTML file that needs nothing else: no server, no network, no other file. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownFolder } from '../own-package.ts';
import type { Comparison } from './comparison.ts';
import { packed } from './packed.ts';

export interface Served {
  /** Of the comparison in the page: it asks for later ones. */
  readonly version: number;
}

/**
 * @param served by `retrial serve`: then it follows the record, and asks its server, and nobody else, for what is new
 * Throws where the page's own code has not been compiled.
 */
export async function comparisonHtml(comparison: Comparison, served?: Served): Promise<string> {
  const [script, style] = await Promise.all([pagePart('page.js'), pagePart('page.css')]);
  // No request to anywhere, not even for a favicon; no script and no style but these two.
  const sources = `script-src '${sourceHash(script)}'; style-src '${sourceHash(style)}'; img-src data:`;
  const server = served === undefined ? '' : "; connect-src 'self'";
  const policy = `default-src 'none'; ${sources}${server}; base-uri 'none'; form-action 'none'`;
  const live = served === undefined ? '' : `<meta name="retrial-version" content="${served.version}">\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Retrial">
${live}<title>${escapeText(comparison.title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main id="page"><noscript>This page draws its tables with a script of its own; allow scripts for it.</noscript></main>
<script type="application/json" id="comparison">${scriptSafeJson(packed(comparison))}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON that no HTML parser can take for markup, and no script for a line break. */
export function scriptSafeJson(value: unknown): string {
  const escapes: Readonly<Record<string, string>> = {
    '<': '\\u003c',
    '>': '\\u003e',
    '&': '\\u0026',
    '\u2028': '\\u2028',
    '\u2029': '\\u2029',
  };
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => escapes[character] ?? character);
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function sourceHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** A closing tag inside a text of the code would end its element early. */
async function pagePart(name: string): Promise<string> {
  const file = join(ownFolder(), 'dist', 'page', name);
  if (!existsSync(file)) throw new Error(`${file} is missing: compile Retrial with \`npm ci\``);
  const text = await readFile(file, 'utf8');
  return text.replace(/<\/(script|style)/gi, '<\\/$1').trim();
}
