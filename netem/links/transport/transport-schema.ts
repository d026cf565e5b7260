import { z } from 'zod';

const windowSchema = (what: string) =>
  z
    .int()
    .min(16_384)
    .max(2 ** 31 - 1)
    .default(65_535)
    .describe(what);

/** What the transport over every path is; `{}` is TCP of Linux, as it comes. */
export const transportSchema = z
  .strictObject({
    model: z
      .enum(['tcp', 'ideal'])
      .default('tcp')
      .describe(
        'How a simulated message crosses a link. tcp: windows, retransmissions and timers of Linux TCP. ideal: no window; a lost packet arrives a round trip late, and what waits while a link is down passes when it is up.',
      ),
    initialWindowSegments: z
      .int()
      .min(1)
      .max(1000)
      .default(10)
      .describe('How many segments of 1448 bytes a new or idle connection may have in flight.'),
    tickMs: z
      .number()
      .min(0)
      .max(100)
      .default(4)
      .describe(
        'Tick of the kernel timers, in milliseconds: 4 at HZ 250, 10 at HZ 100. Timers fire one to two ticks late; 0 makes them exact.',
      ),
    http2: z
      .strictObject({
        streamBytes: windowSchema('Bytes that one stream may have in flight.'),
        connectionBytes: windowSchema('Bytes that all streams of a connection together may have in flight.'),
      })
      .prefault({})
      .describe('Flow control of receivers that are not ours: the nodes and the clients. The default of HTTP/2.'),
  })
  .prefault({})
  .describe('TCP and HTTP/2 on every connection.');

export type TransportConfig = z.output<typeof transportSchema>;
