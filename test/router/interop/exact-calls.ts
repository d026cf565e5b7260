import type { Rng } from '../../../core/random/rng.ts';
import type { ByteClient, CallKind } from './byte-client.ts';
import { messageOf, RECEIVED_TRAILER, sumOf } from './byte-plan.ts';

/** A call whose bytes are compared both ways. */
export interface ExactCall {
  readonly kind: CallKind;
  readonly seed: number;
  /** The sizes of the messages each way. */
  readonly up: readonly number[];
  readonly down: readonly number[];
}

/** Draws a call: of any kind, with messages of 0 B to 1 MB, many of them beside a border of frames, windows or buffers. */
export const drawExactCall = (rng: Rng, seed: number): ExactCall => {
  const kind = KINDS[rng.below(KINDS.length)]!;
  const several = (isStream: boolean): number[] =>
    isStream ? Array.from({ length: rng.below(6) }, () => drawBytes(rng, 64)) : [drawBytes(rng, 16)];
  return {
    kind,
    seed,
    up: several(kind === 'collect' || kind === 'talk'),
    down: several(kind === 'expand' || kind === 'talk'),
  };
};

/** Makes a call. Returns what differs from what was sent, or null. */
export const faultOfCall = async (client: ByteClient, { kind, seed, up, down }: ExactCall): Promise<string | null> => {
  const messages = up.map((bytes, index) => messageOf(seed, index, bytes));
  const reply = await client.call(kind, { messages, plan: { sizes: down, seed: seed + 1 } });
  const what = `${kind} with seed ${seed}, ${up.join('+')} B up, ${down.join('+')} B down`;
  if (reply.code !== 0) return `${what}: status ${reply.code}, ${reply.text}`;
  const received = reply.trailers(RECEIVED_TRAILER);
  if (received !== sumOf(messages)) return `${what}: the server received ${received}`;
  const sent = sumOf(down.map((bytes, index) => messageOf(seed + 1, index, bytes)));
  const heard = sumOf(reply.messages);
  return heard === sent ? null : `${what}: the client received ${heard}`;
};

export const bytesOf = ({ up, down }: ExactCall): number => [...up, ...down].reduce((sum, bytes) => sum + bytes, 0);

/** One of `rarity` is long. */
const drawBytes = (rng: Rng, rarity: number): number => {
  const among = rng.below(rarity);
  if (among === 0) return LONGEST_BYTES - rng.below(rng.below(2) === 0 ? 20 : LONGEST_BYTES);
  if (among < rarity / 4) return Math.max(0, BORDERS[rng.below(BORDERS.length)]! - rng.below(16));
  return rng.below(2 ** rng.below(15));
};

const KINDS: readonly CallKind[] = ['one', 'collect', 'expand', 'talk'];

const LONGEST_BYTES = 1 << 20;

/** No byte, one frame, the first windows, the replay buffer; the prefixes of the message fit below. */
const BORDERS = [0, 16_384, 32_768, 65_535, 65_536, 131_072, 262_144];
