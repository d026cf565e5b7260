import { Inference } from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { FrameProxy } from '../../../router/io/frame-proxy/frame-proxy.ts';
import { Http2Proxy } from '../../../router/io/http2-proxy.ts';
import type { Policy } from '../../../router/pick/policy.ts';
import { type ProbingHost, probingContract } from '../../contract/probing-contract.ts';
import { ask, clientOf, startNode } from '../../services/node/io/node-under-test.ts';
import { type CreateDataPath, proxyOf, settled } from './loopback.ts';

const probingRouter =
  (create: CreateDataPath) =>
  async (policy: Policy): Promise<ProbingHost> => {
    const nodes = [await startNode({ name: 'ashburn' }), await startNode({ name: 'frankfurt' })];
    const proxy = await proxyOf(
      nodes.map(({ node }) => node.port),
      { create, policy, services: [Inference.typeName] },
    );
    const { endpoints } = proxy.router;
    const client = clientOf(proxy.port);
    return {
      send: () => void ask(client).resume(),
      pass: settled,
      reportedAtMs: (endpoint) => endpoints.nodes.reportedAtMs[endpoints.nodeOf[endpoint]!]!,
      close: () => proxy.close(),
    };
  };

probingContract(
  'the live router over Http2Proxy',
  probingRouter((options) => new Http2Proxy(options)),
);
probingContract(
  'the live router over FrameProxy',
  probingRouter((options) => new FrameProxy(options)),
);
