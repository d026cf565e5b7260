import { Client, credentials, Metadata, type StatusObject } from '@grpc/grpc-js';
import type { Ms } from '../../../core/time/clock.ts';
import { GENERATE_PATH, tokensIn } from '../generate-message.ts';
import type { AnswerListener, LoadTransport, OpenCall, OutgoingCall } from '../load-transport.ts';

/** Calls over @grpc/grpc-js, a channel a client: the reference. */
export class GrpcJsTransport implements LoadTransport {
  readonly #channels: ReadonlyMap<string, Client>;

  /** `addresses`: `host:port` by client. */
  constructor(addresses: ReadonlyMap<string, string>) {
    this.#channels = new Map(
      [...addresses].map(([client, address]) => [
        client,
        new Client(address, credentials.createInsecure(), CHANNEL_OPTIONS),
      ]),
    );
  }

  async connect(withinMs: Ms): Promise<void> {
    const deadline = new Date(Date.now() + withinMs);
    await Promise.all(
      [...this.#channels].map(
        ([client, channel]) =>
          new Promise<void>((resolve, reject) => {
            channel.waitForReady(deadline, (error) => {
              if (error === undefined) resolve();
              else reject(new Error(`client ${client} did not reach the router within ${withinMs} ms`));
            });
          }),
      ),
    );
  }

  call({ client, fields, message, timeoutMs }: OutgoingCall, listener: AnswerListener): OpenCall {
    const stream = this.#channels
      .get(client)!
      .makeServerStreamRequest(GENERATE_PATH, bytesOf, tokensOf, message, metadataOf(fields), {
        deadline: Date.now() + timeoutMs,
      });
    let isCancelled = false;
    stream.on('data', ({ tokens }: Tokens) => {
      if (!isCancelled) listener.onMessage(tokens);
    });
    stream.on('error', () => {}); // 'status' reports it again, with its trailers
    stream.on('status', ({ code, details }: StatusObject) => {
      if (!isCancelled) listener.onEnd(code, details);
    });
    return {
      cancel: () => {
        isCancelled = true;
        stream.cancel();
      },
    };
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.close();
  }
}

/** A stream of objects cannot carry a bare 0. */
interface Tokens {
  readonly tokens: number;
}

const bytesOf = (message: Uint8Array): Buffer => Buffer.from(message.buffer, message.byteOffset, message.byteLength);

/** What it throws ends the call with INTERNAL. */
const tokensOf = (bytes: Buffer): Tokens => {
  const tokens = tokensIn(bytes, 0, bytes.length);
  if (tokens < 0) throw new Error('a message is no GenerateResponse');
  return { tokens };
};

const metadataOf = (fields: OutgoingCall['fields']): Metadata => {
  const metadata = new Metadata();
  for (const [name, value] of fields) metadata.set(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
  return metadata;
};

const CHANNEL_OPTIONS = {
  'grpc.use_local_subchannel_pool': 1, // two clients that share an address are still two connections
  'grpc.enable_retries': 0, // only the router retries, and the client where the load says so
  'grpc.enable_channelz': 0,
  'grpc.enable_http_proxy': 0, // a proxy named in the environment must not carry the paths of a run
};
