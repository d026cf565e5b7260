import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ConfigError } from '../../../../core/config/config-error.ts';
import { answerAbout } from '../../../../core/process/io/control-server.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

const TOKEN = 'a token of this test';

/** A part that keeps the speeds it was ordered. */
const ordered = async (adminToken: string | null) => {
  const speeds: number[] = [];
  const speed = (body: unknown): object => {
    const { value } = body as { readonly value: number };
    if (value > 10) throw new ConfigError('value', `is ${value}, expected at most 10`);
    speeds.push(value);
    return { value };
  };
  const about = { service: { orders: { speed } }, agrees: {}, controlPort: 0, controlSubnets: [], adminToken };
  const server = await answerAbout(about);
  open.push(server);
  const { port } = server.address() as AddressInfo;
  const order = async (body: string, { token = TOKEN, method = 'POST', name = 'speed' } = {}): Promise<string> => {
    const headers = { authorization: `Bearer ${token}` };
    const sent = method === 'POST' ? { method, headers, body } : { method, headers };
    const response = await fetch(`http://127.0.0.1:${port}/admin/${name}`, sent);
    return `${response.status} ${(await response.text()).trim()}`;
  };
  return { speeds, order };
};

test('an order with the token is done, and its answer comes back', async () => {
  const { speeds, order } = await ordered(TOKEN);
  expect(await order('{"value":7}')).toBe('200 {"value":7}');
  expect(speeds).toEqual([7]);
});

test('without the token, or where there is none, nothing is done', async () => {
  for (const [token, sent] of [
    [TOKEN, 'another'],
    [TOKEN, ''],
    [null, 'null'],
    [null, ''],
  ] as const) {
    const { speeds, order } = await ordered(token);
    expect(await order('{"value":7}', { token: sent })).toMatch(/^401 /);
    expect(speeds).toEqual([]);
  }
});

test('an order that is none is refused with one line, and nothing is done', async () => {
  const { speeds, order } = await ordered(TOKEN);
  expect(await order('{"value":11}')).toBe('400 value is 11, expected at most 10');
  expect(await order('{"value":')).toMatch(/^400 expected JSON: /);
  expect(await order('{}', { name: 'toString' })).toBe('404 expected one of /admin/speed');
  expect(await order('', { method: 'GET' })).toBe('405 expected POST');
  expect(await order(`"${'x'.repeat(5 << 20)}"`)).toMatch(/^413 /);
  expect(speeds).toEqual([]);
});
