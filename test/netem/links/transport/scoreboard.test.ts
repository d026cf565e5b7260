import { expect, test } from 'vitest';
import { Scoreboard, type Segment } from '../../../../netem/links/transport/scoreboard.ts';
import { MSS_BYTES } from '../../../../netem/links/transport/tcp-constants.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** Segments of 100 bytes, sent at once: each arrives when `arrivals` says, and the sender takes all of them for lost. */
const lostSegments = (...arrivals: readonly number[]): Scoreboard => {
  const board = new Scoreboard(20);
  for (const [index, arriveAtMs] of arrivals.entries()) {
    const startSeq = 100 * index;
    const flags = { isSacked: false, isLost: false, isOut: false, wasResent: false };
    board.add({ startSeq, endSeq: startSeq + 100, sentAtMs: 0, arriveAtMs, ...flags });
  }
  for (const segment of [...board.segments]) board.markLost(segment);
  return board;
};

const endsOf = ({ segments }: Scoreboard): readonly number[] => segments.map(({ endSeq }: Segment) => endSeq);

test('what is sent again takes along the lost segments behind it, as far as one segment holds them', () => {
  const few = lostSegments(NEVER, NEVER, NEVER);
  few.resend(few.segments[0]!, 50);
  expect([endsOf(few), few.lost, few.inFlight]).toEqual([[300], 1, 1]);

  const many = lostSegments(...Array.from({ length: 20 }, () => NEVER));
  many.resend(many.segments[0]!, 50);
  expect(many.segments[0]!.endSeq).toBe(Math.floor(MSS_BYTES / 100) * 100);
});

test.each([
  ['behind', [NEVER, 10]],
  ['at the front', [10, NEVER]],
  ['and another', [10, 10]],
])('a segment %s that is there, though its acknowledgement was lost, stays a segment of its own', (_, arrivals) => {
  const board = lostSegments(...arrivals);
  board.resend(board.segments[0]!, 50);
  expect([endsOf(board), board.lost, board.inFlight]).toEqual([[100, 200], 2, 1]);
});
