import { Inference } from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { probingContract } from '../../contract/probing-contract.ts';
import { ask, clientOf, startNode } from '../../services/node/io/node-under-test.ts';
import { proxyOf, settled } from './loopback.ts';

probingContract('the live router', async (policy) => {
  const nodes = [await startNode({ name: 'ashburn' }), await startNode({ name: 'frankfurt' })];
  const proxy = await proxyOf(
    nodes.map(({ node }) => node.port),
    { policy, services: [Inference.typeName] },
  );
  const { endpoints } = proxy.router;
  const client = clientOf(proxy.port);
  return {
    send: () => void ask(client).resume(),
    pass: settled,
    reportedAtMs: (endpoint) => endpoints.nodes.reportedAtMs[endpoints.nodeOf[endpoint]!]!,
    close: () => proxy.close(),
  };
});
