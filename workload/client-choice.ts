import type { Rng } from '../core/random/rng.ts';
import type { Ms } from '../core/time/clock.ts';
import type { Arrivals, OfferingClient } from './arrivals/arrival-process.ts';

/** Users of one place, with their weight in the load. */
export interface ClientShare {
  readonly name: string;
  readonly share: number;
  readonly lonDeg?: number;
}

/** Draws the client of a request by the shares of its instant. */
export const clientChoice = (
  clients: readonly (ClientShare & OfferingClient)[],
  { weightAt = () => 1 }: Arrivals,
  rng: Rng,
): ((atMs: Ms) => string) => {
  const weightOf = (client: number, atMs: Ms): number => clients[client]!.share * weightAt(client, atMs);
  return (atMs) => {
    let total = 0;
    for (let client = 0; client < clients.length; client++) total += weightOf(client, atMs);
    let left = rng.next() * total;
    for (const [client, { name }] of clients.entries()) {
      left -= weightOf(client, atMs);
      if (left < 0) return name;
    }
    return clients.at(-1)!.name;
  };
};
