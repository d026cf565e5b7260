import { create } from '@bufbuild/protobuf';
import { type BytesValue, BytesValueSchema } from '@bufbuild/protobuf/wkt';
import * as grpc from '@grpc/grpc-js';
import { serviceDefinition } from '../../../services/grpc/service-definition.ts';
import { type ByteCall, type ByteReply, type MakeByteClient, onlyMessage } from './byte-client.ts';
import { PLAN_HEADER } from './byte-plan.ts';
import { AbsentService, ByteService } from './byte-service.ts';

/** How @grpc/grpc-js calls, by what nice-grpc takes too. */
export const grpcJsChannelOptions = (isCompressing: boolean): grpc.ChannelOptions => ({
  'grpc.use_local_subchannel_pool': 1,
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.enable_retries': 0,
  ...(isCompressing && { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip }),
});

/** A client over @grpc/grpc-js, by the method of its API for each kind. */
export const grpcJsClient: MakeByteClient = ({ port, isCompressing = false, tls }) => {
  const options = {
    ...grpcJsChannelOptions(isCompressing),
    ...(tls !== undefined && { 'grpc.ssl_target_name_override': tls.serverName }),
  };
  const credentials = tls === undefined ? grpc.credentials.createInsecure() : grpc.credentials.createSsl(tls.ca);
  const client = new grpc.Client(`127.0.0.1:${port}`, credentials, options);
  return {
    call: async (kind, call) => {
      const { path, requestSerialize, responseDeserialize } = serviceDefinition(
        call.isAbsent === true ? AbsentService : ByteService,
      )[kind];
      const given = callOptions(call);
      const metadata = metadataOf(call);
      const codec = [path, requestSerialize, responseDeserialize] as const;
      const result = new Collected(call);
      switch (kind) {
        case 'one':
        case 'missing': {
          const message = messageOf(await onlyMessage(call.messages));
          return result.ofSingle((reply) => client.makeUnaryRequest(...codec, message, metadata, given, reply));
        }
        case 'collect':
          return result.ofSingle((reply) => {
            const stream = client.makeClientStreamRequest(...codec, metadata, given, reply);
            void send(stream, call.messages);
            return stream;
          });
        case 'expand': {
          const message = messageOf(await onlyMessage(call.messages));
          return result.ofStream(client.makeServerStreamRequest(...codec, message, metadata, given));
        }
        default: {
          const stream = client.makeBidiStreamRequest(...codec, metadata, given);
          void send(stream, call.messages);
          return result.ofStream(stream);
        }
      }
    },
    close: () => client.close(),
  };
};

/** What the calls of all kinds have. */
type SurfaceCall = grpc.ClientUnaryCall;

/** Gathers what comes back on one call. */
class Collected {
  readonly #call: ByteCall;
  readonly #messages: Buffer[] = [];
  #headers = new grpc.Metadata();

  constructor(call: ByteCall) {
    this.#call = call;
  }

  ofSingle(start: (reply: grpc.requestCallback<BytesValue>) => SurfaceCall): Promise<ByteReply> {
    return new Promise((resolve) => {
      const call = start((_, value) => {
        if (value !== undefined) this.#add(value);
      });
      this.#follow(call, resolve);
    });
  }

  ofStream(stream: SurfaceCall & NodeJS.ReadableStream): Promise<ByteReply> {
    return new Promise((resolve) => {
      stream.on('data', (value: BytesValue) => this.#add(value));
      stream.on('error', () => {}); // the status says it
      this.#follow(stream, resolve);
    });
  }

  #follow(call: SurfaceCall, resolve: (reply: ByteReply) => void): void {
    this.#call.signal?.addEventListener('abort', () => call.cancel());
    call.on('metadata', (headers: grpc.Metadata) => {
      this.#headers = headers;
    });
    call.on('status', ({ code, details, metadata }: grpc.StatusObject) => {
      // The callback of a single message comes before or after the status.
      setImmediate(() =>
        resolve({
          messages: this.#messages,
          headers: valuesIn(this.#headers),
          trailers: valuesIn(metadata),
          code,
          text: details,
        }),
      );
    });
  }

  #add({ value }: BytesValue): void {
    const message = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#messages.push(message);
    this.#call.onMessage?.(message);
  }
}

const messageOf = (value: Buffer): BytesValue => create(BytesValueSchema, { value });

const callOptions = ({ deadlineMs }: ByteCall): grpc.CallOptions =>
  deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };

const metadataOf = ({ plan, metadata = [] }: ByteCall): grpc.Metadata => {
  const all = new grpc.Metadata();
  if (plan !== undefined) all.set(PLAN_HEADER, Buffer.from(JSON.stringify(plan)));
  for (const [name, value] of metadata) all.add(name, value);
  return all;
};

const valuesIn =
  (metadata: grpc.Metadata) =>
  (name: string): string | Buffer | undefined => {
    const values = metadata.get(name);
    return values.length > 1 ? values.join(', ') : values[0];
  };

const send = async (
  stream: grpc.ClientWritableStream<BytesValue> | grpc.ClientDuplexStream<BytesValue, BytesValue>,
  messages: ByteCall['messages'],
): Promise<void> => {
  for await (const message of messages) {
    if (!stream.write(messageOf(message))) {
      await new Promise<void>((resolve) => {
        stream.once('drain', resolve);
        stream.once('status', () => resolve());
      });
    }
  }
  stream.end();
};
