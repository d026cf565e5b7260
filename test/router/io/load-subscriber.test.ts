import { create as message } from '@bufbuild/protobuf';
import { durationMs } from '@bufbuild/protobuf/wkt';
import * as grpc from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { Inference } from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { type OrcaLoadReport, OrcaLoadReportSchema } from '../../../proto/gen/xds/data/orca/v3/orca_load_report_pb.js';
import { OpenRcaService, type OrcaLoadReportRequest } from '../../../proto/gen/xds/service/orca/v3/orca_pb.js';
import { FrameProxy } from '../../../router/io/frame-proxy/frame-proxy.ts';
import { Http2Proxy } from '../../../router/io/http2-proxy.ts';
import { routerSchema } from '../../../router/schema.ts';
import { serviceDefinition } from '../../../services/grpc/service-definition.ts';
import { ask, clientOf as clientOfNodes, startNode, until } from '../../services/node/io/node-under-test.ts';
import { type CreateDataPath, clientOf, nodeOf, proxyOf, settled, streamed } from './loopback.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  while (cleanUps.length > 0) await cleanUps.pop()!();
});

type Call = grpc.ServerWritableStream<OrcaLoadReportRequest, OrcaLoadReport>;

/** A server of reports alone, and the calls that it got. */
const reportingNode = async (onCall: (call: Call) => void = () => {}) => {
  const calls: Call[] = [];
  const server = new grpc.Server();
  server.addService(serviceDefinition(OpenRcaService), {
    streamCoreMetrics: (call: Call) => {
      calls.push(call);
      onCall(call);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, to) =>
      error === null ? resolve(to) : reject(error),
    );
  });
  cleanUps.push(() => server.forceShutdown());
  return { port, calls };
};

const busy = (running: number): OrcaLoadReport =>
  message(OrcaLoadReportSchema, { namedMetrics: { num_requests_running: running } });

const each100Ms = { inBand: true, outOfBand: { everyMs: 100 } };

describe.each<[string, CreateDataPath]>([
  ['Http2Proxy', (options) => new Http2Proxy(options)],
  ['FrameProxy', (options) => new FrameProxy(options)],
])('over %s, load reports out of band', (_, create) => {
  const subscribed = async (ports: readonly number[], options: Parameters<typeof proxyOf>[1] = {}) => {
    const proxy = await proxyOf(ports, { create, signals: each100Ms, ...options });
    cleanUps.push(() => proxy.close());
    return proxy;
  };

  test('tell of each node without a request, again and again, and of what it does now', async () => {
    const nodes = [await startNode({ name: 'ashburn' }), await startNode({ name: 'frankfurt' })];
    const ports = nodes.map(({ node }) => node.port);
    const proxy = await subscribed(ports, { services: [Inference.typeName] });
    const { reportedAtMs, running } = proxy.router.endpoints.nodes;
    await until(() => !reportedAtMs.includes(Number.NaN));
    const before = [...reportedAtMs];
    await until(() => reportedAtMs.every((atMs, node) => atMs > before[node]!));
    const answer = ask(clientOfNodes(proxy.port), { outputTokens: 100_000 });
    await until(() => running.includes(1));
    expect(proxy.counters()).toMatchObject({ requests: 1 }); // a stream of reports is no request
    answer.cancel();
  });

  test('are asked for at the interval that is wanted, by the name of the method', async () => {
    const node = await reportingNode();
    await subscribed([node.port], { signals: { inBand: true, outOfBand: { everyMs: 2500 } } });
    await until(() => node.calls.length === 1);
    expect(durationMs(node.calls[0]!.request.reportInterval!)).toBe(2500);
    expect(node.calls[0]!.getPath()).toBe('/xds.service.orca.v3.OpenRcaService/StreamCoreMetrics');
  });

  test('are not asked for where nobody wants them', async () => {
    const node = await reportingNode();
    await subscribed([node.port], { signals: { inBand: true, outOfBand: null } });
    await settled(400);
    expect(node.calls.length).toBe(0);
  });

  test('of a server that has none are told of once, and the rest goes on', async () => {
    const plain = await nodeOf((call) => call.end());
    cleanUps.push(() => plain.close());
    const node = await reportingNode((call) => call.write(busy(4)));
    const told: string[] = [];
    const proxy = await subscribed([plain.port, node.port], { tell: (line) => told.push(line) });
    await until(() => proxy.router.endpoints.nodes.running[1] === 4);
    await settled(700); // several looks later
    expect(told).toEqual(['node-0/fibre has no load reports out of band (UNIMPLEMENTED)']);
    const client = clientOf(proxy.port);
    cleanUps.push(() => client.close());
    expect((await streamed(client.generate(Buffer.from('x')))).status.code).toBe(grpc.status.OK);
  });

  test('that end are asked for anew', async () => {
    let count = 0;
    const node = await reportingNode((call) => {
      call.write(busy(++count));
      call.end();
    });
    const proxy = await subscribed([node.port]);
    await until(() => proxy.router.endpoints.nodes.running[0] === 2);
    expect(node.calls.length).toBeGreaterThanOrEqual(2);
  });

  test('follow the configuration while the router runs', async () => {
    const node = await reportingNode();
    const proxy = await subscribed([node.port]);
    await until(() => node.calls.length === 1);
    const settings = routerSchema.parse({});
    proxy.router.retune({ ...settings, signals: { inBand: true, outOfBand: { everyMs: 5000 } } }, 0);
    await until(() => node.calls.length === 2 && node.calls[0]!.cancelled);
    expect(durationMs(node.calls[1]!.request.reportInterval!)).toBe(5000);
    proxy.router.retune({ ...settings, signals: { inBand: true, outOfBand: null } }, 0);
    await until(() => node.calls[1]!.cancelled);
  });

  test('move with the endpoint, and keep no old connection open', async () => {
    const [first, second] = [await reportingNode(), await reportingNode()];
    const proxy = await subscribed([first.port]);
    await until(() => first.calls.length === 1);
    proxy.path.reconcile([{ host: '127.0.0.1', port: second.port }]);
    await until(() => first.calls[0]!.cancelled && second.calls.length === 1);
  });

  test('end with the router', async () => {
    const node = await reportingNode();
    const proxy = await subscribed([node.port]);
    await until(() => node.calls.length === 1);
    await proxy.close();
    await until(() => node.calls[0]!.cancelled);
  });
});
