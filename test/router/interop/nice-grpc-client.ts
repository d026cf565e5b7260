import { create } from '@bufbuild/protobuf';
import { type BytesValue, BytesValueSchema } from '@bufbuild/protobuf/wkt';
import type { MethodDefinition } from '@grpc/grpc-js';
import { ChannelCredentials, ClientError, createChannel, createClient, Metadata, Status } from 'nice-grpc';
import { serviceDefinition } from '../../../services/grpc/service-definition.ts';
import { type ByteCall, type ByteReply, type CallKind, type MakeByteClient, onlyMessage } from './byte-client.ts';
import { PLAN_HEADER } from './byte-plan.ts';
import { AbsentService, ByteService } from './byte-service.ts';
import { grpcJsChannelOptions } from './grpc-js-client.ts';

/** A client over nice-grpc. */
export const niceGrpcClient: MakeByteClient = ({ port, isCompressing = false, tls }) => {
  const channel = createChannel(
    `127.0.0.1:${port}`,
    tls === undefined ? ChannelCredentials.createInsecure() : ChannelCredentials.createSsl(tls.ca),
    {
      ...grpcJsChannelOptions(isCompressing),
      ...(tls !== undefined && { 'grpc.ssl_target_name_override': tls.serverName }),
    },
  );
  const client = createClient(flagged(ByteService), channel);
  const absent = createClient(flagged(AbsentService), channel);
  return {
    call: async (kind, call) => {
      const { one, missing, collect, expand, talk } = call.isAbsent === true ? absent : client;
      const messages: Buffer[] = [];
      let headers = new Metadata();
      let trailers = new Metadata();
      const add = ({ value }: BytesValue): void => {
        const message = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
        messages.push(message);
        call.onMessage?.(message);
      };
      const options = {
        metadata: metadataOf(call),
        ...(call.signal !== undefined && { signal: call.signal }),
        onHeader: (given: Metadata) => {
          headers = given;
        },
        onTrailer: (given: Metadata) => {
          trailers = given;
        },
      };
      let code = Status.OK;
      let text = '';
      try {
        if (kind === 'one' || kind === 'missing') {
          add(await (kind === 'one' ? one : missing)(bytesValue(await onlyMessage(call.messages)), options));
        } else if (kind === 'collect') add(await collect(valuesOf(call), options));
        else if (kind === 'expand') {
          for await (const value of expand(bytesValue(await onlyMessage(call.messages)), options)) add(value);
        } else for await (const value of talk(valuesOf(call), options)) add(value);
      } catch (error) {
        if (error instanceof ClientError) {
          code = error.code;
          text = error.details;
        } else if (call.signal?.aborted === true) code = Status.CANCELLED;
        else throw error;
      }
      return { messages, headers: valuesIn(headers), trailers: valuesIn(trailers), code, text };
    },
    close: () => channel.close(),
  };
};

/** Which sides of a method are streams, as its types have it. */
type Flagged = {
  readonly [Kind in CallKind]: MethodDefinition<BytesValue, BytesValue> & {
    readonly requestStream: Kind extends 'collect' | 'talk' ? true : false;
    readonly responseStream: Kind extends 'expand' | 'talk' ? true : false;
  };
};

const flagged = (service: typeof ByteService): Flagged => serviceDefinition(service) as unknown as Flagged;

const bytesValue = (value: Buffer): BytesValue => create(BytesValueSchema, { value });

async function* valuesOf({ messages }: ByteCall): AsyncIterable<BytesValue> {
  for await (const message of messages) yield bytesValue(message);
}

/** Its deadlines are a middleware in a package of its own; the header is what the router and the node read. */
const metadataOf = ({ plan, metadata = [], deadlineMs }: ByteCall): Metadata => {
  const all = new Metadata();
  if (plan !== undefined) all.set(PLAN_HEADER, Buffer.from(JSON.stringify(plan)));
  if (deadlineMs !== undefined) all.set('grpc-timeout', `${deadlineMs}m`);
  for (const [name, value] of metadata) all.append(name, value);
  return all;
};

const valuesIn =
  (metadata: Metadata): ByteReply['headers'] =>
  (name) => {
    const values: readonly (string | Uint8Array)[] = metadata.getAll(name);
    const [value] = values;
    if (values.length > 1) return values.join(', ');
    return value instanceof Uint8Array ? Buffer.from(value) : value;
  };
