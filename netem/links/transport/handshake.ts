import type { Cancel, Clock, Ms } from '../../../core/time/clock.ts';
import type { PacketLink } from './packet-link.ts';

/**
 * SYN and its answer over a path, from now on. What is lost is sent again after 1 s, and then ever later, until `longestRetryMs`
 * (RFC 6298). `shaken` is called when the near end knows of the connection, unless that is cancelled.
 */
export const shakeHands = (
  path: {
    readonly clock: Clock;
    readonly forward: PacketLink;
    readonly back: PacketLink;
    readonly longestRetryMs: Ms;
  },
  shaken: (atMs: Ms) => void,
): Cancel => {
  const { clock, forward, back, longestRetryMs } = path;
  const ask = (retryAfterMs: Ms): Cancel => {
    const nowMs = clock.now();
    const askedAtMs = forward.transmit(0, nowMs);
    const answeredAtMs = askedAtMs === Number.POSITIVE_INFINITY ? askedAtMs : back.acknowledge(askedAtMs);
    if (answeredAtMs !== Number.POSITIVE_INFINITY) return clock.at(answeredAtMs, shaken);
    return clock.at(nowMs + retryAfterMs, () => {
      cancel = ask(Math.min(2 * retryAfterMs, longestRetryMs));
    });
  };
  let cancel = ask(FIRST_RETRY_MS);
  return () => cancel();
};

const FIRST_RETRY_MS = 1000;
