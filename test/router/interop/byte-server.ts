import { create } from '@bufbuild/protobuf';
import { type BytesValue, BytesValueSchema } from '@bufbuild/protobuf/wkt';
import * as grpc from '@grpc/grpc-js';
import { serviceDefinition } from '../../../services/grpc/service-definition.ts';
import {
  type BytePlan,
  ByteSum,
  ECHO_HEADER,
  ECHO_TRAILER,
  messageOf,
  PLAN_HEADER,
  RECEIVED_TRAILER,
} from './byte-plan.ts';
import { ByteService } from './byte-service.ts';

export interface ByteServer {
  readonly port: number;
  /** Calls that it has begun, and those among the ones that stay open that were cancelled. */
  readonly begun: () => number;
  readonly cancelled: () => number;
  /** How many calls brought messages of that sum. */
  readonly received: (sum: string) => number;
  close(): void;
}

type Call = grpc.ServerDuplexStream<BytesValue, BytesValue>;

/** A server over @grpc/grpc-js that does with each call what the plan in its headers says. */
export const byteServer = async (credentials = grpc.ServerCredentials.createInsecure()): Promise<ByteServer> => {
  let begun = 0;
  let cancelled = 0;
  const bySum = new Map<string, number>();
  const server = new grpc.Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  const serve = (call: Call): void => {
    begun++;
    // It says so of each call that is over, whole ones too.
    call.on('cancelled', () => {
      if (planIn(call.metadata).staysOpen === true) cancelled++;
    });
    answer(call, (sum) => bySum.set(sum, (bySum.get(sum) ?? 0) + 1));
  };
  // On the wire a call of any kind is a stream each way, so one handler serves all.
  const { one, collect, expand, talk } = serviceDefinition(ByteService);
  const methods = Object.fromEntries(
    Object.entries({ one, collect, expand, talk }).map(([name, definition]) => [
      name,
      { ...definition, requestStream: true, responseStream: true },
    ]),
  ) as grpc.ServiceDefinition;
  server.addService(methods, { one: serve, collect: serve, expand: serve, talk: serve });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  return {
    port,
    begun: () => begun,
    cancelled: () => cancelled,
    received: (sum) => bySum.get(sum) ?? 0,
    close: () => server.forceShutdown(),
  };
};

const answer = (call: Call, onReceived: (sum: string) => void): void => {
  const plan = planIn(call.metadata);
  const { sizes = [], seed = 0, code = grpc.status.OK, text = '' } = plan;
  call.sendMetadata(echoed(call.metadata, ECHO_HEADER));
  const isTalk = call.getPath().endsWith('/Talk');
  const sum = new ByteSum();
  let index = 0;
  const write = (): void => {
    if (index >= sizes.length) return;
    call.write(create(BytesValueSchema, { value: messageOf(seed, index, sizes[index]!) }));
    index++;
  };
  call.on('data', ({ value }: BytesValue) => {
    sum.add(value);
    if (isTalk) write();
  });
  call.on('end', () => {
    while (index < sizes.length) write();
    if (plan.staysOpen === true) return;
    const received = sum.text();
    onReceived(received);
    if (plan.tellsReceived === true) call.write(create(BytesValueSchema, { value: Buffer.from(received) }));
    const trailers = echoed(call.metadata, ECHO_TRAILER);
    trailers.set(RECEIVED_TRAILER, received);
    if (code === grpc.status.OK) call.end(trailers);
    else call.emit('error', { code, details: text, metadata: trailers });
  });
};

const planIn = (metadata: grpc.Metadata): BytePlan => {
  const [plan] = metadata.get(PLAN_HEADER);
  return plan === undefined ? {} : (JSON.parse(plan.toString()) as BytePlan);
};

const echoed = (metadata: grpc.Metadata, name: string): grpc.Metadata => {
  const copy = new grpc.Metadata();
  for (const value of metadata.get(name)) copy.add(name, value);
  return copy;
};
