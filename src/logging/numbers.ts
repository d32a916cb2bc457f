/** Numbers, durations and sizes as a person reads them: the same on a page, so nothing of Node. */

/** `820 ms`, `12.3 s`, `3 min 05 s`, `2 h 05 min`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${padded(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${padded(minutes % 60)} min`;
}

const padded = (n: number) => String(n).padStart(2, '0');

/** Bytes as `512 B`, `1.2 KiB`, `850 MiB`. */
export function formatSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** Four significant digits; whole numbers below a million in full. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3)
    return value
      .toExponential(3)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  return value.toPrecision(4).includes('e') ? String(Math.round(value)) : value.toPrecision(4);
}

/** A p without the zero that every one begins with: `.032`, `< .001`. */
export function pNumber(p: number): string {
  if (p < 0.001) return '< .001';
  return p >= 0.9995 ? '1' : p.toFixed(3).slice(1);
}

/** A number as it was set: no digit added, none taken. */
export function exactNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : shortest(value);
}

/** The same; of one with more than six significant digits, as samplers draw them, so many. */
export function briefNumber(value: number, digits = leastDigits): string {
  return isLong(value) ? shortest(Number(value.toPrecision(digits))) : exactNumber(value);
}

const [leastDigits, mostDigits] = [4, 17];
/** Nobody tells so many apart by their digits. */
const [mostTold, digitsOfMany] = [500, 6];

/** Digits for {@link briefNumber} with which no two that differ look the same, as far as they are few. */
export function digitsToTell(values: readonly number[]): number {
  const different = [...new Set(values)];
  if (different.length > mostTold) return digitsOfMany;
  const told = (digits: number) => new Set(different.map((value) => briefNumber(value, digits))).size;
  let digits = leastDigits;
  while (digits < mostDigits && told(digits) < different.length) digits++;
  return digits;
}

function isLong(value: number): boolean {
  return !Number.isInteger(value) && Number(value.toPrecision(6)) !== value;
}

/** All the digits there are. */
function shortest(value: number): string {
  const [plain, exponential] = [String(value), value.toExponential()];
  return plain.length <= exponential.length ? plain : exponential;
}
