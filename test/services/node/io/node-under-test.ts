import { type ClientHttp2Stream, connect } from 'node:http2';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Client, type ClientReadableStream, credentials, Metadata, type StatusObject } from '@grpc/grpc-js';
import { afterEach } from 'vitest';
import type { Event } from '../../../../core/event/event.ts';
import { seededRng } from '../../../../core/random/rng.ts';
import type { Clock } from '../../../../core/time/clock.ts';
import { SystemClock } from '../../../../core/time/io/system-clock.ts';
import {
  GenerateRequestSchema,
  type GenerateResponse,
  Inference,
} from '../../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { loadReportOf, ORCA_TRAILER } from '../../../../router/endpoint/orca.ts';
import { serviceDefinition } from '../../../../services/grpc/service-definition.ts';
import { Engine } from '../../../../services/node/engine/engine.ts';
import type { ProfileData } from '../../../../services/node/engine/profile.ts';
import { profileSchema } from '../../../../services/node/engine/profile.ts';
import type { OnDemandOptions } from '../../../../services/node/engine/weights-on-demand.ts';
import { engineOptionsOf } from '../../../../services/node/engine-options.ts';
import { type GrpcNodeOptions, serveGrpcNode } from '../../../../services/node/io/grpc-node.ts';
import type { NodePower } from '../../../../services/node/power/node-power.ts';
import { nodeSchema } from '../../../../services/node/schema.ts';
import type { RequestSpans } from '../../../../services/node/telemetry/request-spans.ts';

const { generate } = serviceDefinition(Inference);

/** Steps of half a millisecond, so that a test takes no time. */
const quick: ProfileData = {
  id: 'quick',
  grade: 'C',
  source: 'made up for this test',
  step: { baseMs: 0, weightsMs: 0.5, tokenUs: 0.1, contextTokenUs: 0, attentionPairNs: 0, sequenceUs: 0 },
  kvTokens: 160_000,
  power: null,
};

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface NodeUnderTest extends Partial<Omit<GrpcNodeOptions, 'spans'>> {
  readonly name?: string;
  readonly spansOf?: (clock: Clock) => RequestSpans;
  readonly limits?: object;
  readonly EngineClass?: typeof Engine;
  readonly power?: NodePower;
  readonly onStepLate?: (lateMs: number) => void;
  readonly onDemand?: OnDemandOptions;
}

/** A node over an engine of quick steps, with a client; all of it is gone after the test. */
export const startNode = async (options: NodeUnderTest = {}) => {
  const {
    name = 'ashburn',
    limits = {},
    EngineClass = Engine,
    power = null,
    spansOf,
    onStepLate,
    onDemand,
    ...more
  } = options;
  const clock = new SystemClock({ startUnixMs: Date.now() });
  const config = nodeSchema.parse({ profile: 'b200-llama8b', limits, ingestMs: 0 });
  const engineOptions = { ...engineOptionsOf(config), profile: profileSchema.parse(quick) };
  const late = { ...(onStepLate && { onStepLate }), ...(onDemand && { onDemand }) };
  const engine = new EngineClass({ name, ...engineOptions, ...late, power, clock, rng: seededRng(1)(name) });
  const events: Event[] = [];
  cleanUps.push(() => {
    engine.close();
    clock.close();
  });
  const emit = (event: Event) => events.push(event);
  const spans = spansOf === undefined ? null : spansOf(clock);
  const node = await serveGrpcNode({ engine, clock, host: '127.0.0.1', port: 0, emit, spans, ...more });
  cleanUps.push(() => node.close(50));
  return { node, engine, clock, events, client: clientOf(node.port) };
};

/** A client on a connection of its own. */
export const clientOf = (port: number): Client => {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  cleanUps.push(() => client.close());
  return client;
};

export interface Ask {
  readonly promptTokens?: number;
  readonly outputTokens?: number;
  readonly requestId?: string;
  readonly timeoutMs?: number;
  readonly prompt?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Further fields of the message. */
  readonly fields?: MessageInitShape<typeof GenerateRequestSchema>;
}

export const ask = (
  client: Client,
  {
    promptTokens = 10,
    outputTokens = 20,
    requestId = '7',
    timeoutMs,
    prompt = 'Tell me.',
    headers: more = {},
    fields = {},
  }: Ask = {},
) => {
  const headers = new Metadata();
  headers.set('x-request-id', requestId);
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  const lengths = { promptTokens, outputTokens, maxOutputTokens: outputTokens };
  const request = create(GenerateRequestSchema, { prompt, ...lengths, ...fields });
  const deadline = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
  const stream = client.makeServerStreamRequest(
    generate.path,
    generate.requestSerialize,
    generate.responseDeserialize,
    request,
    headers,
    deadline,
  );
  stream.on('error', () => {}); // told again as the status
  return stream;
};

export interface Answer {
  readonly messages: readonly GenerateResponse[];
  readonly end: StatusObject;
}

export const read = (stream: ClientReadableStream<GenerateResponse>): Promise<Answer> =>
  new Promise((resolve) => {
    const messages: GenerateResponse[] = [];
    stream.on('data', (message: GenerateResponse) => messages.push(message));
    stream.on('status', (end) => resolve({ messages, end }));
  });

/** A client of @grpc/grpc-js takes in whatever comes; this one stops at a window of 1 KiB. */
export const askWithoutReading = (port: number, outputTokens = 100_000): ClientHttp2Stream => {
  const session = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 1024 } });
  cleanUps.push(() => session.destroy());
  const stream = session.request({
    ':method': 'POST',
    ':path': generate.path,
    'content-type': 'application/grpc+proto',
    te: 'trailers',
  });
  const answer = { outputTokens, maxOutputTokens: outputTokens };
  const message = generate.requestSerialize(create(GenerateRequestSchema, { promptTokens: 1, ...answer }));
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, 5);
  stream.end(frame);
  return stream;
};

/** A gRPC message of `bytes`, of which `sentBytes` are there. */
export const partOfMessage = (bytes: number, sentBytes: number): Buffer => {
  const frame = Buffer.alloc(sentBytes);
  frame.writeUInt32BE(bytes, 1);
  return frame;
};

export const tokensOf = ({ messages }: Answer): number => messages.reduce((sum, { tokens }) => sum + tokens, 0);

export const loadOf = (end: StatusObject) => loadReportOf(end.metadata.get(ORCA_TRAILER)[0] as Buffer);

export const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 2));
};

/** Long enough for what should not happen to happen. */
export const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));
