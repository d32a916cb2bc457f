/**
 * Hashes in two thirds of their characters: of 64 hexadecimal digits each three are two of 64 others. What is no such hash
 * stays what it is; `shortHash` of no text is another's.
 */
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const mark = '#';

const pairs = Array.from({ length: 4096 }, (_, value) => `${digits[value >> 6]}${digits[value & 63]}`);
const triples = new Map(pairs.map((pair, value) => [pair, value.toString(16).padStart(3, '0')]));

export function shortHash(hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) return hash.startsWith(mark) ? mark + hash : hash;
  let text = mark;
  for (let at = 0; at < 63; at += 3) text += pairs[Number.parseInt(hash.slice(at, at + 3), 16)];
  return text + hash[63];
}

export function wholeHash(text: string): string {
  if (!text.startsWith(mark)) return text;
  if (text.startsWith(mark + mark)) return text.slice(1);
  let hash = '';
  for (let at = 1; at < 43; at += 2) hash += triples.get(text.slice(at, at + 2));
  return hash + text[43];
}
