import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataPathOptions } from '../../../../router/io/data-path.ts';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { Http2Proxy } from '../../../../router/io/http2-proxy.ts';
import { inWords, NodeBench } from './node-bench.ts';
import { LEFT, nodeCases } from './node-cases.ts';
import { nodeHttp2Outcomes } from './node-http2-answers.ts';

describe.each([
  { path: 'FrameProxy', create: (options: DataPathOptions) => new FrameProxy(options), differences: new Map() },
  { path: 'Http2Proxy', create: (options: DataPathOptions) => new Http2Proxy(options), differences: nodeHttp2Outcomes },
])('RFC 9113: behind $path, a node that', ({ create, differences }) => {
  let bench: NodeBench;
  beforeAll(async () => {
    bench = await NodeBench.of(create);
  });
  afterAll(() => bench.close());
  test.each(nodeCases.map((one) => [one.name, one] as const))('%s', async (name, { frames, ...heard }) => {
    expect(await bench.heardAfter(frames, heard.node === LEFT)).toBe(differences.get(name) ?? inWords(heard));
  });
});
