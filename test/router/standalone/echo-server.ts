import * as grpc from '@grpc/grpc-js';

const raw = (bytes: Buffer): Buffer => bytes;

const method = <Request extends boolean, Response extends boolean>(
  name: string,
  requestStream: Request,
  responseStream: Response,
) => ({
  path: `/any.Thing/${name}`,
  requestStream,
  responseStream,
  requestSerialize: raw,
  requestDeserialize: raw,
  responseSerialize: raw,
  responseDeserialize: raw,
});

const thing = {
  one: method('One', false, false),
  many: method('Many', false, true),
  sum: method('Sum', true, false),
  talk: method('Talk', true, true),
} as const;

export interface EchoServer {
  readonly port: number;
  /** The metadata of the last request. */
  readonly last: () => grpc.Metadata | null;
  readonly served: () => number;
  close(): void;
}

/** A server of somebody else: a service of all four kinds that answers with its name and what it was sent. */
export const echoServer = async (
  name: string,
  credentials = grpc.ServerCredentials.createInsecure(),
): Promise<EchoServer> => {
  let last: grpc.Metadata | null = null;
  let served = 0;
  const note = ({ metadata }: { readonly metadata: grpc.Metadata }): void => {
    last = metadata;
    served++;
  };
  const said = (text: Buffer | string): Buffer => Buffer.from(`${name}:${text}`);
  const server = new grpc.Server();
  server.addService(thing, {
    one: (call: grpc.ServerUnaryCall<Buffer, Buffer>, reply: grpc.sendUnaryData<Buffer>) => {
      note(call);
      reply(null, said(call.request));
    },
    many: (call: grpc.ServerWritableStream<Buffer, Buffer>) => {
      note(call);
      for (let word = 0; word < 3; word++) call.write(said(`${call.request}${word}`));
      call.end();
    },
    sum: (call: grpc.ServerReadableStream<Buffer, Buffer>, reply: grpc.sendUnaryData<Buffer>) => {
      note(call);
      const parts: string[] = [];
      call.on('data', (part: Buffer) => parts.push(`${part}`));
      call.on('end', () => reply(null, said(parts.join('+'))));
    },
    talk: (call: grpc.ServerDuplexStream<Buffer, Buffer>) => {
      note(call);
      call.on('data', (part: Buffer) => call.write(said(part)));
      call.on('end', () => call.end());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  return { port, last: () => last, served: () => served, close: () => server.forceShutdown() };
};

/** What a call came to: its messages, or the name of its status. */
export type Outcome = readonly string[] | string;

export interface EchoClient {
  one(text: string, metadata?: grpc.Metadata): Promise<Outcome>;
  many(text: string): Promise<Outcome>;
  sum(...texts: readonly string[]): Promise<Outcome>;
  talk(metadata?: grpc.Metadata): Talk;
  close(): void;
}

/** A stream that stays open until `end`. */
export interface Talk {
  /** Resolves to the echo, or to how the stream ended instead. */
  say(text: string): Promise<string>;
  end(): Promise<Outcome>;
  readonly over: Promise<Outcome>;
}

/** `serverName` is the name in the certificate of the router, where there is one. */
export const echoClient = (
  address: string,
  credentials = grpc.credentials.createInsecure(),
  serverName?: string,
): EchoClient => {
  const client = new grpc.Client(address, credentials, {
    'grpc.use_local_subchannel_pool': 1,
    ...(serverName !== undefined && { 'grpc.ssl_target_name_override': serverName }),
  });
  const collected = (stream: grpc.ClientReadableStream<Buffer>): Promise<Outcome> =>
    new Promise((resolve) => {
      const words: string[] = [];
      stream.on('data', (word: Buffer) => words.push(`${word}`));
      stream.on('error', () => {}); // the status says it
      stream.on('status', ({ code }) => resolve(code === grpc.status.OK ? words : grpc.status[code]!));
    });
  const single =
    (resolve: (outcome: Outcome) => void) =>
    (error: grpc.ServiceError | null, reply?: Buffer): void =>
      resolve(error === null ? [`${reply}`] : grpc.status[error.code]!);
  return {
    one: (text, metadata = new grpc.Metadata()) =>
      new Promise((resolve) => {
        client.makeUnaryRequest(thing.one.path, raw, raw, Buffer.from(text), metadata, single(resolve));
      }),
    many: (text) => collected(client.makeServerStreamRequest(thing.many.path, raw, raw, Buffer.from(text))),
    sum: (...texts) =>
      new Promise((resolve) => {
        const stream = client.makeClientStreamRequest(thing.sum.path, raw, raw, single(resolve));
        for (const text of texts) stream.write(Buffer.from(text));
        stream.end();
      }),
    talk: (metadata = new grpc.Metadata()) => {
      const stream = client.makeBidiStreamRequest(thing.talk.path, raw, raw, metadata);
      const over = collected(stream);
      return {
        say: (text) => {
          const echoed = new Promise<string>((resolve) => stream.once('data', (word: Buffer) => resolve(`${word}`)));
          stream.write(Buffer.from(text));
          return Promise.race([echoed, over.then((outcome) => `over: ${outcome}`)]);
        },
        end: () => {
          stream.end();
          return over;
        },
        over,
      };
    },
    close: () => client.close(),
  };
};
