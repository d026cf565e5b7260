import type { Outcome } from '../core/event/event.ts';
import type { RngSource } from '../core/random/rng.ts';
import type { Ms } from '../core/time/clock.ts';
import type { OfferingClient } from './arrivals/arrival-process.ts';
import { type ClientShare, clientChoice } from './client-choice.ts';
import { followerId, followsAtMs } from './followers.ts';
import type { LoadClass, Session } from './load-class.ts';
import type { PlannedRequest, Schedule } from './schedule.ts';

/**
 * The schedule of a closed loop: so many users, each of whom has one request open at a time. A user begins somewhere in the pause before
 * its first session, thinks from the end of each answer to the next request, and goes on with another session after the last turn, until
 * sending ends. The first request of each user is in the schedule; the others follow. Latency counts from the end of the pause.
 *
 * After a request that was not answered the user gives up the session, and begins another one after a pause of at least a second.
 * See `followsAtMs` for the most that a user sends.
 */
export const closedSchedule = (options: {
  readonly users: number;
  readonly classes: readonly LoadClass[];
  readonly durationMs: Ms;
  readonly clients: readonly (ClientShare & OfferingClient)[];
  readonly rng: RngSource;
}): Schedule => {
  const { users, classes, durationMs, clients, rng } = options;
  const clientOf = clientChoice(clients, { timesMs: [] }, rng('clients'));
  const starts = rng('users');
  const first = dealtOut(users, classes).map((of, user) => {
    const client = clientOf(0);
    const session = of.session(0, `${user}-`);
    const atMs = starts.next() * session.turns[0]!.pauseMs;
    return { of, user, client, session, atMs };
  });
  return first
    .filter(({ atMs }) => atMs < durationMs)
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ of, client, session, atMs, user }, id, { length }) =>
      request(
        { of, client, user, durationMs, idOf: (index) => followerId(id, index, length) },
        { session, number: 0, turn: 0, index: 0, atMs },
      ),
    );
};

/** A user of a class at a place. */
interface User {
  readonly of: LoadClass;
  readonly client: string;
  /** Its number among users. */
  readonly user: number;
  /** When sending ends. */
  readonly durationMs: Ms;
  /** The number of its request `index`. */
  readonly idOf: (index: number) => number;
}

/** Where in its sessions a user is. */
interface Place {
  readonly session: Session;
  readonly number: number;
  readonly turn: number;
  /** How many requests it has sent before this one. */
  readonly index: number;
  readonly atMs: Ms;
}

const request = (user: User, place: Place): PlannedRequest => ({
  ...user.of.asked(place.session, place.turn),
  id: user.idOf(place.index),
  atMs: place.atMs,
  client: user.client,
  next: (endedAtMs, outcome) => {
    const { session, number, turn } = following(user, place, outcome);
    const pauseMs = session.turns[turn]!.pauseMs;
    const leastMs = outcome === 'answered' ? 0 : LEAST_AFTER_FAILURE_MS;
    const atMs = followsAtMs({ beganAtMs: place.atMs, endedAtMs, pauseMs: Math.max(pauseMs, leastMs) });
    return atMs < user.durationMs ? request(user, { session, number, turn, index: place.index + 1, atMs }) : null;
  },
});

const following = (
  { of, user }: User,
  { session, number, turn }: Place,
  outcome: Outcome,
): Pick<Place, 'session' | 'number' | 'turn'> =>
  outcome === 'answered' && turn + 1 < session.turns.length
    ? { session, number, turn: turn + 1 }
    : { session: of.session(number + 1, `${user}-`), number: number + 1, turn: 0 };

const LEAST_AFTER_FAILURE_MS: Ms = 1000;

/** The class of each user: each class has its share of them, by largest remainders, and they are spread evenly. */
const dealtOut = (users: number, classes: readonly LoadClass[]): readonly LoadClass[] => {
  const total = classes.reduce((sum, { config }) => sum + config.share, 0);
  const dealt = classes.map(() => 0);
  return Array.from({ length: users }, (_, user) => {
    let furthest = 0;
    for (const [index, { config }] of classes.entries()) {
      const missing = (config.share / total) * (user + 1) - dealt[index]!;
      const most = (classes[furthest]!.config.share / total) * (user + 1) - dealt[furthest]!;
      if (missing > most) furthest = index;
    }
    dealt[furthest]!++;
    return classes[furthest]!;
  });
};
