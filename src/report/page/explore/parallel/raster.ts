/**
 * Thousands of lines as pixels. Without a GPU a browser's canvas takes some 200 ms for 10,000 lines over ten axes, and ECharts'
 * `parallel` draws them over several frames; a loop over the pixels takes 15 ms, which is what lets a brush answer at once.
 */

export interface Raster {
  readonly width: number;
  readonly height: number;
  /** `[height × width]`, ABGR as little-endian machines lay out RGBA. */
  readonly pixels: Uint32Array;
}

/**
 * One pixel wide, opaque: the last line is on top.
 *
 * @param xs `[axes]` pixels
 * @param ys `[items × axes]` pixels
 */
export function rasterLines(
  { width, height, pixels }: Raster,
  xs: Float32Array,
  ys: Float32Array,
  items: Int32Array,
  colorOf: (item: number) => number,
): void {
  const axes = xs.length;
  const clamp = (y: number) => Math.min(height - 1, Math.max(0, y));
  for (const item of items) {
    const color = colorOf(item);
    const first = item * axes;
    for (let axis = 1; axis < axes; axis++) {
      let [x, y] = [xs[axis - 1] ?? 0, clamp(ys[first + axis - 1] ?? 0)];
      const [across, down] = [(xs[axis] ?? 0) - x, clamp(ys[first + axis] ?? 0) - y];
      const steps = Math.ceil(Math.max(across, Math.abs(down), 1));
      const [stepX, stepY] = [across / steps, down / steps];
      for (let step = 0; step <= steps; step++) {
        // To the nearest: sums of steps end a little before where they should.
        pixels[((y + 0.5) | 0) * width + ((x + 0.5) | 0)] = color;
        x += stepX;
        y += stepY;
      }
    }
  }
}

/** `#rrggbb`, or `#rgb`, as a pixel. */
export function pixelOf(color: string): number {
  const digits = color.slice(1).length === 3 ? color.slice(1).replace(/./g, '$&$&') : color.slice(1, 7);
  const rgb = Number.parseInt(digits, 16);
  return ((255 << 24) | ((rgb & 255) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
}
