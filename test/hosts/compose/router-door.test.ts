import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { ConfigError } from '../../../core/config/config-error.ts';
import { switchPolicies } from '../../../hosts/compose/io/router-door.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** The admin door of a router, which remembers what it was told, and refuses `refused`. */
const doorOf = async (router: string, refused: string | null = null) => {
  const told: string[] = [];
  const server = createServer(async (request, response) => {
    const { policy } = (await json(request)) as { readonly policy: string };
    if (policy !== refused) told.push(`${request.headers.authorization} ${policy}`);
    response.writeHead(policy === refused ? 400 : 200).end('{}');
  }).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { told, door: { router, url, token: `token-of-${router}` } };
};

test('a policy is switched at every router, each of which is shown its own token', async () => {
  const [one, two] = [await doorOf('router-one'), await doorOf('router-two')];
  await switchPolicies([one.door, two.door], { from: 'random', to: 'ephemeris' });
  expect([one.told, two.told]).toEqual([
    ['Bearer token-of-router-one ephemeris'],
    ['Bearer token-of-router-two ephemeris'],
  ]);
});

test('where a router refuses a policy no router runs it, and the line names the router', async () => {
  const [one, two] = [await doorOf('router-one'), await doorOf('router-two', 'ephemeris')];
  const refusal = await switchPolicies([one.door, two.door], { from: 'random', to: 'ephemeris' }).catch(
    (error: unknown) => error,
  );
  expect(refusal).toBeInstanceOf(ConfigError);
  expect((refusal as Error).message).toMatch(/router-two refuses the policy/);
  expect(one.told.map((line) => line.split(' ').at(-1))).toEqual(['ephemeris', 'random']);
  expect(two.told).toEqual([]);
});

test('a router that left no token is named before anything is asked of it', async () => {
  const { door, told } = await doorOf('router-one');
  await expect(switchPolicies([{ ...door, token: null }], { from: 'random', to: 'ephemeris' })).rejects.toThrow(
    /^STARLANE_ADMIN_TOKEN is not set, and router-one left none/,
  );
  expect(told).toEqual([]);
});
