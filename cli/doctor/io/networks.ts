import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { cidrOf, ipv4Block } from '../../../core/net/ipv4-block.ts';
import type { PortFacts, TakenBlock } from '../facts.ts';
import { routesOf } from '../routes.ts';

/** Tries to listen on each port of 127.0.0.1 for a moment. */
export const portFacts = (
  ports: readonly { readonly port: number; readonly what: string }[],
): Promise<readonly PortFacts[]> =>
  Promise.all(ports.map(async ({ port, what }) => ({ port, what, refusal: await refusalOf(port) })));

const refusalOf = (port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(null)));
  });

/** Addresses used by interfaces and, on Linux, by routes. Node leaves out interfaces without a carrier, such as idle bridges. */
export const takenBlocks = (): readonly TakenBlock[] => {
  const blocks = Object.entries(networkInterfaces()).flatMap(([device, addresses]) =>
    (addresses ?? []).flatMap(({ cidr }) => {
      const block = cidr === null ? null : ipv4Block(cidr);
      return block === null ? [] : [{ device, block }];
    }),
  );
  const routes = process.platform === 'linux' ? routesOf(readFileSync('/proc/net/route', 'utf8')) : [];
  return [
    ...new Map([...blocks, ...routes].map((taken) => [`${taken.device} ${cidrOf(taken.block)}`, taken])).values(),
  ];
};
