/**
 * The compare page over HTTP, for this machine alone: it listens on 127.0.0.1, wants a token in the path that only who
 * reads the terminal knows, answers to its own host name only (a page from elsewhere whose name was made to resolve to
 * 127.0.0.1 has another), and has nothing that writes.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UserError } from '../../errors.ts';
import { comparisonHtml } from '../html.ts';
import { eventStreams } from './event-streams.ts';
import { liveComparison, type Source } from './live-comparison.ts';

export interface PageServer {
  /** With the token. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** How often a page is told of what is new; a second where absent. */
  readonly everyMs?: number;
  /** What went wrong while a page was made, for who runs the server. */
  warn(message: string): void;
}

const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** Throws UserError where the port is taken. */
export async function servePage(source: Source, { port, warn, everyMs = 1000 }: ServerOptions): Promise<PageServer> {
  const token = randomBytes(24).toString('base64url');
  const newest = liveComparison(source);
  const streams = eventStreams(newest, warn, everyMs);
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    answer(request, response).catch((error: unknown) => {
      warn(error instanceof Error ? error.message : String(error));
      refuse(response, 500, 'the comparison could not be made; the terminal tells why');
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refusalOf(request, server, token);
    if (refusal !== undefined) return refuse(response, ...refusal);
    switch (pathOf(request).slice(token.length + 2)) {
      case '': {
        const { comparison, number } = await newest();
        return send(response, 'text/html; charset=utf-8', await comparisonHtml(comparison, { version: number }));
      }
      case 'comparison.json':
        return send(response, 'application/json', (await newest()).json());
      case 'events':
        return streams.open(request, response);
      default:
        return refuse(response, 404, 'there is nothing here');
    }
  };
  await listening(server, port);
  return {
    url: `http://127.0.0.1:${portOf(server)}/${token}/`,
    close: async () => {
      streams.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Why a request is not answered; the token is told from a wrong one in constant time. */
function refusalOf(request: IncomingMessage, server: Server, token: string): [number, string] | undefined {
  const hosts = [`127.0.0.1:${portOf(server)}`, `localhost:${portOf(server)}`];
  if (!hosts.includes(request.headers.host ?? '')) return [403, 'this server answers to 127.0.0.1 alone'];
  if (request.method !== 'GET' && request.method !== 'HEAD') return [405, 'nothing can be written here'];
  const given = Buffer.from(pathOf(request).slice(1, 1 + token.length + 1));
  const wanted = Buffer.from(`${token}/`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    return [403, 'open the address that the terminal shows, with its token'];
  return undefined;
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split(/[?#]/, 1)[0] ?? '/';
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type });
  response.end(body);
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${reason}\n`);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function listening(server: Server, port: number): Promise<void> {
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'EADDRINUSE' || error.code === 'EACCES'
          ? new UserError(
              `port ${port} cannot be had (${error.code})`,
              'name another by --port, or none for any that is free',
            )
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', done);
  });
}
