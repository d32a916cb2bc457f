/** `30m` and `2GiB` as numbers; the schema has checked their form. */

const millisecondsPer: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const bytesPer: Readonly<Record<string, number>> = {
  ...{ B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 },
  ...{ kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
};

export function durationMs(text: string): number {
  return quantity(text, millisecondsPer);
}

export function sizeBytes(text: string): number {
  return quantity(text, bytesPer);
}

function quantity(text: string, units: Readonly<Record<string, number>>): number {
  const [, number = '', unit = ''] = text.match(/^([0-9.]+) ?([A-Za-z]+)$/) ?? [];
  const value = Math.round(Number(number) * (units[unit] ?? Number.NaN));
  if (!Number.isFinite(value)) throw new Error(`"${text}" is no quantity`);
  return value;
}
