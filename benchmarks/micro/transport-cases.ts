import { seededRng } from '../../core/random/rng.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { LinkEmulator } from '../../netem/links/model/link-emulator.ts';
import type { LinkModel } from '../../netem/links/model/link-model.ts';
import { PacketLink } from '../../netem/links/transport/packet-link.ts';
import { Transport } from '../../netem/links/transport/transport.ts';
import { type Case, sink } from './case.ts';

/** A token every 2 ms over 60 ms, with and without loss: over a transport, and over the emulator of ideal transports. */
export const transportCases = (): readonly Case[] =>
  [0, 0.001].flatMap((lossRate) => {
    const state = { up: true, delayUs: 30_000, jitterUs: 0, lossRate, rateKbps: 1_000_000 };
    const link: LinkModel = { stateAt: () => state, nextChangeAfter: () => null };
    const rng = seededRng(1);
    const deliver = (dueMs: number): void => {
      sink.value = dueMs;
    };
    const tokens = (name: string, clock: VirtualClock, send: () => void): Case => ({
      name: `${name}: a token, loss ${lossRate}`,
      run: () => {
        clock.runUntil(clock.now() + 2);
        send();
      },
    });
    const tcpClock = new VirtualClock();
    const transport = new Transport({
      name: 'a-b',
      clock: tcpClock,
      rng,
      data: new PacketLink({ name: 'a-b/forward', link, rng }),
      acks: new PacketLink({ name: 'a-b/back', link, rng }),
      config: { initialWindowSegments: 10, tickMs: 4 },
      http2: null,
    });
    const idealClock = new VirtualClock();
    const emulator = new LinkEmulator({ name: 'a-b', link, clock: idealClock, rng });
    return [
      tokens('transport', tcpClock, () => transport.send(24, deliver)),
      tokens('emulator', idealClock, () => emulator.send(24, deliver)),
    ];
  });
