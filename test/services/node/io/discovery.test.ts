import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Client, ClientReadableStream } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { startNode, until } from './node-under-test.ts';

const INFERENCE = 'starlane.inference.v1.Inference';

const health = (client: Client, name: string): Promise<string> =>
  new Promise((resolve) => {
    const { path, requestSerialize, responseDeserialize } = service.Check!;
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service: name }, (error, answer) =>
      resolve(error === null ? (answer as { status: string }).status : error.details),
    );
  });

const watch = (client: Client): { readonly seen: readonly string[]; readonly stream: ClientReadableStream<object> } => {
  const { path, requestSerialize, responseDeserialize } = service.Watch!;
  const seen: string[] = [];
  const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { service: '' });
  stream.on('data', ({ status }: { status: string }) => seen.push(status));
  stream.on('error', () => {});
  return { seen, stream };
};

/** `buf curl` is a reflection client that others wrote. */
const bufCurl = async (...args: string[]): Promise<string> => {
  const buf = fileURLToPath(import.meta.resolve('@bufbuild/buf/bin/buf'));
  const { stdout } = await promisify(execFile)(process.execPath, [
    buf,
    'curl',
    '--http2-prior-knowledge',
    '--protocol',
    'grpc',
    ...args,
  ]);
  return stdout;
};

describe('health', () => {
  test('is that of the server and of each service, and unknown for others', async () => {
    const { client } = await startNode();
    const names = ['', INFERENCE, 'starlane.control.v1.Control', 'xds.service.orca.v3.OpenRcaService'];
    expect(await Promise.all(names.map((name) => health(client, name)))).toEqual(Array(4).fill('SERVING'));
    expect(await health(client, 'nobody.v1')).toContain('unknown');
  });

  test('is bad until the node has started and when it drains, and watchers are notified', async () => {
    const { client, clock } = await startNode({ startedAtMs: 1000, drainsAtMs: 1300 });
    const { seen, stream } = watch(client);
    await until(() => seen.length === 1);
    expect([seen[0], await health(client, INFERENCE)]).toEqual(['NOT_SERVING', 'NOT_SERVING']);
    expect(await health(client, 'starlane.control.v1.Control')).toBe('SERVING');
    await until(() => seen.length === 3);
    expect(seen).toEqual(['NOT_SERVING', 'SERVING', 'NOT_SERVING']);
    expect(clock.now()).toBeGreaterThanOrEqual(1300);
    expect(await health(client, '')).toBe('NOT_SERVING');
    stream.cancel();
  });
});

describe('reflection', () => {
  test('lets a client that has none of our files list the methods and call one', async () => {
    const faults = { token: 'a-token-of-this-test', rng: seededRng(1)('faults'), crash: () => {} };
    const { node } = await startNode({ faults });
    const at = `http://127.0.0.1:${node.port}`;
    const [methods, state] = await Promise.all([
      bufCurl('--list-methods', at),
      bufCurl('-H', `authorization: Bearer ${faults.token}`, '-d', '{}', `${at}/starlane.control.v1.Control/State`),
    ]);
    expect(methods.trim().split('\n')).toEqual(
      expect.arrayContaining([
        'grpc.health.v1.Health/Check',
        `${INFERENCE}/Generate`,
        'starlane.control.v1.Control/InjectFault',
        'xds.service.orca.v3.OpenRcaService/StreamCoreMetrics',
      ]),
    );
    expect(JSON.parse(state)).toMatchObject({ node: 'ashburn', condition: 'CONDITION_SERVING' });
  }, 180_000);
});
