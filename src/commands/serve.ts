/** `retrial serve [SELECT…]`: the compare page, which follows what is recorded, on this machine alone. */
import { once } from 'node:events';
import { exitCode } from '../errors.ts';
import type { ConfigHash } from '../hash.ts';
import { recordSignature } from '../record/signature.ts';
import type { Comparison } from '../report/comparison.ts';
import { comparisonOf } from '../report/from-record.ts';
import { depthBudget, inDepth } from '../report/in-depth.ts';
import { seriesReader } from '../report/read-all-series.ts';
import { servePage } from '../report/serve/page-server.ts';
import { layoutOf } from '../store/layout.ts';
import type { CompareOptions } from './compare.ts';
import { onInterrupt } from './interrupt.ts';
import { reading } from './reading.ts';

export interface ServeOptions extends Pick<CompareOptions, 'runsDir' | 'root' | 'metric'> {
  /** Any that is free where absent. */
  readonly port?: number;
}

/**
 * Serves until it is interrupted, which is how it ends well.
 * @param selection as of `compare`; without any the newest study, also one that is begun later
 */
export async function serve(selection: readonly string[], options: ServeOptions): Promise<number> {
  const layout = layoutOf(options.runsDir);
  const read = seriesReader();
  let running: Comparison['runs'] = [];
  const compare = async () => {
    const comparison = await reading(options, (index) =>
      comparisonOf(index, layout, selection, { metric: options.metric, read }),
    );
    running = comparison.runs.filter(({ status }) => status === 'running');
    return await inDepth(layout, comparison, depthBudget / 3); // it is sent again with each change
  };
  const signature = () =>
    recordSignature(
      layout,
      running.map(({ configHash, attempt }) => ({ configHash: configHash as ConfigHash, attempt })),
    );
  const say = (message: string) => void process.stderr.write(`${message}\n`);
  await compare(); // a mistake in the selection is told before anything is served
  const server = await servePage(
    { compare, signature },
    { port: options.port ?? 0, warn: (what) => say(`warning: ${what}`) },
  );
  const interrupt = onInterrupt(() => {});
  process.stdout.write(`${server.url}\n`);
  say('open it in a browser on this machine; Ctrl-C ends the server, and nothing else');
  await once(interrupt.signal, 'abort');
  interrupt.stop();
  await server.close();
  return exitCode.ok;
}
