import { connect, createServer, type ServerHttp2Stream } from 'node:http2';
import { duplexPair } from 'node:stream';

/** What the two ends of real sessions have written, frame by frame; the first piece of a client is its preface. */
export interface Recordings {
  readonly client: readonly Buffer[];
  readonly server: readonly Buffer[];
  /** How many streams the client opened. */
  readonly streams: number;
}

/** Records a session of node:http2 with itself: Huffman's code, both tables, bodies, trailers, resets, PING. */
export const recordSession = async (): Promise<Recordings> => {
  const [near, clientEnd] = duplexPair();
  const [serverEnd, far] = duplexPair();
  const written = { client: [] as Buffer[], server: [] as Buffer[] };
  clientEnd.on('data', (bytes: Buffer) => {
    written.client.push(Buffer.from(bytes));
    serverEnd.write(bytes);
  });
  serverEnd.on('data', (bytes: Buffer) => {
    written.server.push(Buffer.from(bytes));
    clientEnd.write(bytes);
  });
  // The engine asks for a table of 0 and acknowledges what it gets, as these do here.
  const server = createServer({ settings: { headerTableSize: 0 } });
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'x-id': `${stream.id}` },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': 'all is well' }));
    stream.pipe(stream);
  });
  server.emit('connection', far);
  const session = connect('http://node', { createConnection: () => near, settings: { headerTableSize: 0 } });
  session.on('error', () => {});
  const ended: Promise<void>[] = [];
  for (let index = 0; index < STREAMS; index++) {
    const headers = {
      ':method': 'POST',
      ':path': `/a.B/${index % 2}`,
      te: 'trailers',
      'x-trace': `${index}`.repeat(20),
    };
    const stream = session.request(headers);
    stream.on('error', () => {});
    stream.resume();
    ended.push(new Promise((resolve) => stream.once('close', () => resolve())));
    stream.write(Buffer.alloc(100 * index));
    if (index % 3 === 2) setImmediate(() => stream.close(8));
    else stream.end(Buffer.alloc(7));
    session.ping(() => {});
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(ended);
  session.destroy();
  server.close();
  const [bytes, answers] = [Buffer.concat(written.client), Buffer.concat(written.server)];
  const preface = 24;
  return {
    client: [bytes.subarray(0, preface), ...framesIn(bytes, preface)],
    server: framesIn(answers, 0),
    streams: STREAMS,
  };
};

const framesIn = (bytes: Buffer, from: number): Buffer[] => {
  const frames: Buffer[] = [];
  for (let at = from; at + 9 <= bytes.length; ) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    frames.push(bytes.subarray(at, end));
    at = end;
  }
  return frames;
};

const STREAMS = 8;
