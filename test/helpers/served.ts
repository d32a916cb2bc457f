/** A project of one stage whose record is served. */
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { Rig } from './rig.ts';

export const oneStage = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  score:
    cmd: echo '{"value":' \${params.x} '}' > \${outs.scores}
    metrics: { scores: { path: scores.json, goal: maximize } }
`,
  'params.yaml': 'x: 1\n',
};

/** Serves until the test has finished. @returns its address, and the process */
export async function served(project: Rig, ...args: string[]) {
  const server = project.start('serve', ...args);
  onTestFinished(async () => {
    server.kill('SIGINT');
    await server;
  });
  const [said] = (await once(server.stdout, 'data')) as [Buffer];
  return { server, url: new URL(String(said).trim()) };
}
