import type { EventSink } from '../../core/event/event.ts';
import type { Service } from '../../core/process/io/service-process.ts';
import type { Ms } from '../../core/time/clock.ts';
import { eachCycle } from '../../core/time/each-cycle.ts';
import { SystemClock } from '../../core/time/io/system-clock.ts';
import { RESTART_MS, routerRestartsOf } from '../../scenario/faults-plan.ts';
import type { RouterPlan } from '../../scenario/router-plan.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { RouterReady } from '../part-setup.ts';

/**
 * A router that is started anew, in its process, at the instants that its scenario plans: what it has open is cut, and what it has learnt is
 * lost, for about a second nobody listens, and then it runs the policy that it ran before.
 */
export const restartedRouter = async (options: {
  /** Starts it at a port, under a policy. */
  readonly start: (policy: string, port: number) => Promise<Service<RouterReady>>;
  /** The policy of the first start. */
  readonly policy: string;
  /** Where it listens from then on; 0 lets the system choose. */
  readonly port: number;
  readonly plan: Pick<RouterPlan, 'name' | 'label'>;
  readonly scenario: Pick<Scenario, 'faults'>;
  /** After how long the run repeats itself; null where it does not. */
  readonly cycleMs: Ms | null;
  readonly emit: EventSink;
}): Promise<Service<RouterReady>> => {
  const { start, plan, scenario, cycleMs, emit } = options;
  let { policy } = options;
  let current = await start(policy, options.port);
  const restartsAtMs = routerRestartsOf(scenario, plan.name);
  if (restartsAtMs.length === 0) return current;
  const { ready } = current;
  const injected = { kind: 'injected', router: plan.label ?? true, fault: 'restart' } as const;
  const clock = SystemClock.notStarted();
  let startUnixMs = Number.NaN;
  let isAway = false;
  let restarting: Promise<void> = Promise.resolve();
  const restart = async (): Promise<void> => {
    isAway = true;
    emit({ ...injected, atMs: clock.now(), state: 'began' });
    await current.cut!();
    await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
    current = await start(policy, ready.port);
    current.begin(startUnixMs);
    isAway = false;
    emit({ ...injected, atMs: clock.now(), state: 'ended' });
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
