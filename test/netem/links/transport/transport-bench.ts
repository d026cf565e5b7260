import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import type { LinkModel, LinkState } from '../../../../netem/links/model/link-model.ts';
import { PacketLink } from '../../../../netem/links/transport/packet-link.ts';
import { Transport, type TransportOptions } from '../../../../netem/links/transport/transport.ts';

/** A connection over a link of `rttMs` in virtual time, which is down in `down` and else loses `lossRate`. */
export const connected = ({
  rttMs,
  down = [],
  state = {},
  seed = 1,
  ...options
}: {
  readonly rttMs: number;
  readonly down?: readonly (readonly [fromMs: number, toMs: number])[];
  readonly state?: Partial<LinkState>;
  readonly seed?: number;
} & Partial<TransportOptions>) => {
  const clock = new VirtualClock();
  const rng = seededRng(seed);
  const link: LinkModel = {
    stateAt: (atMs) => ({
      delayUs: rttMs * 500,
      jitterUs: 0,
      lossRate: 0,
      rateKbps: 0,
      ...state,
      up: !down.some(([fromMs, toMs]) => atMs >= fromMs && atMs < toMs),
    }),
    nextChangeAfter: (afterMs) =>
      down
        .flat()
        .sort((a, b) => a - b)
        .find((atMs) => atMs > afterMs) ?? null,
  };
  const data = new PacketLink({ name: 'a-b/forward', link, rng });
  const acks = new PacketLink({ name: 'a-b/back', link, rng });
  const config = { initialWindowSegments: 10, tickMs: 0 };
  const transport = new Transport({ name: 'a-b', clock, rng, data, acks, config, http2: null, ...options });
  /** Sends `bytes` at `atMs`. Until the message is whole, in milliseconds; null when it is not within an hour. */
  const sendAt = (atMs: number, bytes: number): number | null => {
    let tookMs: number | null = null;
    clock.runUntil(atMs);
    transport.send(bytes, (dueMs) => {
      tookMs = dueMs - atMs;
    });
    for (let untilMs = atMs; tookMs === null && untilMs < atMs + 3_600_000; untilMs += untilMs < atMs + 5000 ? 1 : 1000)
      clock.runUntil(untilMs);
    return tookMs;
  };
  return { clock, transport, data, acks, sendAt };
};
