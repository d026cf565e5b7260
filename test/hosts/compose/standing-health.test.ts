import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ConfigError } from '../../../core/config/config-error.ts';
import { healthyParts } from '../../../hosts/compose/io/standing-health.ts';
import type { StandingPart } from '../../../scenario/deployment/parts.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

const partOf = async (name: string, health: object): Promise<StandingPart> => {
  const server = createServer((_, response) => response.end(JSON.stringify(health))).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  return { name, host: '127.0.0.1', controlPort: (server.address() as AddressInfo).port, role: 'node' };
};

const asked = async (...parts: readonly StandingPart[]) =>
  healthyParts({
    parts,
    agrees: { scenario: 'b'.repeat(64), seed: 3 },
    withinMs: 0,
    onWaiting: () => {},
    signal: new AbortController().signal,
  });

test('a part that runs another scenario is a mistake of the user, with the commands that end it', async () => {
  const other = await partOf('ashburn', { ok: true, agrees: { scenario: 'a'.repeat(64), seed: 3 } });
  const error = await asked(other).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as Error).message).toMatch(
    /^scenario is bbbbbbbbbbbb for the load, but ashburn runs with aaaaaaaaaaaa: .*docker compose up -d$/,
  );
});

test('parts that are well say what delays the bytes and which policy they run', async () => {
  const agrees = { scenario: 'b'.repeat(64), seed: 3 };
  const parts = [
    await partOf('router', { ok: true, agrees, policy: 'random' }),
    await partOf('router-agent', { ok: true, agrees, shaper: 'relay' }),
  ];
  expect(await asked(...parts)).toMatchObject({ policy: 'random', shaper: 'relay' });
});

test('a load waits for no endpoint of a node that drains, whichever of several routers it belongs to', async () => {
  const drained = await partOf('ashburn', { ok: false, stands: true, status: 'draining' });
  const router = (unreachable: readonly string[]) =>
    partOf('router-europe', { ok: true, policy: 'random', unreachable });
  expect(await asked(drained, await router(['europe/ashburn/fibre']))).toMatchObject({ policy: 'random' });
  await expect(asked(drained, await router(['ashburn/lagos/fibre']))).rejects.toThrow(
    /^not healthy .* router-europe \(/,
  );
});

test('a load may begin while a node drains and the router does not reach it, and not while another is unreachable', async () => {
  const drained = await partOf('ashburn', { ok: false, stands: true, status: 'draining' });
  const router = (unreachable: readonly string[]) => partOf('router', { ok: true, policy: 'random', unreachable });
  expect(await asked(drained, await router(['ashburn/fibre']))).toMatchObject({ policy: 'random' });
  await expect(asked(drained, await router(['ashburn/fibre', 'lagos/fibre']))).rejects.toThrow(
    /^not healthy .* router \(/,
  );
  await expect(asked(await partOf('ashburn', { ok: false, status: 'broken' }))).rejects.toThrow(/ashburn/);
});
