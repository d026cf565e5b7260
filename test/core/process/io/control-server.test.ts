import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { answerAbout } from '../../../../core/process/io/control-server.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

const serving = async (controlSubnets: readonly string[]): Promise<number> => {
  const service = { health: () => ({ ok: false, why: 'it is a test' }), metrics: async () => 'a 1\n' };
  const server = await answerAbout({
    ...{ service, agrees: { seed: 7 }, controlPort: 0, controlSubnets },
    pages: { '/targets': [{ targets: ['a:1'] }] },
  });
  open.push(server);
  return (server.address() as AddressInfo).port;
};

test('answers about itself on the loopback', async () => {
  const port = await serving(['198.18.18.0/24']);
  const at = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  expect(await (await at('/live')).text()).toBe('alive\n');
  const health = await at('/health');
  expect([health.status, await health.json()]).toEqual([503, { ok: false, why: 'it is a test', agrees: { seed: 7 } }]);
  expect(await (await at('/metrics')).text()).toBe('a 1\n');
  expect(await (await at('/targets')).json()).toEqual([{ targets: ['a:1'] }]);
  expect((await at('/else')).status).toBe(404);
});

test('listens on the loopback alone where it has no control network', async () => {
  const port = await serving([]);
  expect(open[0]!.address()).toMatchObject({ address: '127.0.0.1', port });
});

/** An address of this machine that is not of its loopback: a call to it stays on the machine. */
const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

test.skipIf(outside === undefined)('hangs up on who calls an address that is not of its control networks', async () => {
  const [open, closed] = [await serving([`${outside}/32`]), await serving(['198.18.18.0/24'])];
  expect((await fetch(`http://${outside}:${open}/live`)).status).toBe(200);
  await expect(fetch(`http://${outside}:${closed}/live`)).rejects.toThrow();
});

test('tells its health again where somebody waits for the next state of it, as soon as there is another', async () => {
  let reason = 'starts';
  const service = { health: () => ({ ok: reason === 'serves', reason, figure: performance.now() }) };
  const server = await answerAbout({ service, agrees: {}, controlPort: 0, controlSubnets: [] });
  open.push(server);
  const next = async () => {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/health/next`);
    return [response.status, ((await response.json()) as { readonly reason: string }).reason];
  };
  expect(await next()).toEqual([503, 'starts']);
  const changed = next();
  setTimeout(() => {
    reason = 'serves';
  }, 50);
  expect(await changed).toEqual([200, 'serves']);
});
