import { create } from '@bufbuild/protobuf';
import { type Duration, durationFromMs } from '@bufbuild/protobuf/wkt';
import { type Client, type StatusObject, status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import type { OrcaLoadReport } from '../../../../proto/gen/xds/data/orca/v3/orca_load_report_pb.js';
import { OpenRcaService, OrcaLoadReportRequestSchema } from '../../../../proto/gen/xds/service/orca/v3/orca_pb.js';
import { serviceDefinition } from '../../../../services/grpc/service-definition.ts';
import { ask, aWhile, loadOf, read, startNode, until } from './node-under-test.ts';

const { streamCoreMetrics } = serviceDefinition(OpenRcaService);

const listen = (client: Client, reportInterval?: Duration) => {
  const reports: OrcaLoadReport[] = [];
  const stream = client.makeServerStreamRequest(
    streamCoreMetrics.path,
    streamCoreMetrics.requestSerialize,
    streamCoreMetrics.responseDeserialize,
    create(OrcaLoadReportRequestSchema, reportInterval === undefined ? {} : { reportInterval }),
  );
  stream.on('data', (report: OrcaLoadReport) => reports.push(report));
  stream.on('error', () => {});
  const end = new Promise<StatusObject>((resolve) => stream.on('status', resolve));
  return { reports, stream, end };
};

describe('load reports out of band', () => {
  test('come at once and then each interval, with the load of the moment', async () => {
    const { client, engine } = await startNode();
    const { reports, stream } = listen(client, durationFromMs(100));
    await until(() => reports.length === 1);
    expect(reports[0]!.namedMetrics).toMatchObject({ num_requests_running: 0, num_requests_waiting: 0 });
    const answer = ask(client, { outputTokens: 100_000 });
    await until(() => engine.report(0).running === 1);
    await until(() => reports.at(-1)!.namedMetrics.num_requests_running === 1); // some of before may be on their way
    const heard = reports.length;
    await until(() => reports.length >= heard + 2);
    expect(reports.at(-1)!.namedMetrics).toMatchObject({ num_requests_running: 1 });
    const { namedMetrics, applicationUtilization } = reports.at(-1)!;
    expect(namedMetrics.kv_cache_usage_perc).toBeGreaterThan(0);
    // Over some seconds: on the way from an idle node to this one.
    expect(applicationUtilization).toBeGreaterThan(0);
    expect(applicationUtilization).toBeLessThan(namedMetrics.kv_cache_usage_perc!);
    answer.cancel();
    stream.cancel();
  });

  test('say the same as the trailer of an answer', async () => {
    const { client } = await startNode();
    const { end } = await read(ask(client));
    const { reports, stream } = listen(client);
    await until(() => reports.length === 1);
    const { at_ms, step_ms, prefill_ms_per_token } = reports[0]!.namedMetrics;
    expect(at_ms).toBeGreaterThan(loadOf(end)!.atMs);
    expect(loadOf(end)).toMatchObject({ stepMs: step_ms, prefillMsPerToken: prefill_ms_per_token });
    stream.cancel();
  });

  test('come at most every 100 ms, and every 10 s without a wish of the client', async () => {
    const { client } = await startNode();
    const greedy = listen(client, durationFromMs(1));
    const modest = listen(client);
    await until(() => greedy.reports.length >= 4);
    const times = greedy.reports.map(({ namedMetrics }) => namedMetrics.at_ms!);
    expect(times[3]! - times[0]!).toBeGreaterThan(250); // timers of Node may be a millisecond early each
    expect(modest.reports.length).toBe(1);
    for (const { stream } of [greedy, modest]) stream.cancel();
  });

  test('end when the node closes', async () => {
    const { client, node } = await startNode();
    const { reports, end } = listen(client);
    await until(() => reports.length === 1);
    await node.close(60_000);
    expect((await end).code).toBe(status.UNAVAILABLE);
    await aWhile();
  });
});
