import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { ConfigError } from '../../../core/config/config-error.ts';
import { publishedPorts } from '../../../hosts/compose/io/published-ports.ts';

const refusalOf = (asked: number, routers: number): Promise<unknown> =>
  publishedPorts(asked, routers).catch((error: unknown) => error);

test('the engine chooses every port where 0 is asked for', async () => {
  expect(await publishedPorts(0, 3)).toEqual([0, 0, 0]);
});

test('routers have the port that was asked for and the next ones, and a taken one is a mistake that names it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const refusals = [await refusalOf(port, 1), await refusalOf(port - 1, 2)];
  server.close();
  await once(server, 'close');
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(ConfigError);
  expect(refusals.map((refusal) => (refusal as Error).message)).toEqual([
    `--port is ${port}, where another program listens on 127.0.0.1; 0 takes a free one`,
    `--port is ${port - 1} for the first of 2 routers and ${port} for another, where another program listens on 127.0.0.1; 0 takes a free one`,
  ]);
  expect(await publishedPorts(port, 1)).toEqual([port]);
});

test('no router has a port beyond the last', async () => {
  expect(((await refusalOf(65_535, 2)) as Error).message).toMatch(
    /^--port is 65535 .* and 65536 for another, which is no port; /,
  );
});
