import { create } from '@bufbuild/protobuf';
import { Client, credentials, Server, ServerCredentials, type ServerWritableStream, status } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import type { Event } from '../../../../core/event/event.ts';
import { SystemClock } from '../../../../core/time/io/system-clock.ts';
import {
  type GenerateRequest,
  type GenerateResponse,
  GenerateResponseSchema,
  Inference,
} from '../../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { GenerateCall } from '../../../../services/client/io/generate-call.ts';
import { RunGaps } from '../../../../services/client/run-gaps.ts';
import { serviceDefinition } from '../../../../services/grpc/service-definition.ts';
import { ON_ITS_OWN } from '../../../../workload/schedule.ts';

type Stream = ServerWritableStream<GenerateRequest, GenerateResponse>;
const aWhile = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const write = (stream: Stream, tokens: number): void =>
  void stream.write(create(GenerateResponseSchema, { text: 'x', tokens }));

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

/** What a call logs whose node does as `serve` says; with `cutOffAfterMs` the run ends before the node does. */
const logOf = async (serve: (stream: Stream) => Promise<void>, cutOffAfterMs?: number): Promise<readonly Event[]> => {
  const server = new Server();
  server.addService(serviceDefinition(Inference), { generate: serve });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  cleanUps.push(() => server.forceShutdown());
  const channel = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  cleanUps.push(() => channel.close());
  const clock = new SystemClock({ startUnixMs: Date.now() });
  cleanUps.push(() => clock.close());
  const events: Event[] = [];
  const planned = { id: 3, atMs: 0, client: 'c', promptTokens: 5, outputTokens: 3, maxOutputTokens: 8, ...ON_ITS_OWN };
  const emit = (event: Event): void => void events.push(event);
  const gaps = new RunGaps({ warmUpMs: 0, stallMs: 50 });
  await new Promise<void>((resolve) => {
    const call = new GenerateCall({ planned, channel, clock, emit, deadlineMs: 5000, gaps, onEnd: () => resolve() });
    if (cutOffAfterMs !== undefined) setTimeout(() => call.cutOff('open'), cutOffAfterMs);
  });
  return events;
};

test('the last token of an answer is when it came, however late its status is', async () => {
  const [first, finished] = await logOf(async (stream) => {
    write(stream, 1);
    await aWhile(100);
    write(stream, 2);
    await aWhile(200);
    write(stream, 0);
    stream.end();
  });
  expect(first).toMatchObject({ kind: 'first-token', request: 3 });
  expect(finished).toMatchObject({
    kind: 'finished',
    outcome: 'answered',
    tokens: 3,
    lastTokenAtMs: expect.any(Number),
  });
  const { lastTokenAtMs = Number.NaN, atMs } = finished as Extract<Event, { kind: 'finished' }>;
  expect(lastTokenAtMs - first!.atMs).toBeGreaterThan(50);
  expect(atMs - lastTokenAtMs).toBeGreaterThan(100);
  const { gaps } = finished as Extract<Event, { kind: 'finished' }>;
  expect(gaps).toMatchObject({ n: 1, stalls: 1 });
  expect(gaps!.maxMs).toBeCloseTo(lastTokenAtMs - first!.atMs, 3);
});

test('an answer that the run cut off has the last token that came', async () => {
  const events = await logOf(async (stream) => {
    write(stream, 2);
    await aWhile(1000);
  }, 300);
  expect(events.at(-1)).toMatchObject({ outcome: 'open', tokens: 2, lastTokenAtMs: events[0]!.atMs });
});

test('a call without a token has no last one', async () => {
  const events = await logOf(async (stream) => {
    stream.emit('error', { code: status.UNAVAILABLE, details: 'no' });
  });
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({ kind: 'finished', outcome: 'failed', tokens: 0 });
  expect(events[0]).not.toHaveProperty('lastTokenAtMs');
  expect(events[0]).not.toHaveProperty('gaps');
});
