import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataPathOptions } from '../../../../router/io/data-path.ts';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { Http2Proxy } from '../../../../router/io/http2-proxy.ts';
import { ClientBench } from './client-bench.ts';
import { clientCases } from './client-cases.ts';
import { nodeHttp2Answers } from './node-http2-answers.ts';

describe.each([
  { path: 'FrameProxy', create: (options: DataPathOptions) => new FrameProxy(options), differences: new Map() },
  { path: 'Http2Proxy', create: (options: DataPathOptions) => new Http2Proxy(options), differences: nodeHttp2Answers },
])('RFC 9113: before $path, a client that', ({ create, differences }) => {
  let bench: ClientBench;
  beforeAll(async () => {
    bench = await ClientBench.of(create);
  });
  afterAll(() => bench.close());
  test.each(clientCases.map((one) => [one.name, one] as const))('%s', async (name, { answer, ...rest }) => {
    expect(await bench.heardAfter(rest)).toBe(differences.get(name) ?? answer);
    await bench.expectOthersWell();
    expect(bench.nodeConnections).toBe(1);
  });
});
