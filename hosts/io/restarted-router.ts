import type { EventSink } from '../../core/event/event.ts';
import type { Service } from '../../core/process/io/service-process.ts';
import type { Ms } from '../../core/time/clock.ts';
import { eachCycle } from '../../core/time/each-cycle.ts';
import { SystemClock } from '../../core/time/io/system-clock.ts';
import { RESTART_MS } from '../../scenario/faults-plan.ts';
import type { RouterReady } from '../part-setup.ts';

/**
 * A router that is started anew, in its process, at the instants that its scenario plans: what it has open is cut, and what it has learnt is
 * lost, for about a second nobody listens, and then it runs the policy that it ran before.
 */
export const restartedRouter = async (options: {
  /** Starts it; `drainMs` is how long its requests may continue when it ends for good. */
  readonly start: (policy: string) => Promise<Service<RouterReady>>;
  /** The policy of the first start. */
  readonly policy: string;
  readonly restartsAtMs: readonly Ms[];
  /** After how long the run repeats itself; null where it does not. */
  readonly cycleMs: Ms | null;
  readonly emit: EventSink;
}): Promise<Service<RouterReady>> => {
  const { start, restartsAtMs, cycleMs, emit } = options;
  let { policy } = options;
  let current = await start(policy);
  if (restartsAtMs.length === 0) return current;
  const { ready } = current;
  const clock = SystemClock.notStarted();
  let startUnixMs = Number.NaN;
  let isAway = false;
  let restarting: Promise<void> = Promise.resolve();
  const restart = async (): Promise<void> => {
    isAway = true;
    emit({ kind: 'injected', atMs: clock.now(), router: true, fault: 'restart', state: 'began' });
    await current.cut!();
    await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
    current = await start(policy);
    current.begin(startUnixMs);
    isAway = false;
    emit({ kind: 'injected', atMs: clock.now(), router: true, fault: 'restart', state: 'ended' });
  };
  return {
    ready,
    begin: (atUnixMs) => {
      startUnixMs = atUnixMs;
      clock.startAt(atUnixMs);
      current.begin(atUnixMs);
      eachCycle(clock, cycleMs, (baseMs, nowMs) => {
        for (const atMs of restartsAtMs) {
          if (baseMs + atMs < nowMs) continue; // it is over
          clock.at(baseMs + atMs, () => {
            restarting = restarting.then(restart);
          });
        }
      });
    },
    health: () => (isAway ? AWAY : current.health!()),
    metrics: () => current.metrics!(),
    orders: {
      policy: (body) => {
        const answer = current.orders!.policy!(body) as { readonly policy: string };
        policy = answer.policy;
        return answer;
      },
    },
    close: async (ending) => {
      await restarting;
      clock.close();
      await current.close(ending);
    },
  };
};

const AWAY = { ok: false, stands: true, status: 'restarting', reason: 'its scenario restarts it' } as const;
