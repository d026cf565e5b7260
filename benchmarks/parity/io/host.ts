import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { type MessagesOrder, timedMessages } from './timed-messages.ts';

/** A process in the namespace of one host: sends back every datagram it gets, takes streams, and probes others when told to. */

export interface ProbeOrder {
  readonly address: string;
  readonly port: number;
  readonly count: number;
  readonly everyMs: number;
  readonly bytes?: number;
  /** How long nothing has to come, after the last was sent, until what is missing is taken for lost. */
  readonly patienceMs?: number;
}

export interface ProbeReport {
  /** Unix time in milliseconds of each probe sent, and of its answer; null for one that never came. */
  readonly sentAtMs: readonly number[];
  readonly backAtMs: readonly (number | null)[];
  /** Which probe each answer was for, as they came in. */
  readonly order: readonly number[];
}

export interface StreamOrder {
  readonly address: string;
  readonly bytes: number;
}

export const STREAM_PORT = 7001;

/** Sends back what it gets, over TCP. */
export const ECHO_STREAM_PORT = 7003;

const nowMs = (): number => performance.timeOrigin + performance.now();

const probe = ({ address, port, count, everyMs, bytes = 64, patienceMs = 5000 }: ProbeOrder): Promise<ProbeReport> => {
  const sentAtMs: number[] = [];
  const backAtMs: (number | null)[] = Array.from({ length: count }, () => null);
  const order: number[] = [];
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    let waiting: NodeJS.Timeout;
    const end = (): void => {
      clearTimeout(waiting);
      socket.close();
      resolve({ sentAtMs, backAtMs, order });
    };
    const beQuiet = (): void => {
      clearTimeout(waiting);
      if (sentAtMs.length === count) waiting = setTimeout(end, patienceMs);
    };
    socket.on('message', (message) => {
      const index = message.readUInt32LE(0);
      backAtMs[index] = nowMs();
      order.push(index);
      if (order.length === count) end();
      else beQuiet();
    });
    socket.bind(0, () => {
      // One that is late does not hurry the next: a burst would fill the buffer of whoever has to answer it.
      const send = (): void => {
        do {
          const message = Buffer.alloc(bytes);
          message.writeUInt32LE(sentAtMs.length, 0);
          sentAtMs.push(nowMs());
          socket.send(message, port, address);
        } while (everyMs === 0 && sentAtMs.length < count);
        if (sentAtMs.length < count) setTimeout(send, everyMs);
        else beQuiet();
      };
      send();
    });
  });
};

const stream = ({ address, bytes }: StreamOrder): Promise<number> =>
  new Promise((resolve, reject) => {
    const startMs = nowMs();
    const socket = connect({ port: STREAM_PORT, host: address });
    socket.on('error', reject).on('end', () => resolve(nowMs() - startMs));
    socket.resume().end(Buffer.alloc(bytes));
  });

type Order =
  | { readonly probes: readonly ProbeOrder[] }
  | { readonly stream: StreamOrder }
  | { readonly messages: MessagesOrder };

if (process.send !== undefined && process.argv[2] !== undefined) {
  for (const port of JSON.parse(process.argv[2]) as number[]) {
    const echo = createSocket('udp4');
    echo.on('message', (message, from) => echo.send(message, from.port, from.address));
    echo.bind(port);
  }
  createServer({ allowHalfOpen: true }, (socket) => socket.resume().on('end', () => socket.end())).listen(STREAM_PORT);
  createServer({ noDelay: true }, (socket) => socket.on('error', () => {}).pipe(socket)).listen(ECHO_STREAM_PORT);
  process.on('message', async (order: Order) => {
    if ('probes' in order) process.send!(await Promise.all(order.probes.map(probe)));
    else process.send!(await ('stream' in order ? stream(order.stream) : timedMessages(order.messages)));
  });
  process.on('disconnect', () => process.exit(0));
  process.send('ready');
}
