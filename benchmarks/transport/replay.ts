import { seededRng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import { MeasuredConnection } from './measured-connection.ts';

/** What a group of cases has in common: they are phases of one plan, or differ in what was counted. */
export interface ReplayPlan {
  readonly set: 'A' | 'B' | 'C' | 'D';
  readonly rttMs: Ms;
  readonly bytes: number;
  readonly tickMs: Ms;
  /** Of sets B and D. */
  readonly lossRate: number;
  /** Of set C. */
  readonly outageMs: Ms;
  /** How often each part is repeated, compared with the measurement. */
  readonly times: number;
}

type Count = (phase: string, tookMs: Ms) => void;

/** Replays the plan of set A: a fresh connection, warm, and after idling. */
export const replayIdling = (plan: ReplayPlan, count: Count): void => {
  for (let connection = 0; connection < 9 * plan.times; connection++) {
    const wire = new MeasuredConnection({ ...plan, name: `${nameOf(plan)}/${connection}` });
    const one = (phase: string): void => {
      count(phase, wire.sendAndWait(plan.bytes));
      wire.wait(plan.rttMs);
    };
    for (const phase of ['fresh', 'warm1', 'warm2', 'warm3']) one(phase);
    for (const idleS of [1, 3, 10]) {
      wire.wait(idleS * 1000 - plan.rttMs);
      for (const phase of [`idle${idleS}`, 'rewarm', 'rewarm2']) one(phase);
    }
  }
};

/** Replays the plan of set B: a message a second under loss. What is not whole 3 s after the last one counts for nothing, as then. */
export const replayLoss = (plan: ReplayPlan, count: Count): void => {
  for (let time = 0; time < plan.times; time++) {
    const wire = new MeasuredConnection({ ...plan, name: `${nameOf(plan)}/${time}` });
    for (let message = 0; message < 400; message++) {
      wire.send(plan.bytes, (tookMs) => count(`${plan.lossRate}`, tookMs));
      wire.wait(1000);
    }
    wire.wait(3000);
  }
};

/** Replays the plans of set C with lone messages: one that is sent `x` milliseconds, or `x` of the outage, into an outage. */
export const replayLoneMessages = (plan: ReplayPlan, count: Count): void => {
  for (const into of plan.bytes === 4 ? ['-1', '0.4', '0.8', '1'] : ['1']) {
    for (let time = 0; time < plan.times; time++) {
      const wire = new MeasuredConnection({ ...plan, name: `${nameOf(plan)}/${into}/${time}` });
      for (let event = 0; event < 12; event++) {
        for (let between = 0; between < 5; between++) {
          count('w', wire.sendAndWait(plan.bytes));
          wire.wait(1000);
        }
        const share = Number(into);
        const intoMs = Number.isInteger(share) ? share : share * plan.outageMs;
        const leadMs = Math.max(0, -intoMs);
        wire.down(wire.nowMs + leadMs - Math.max(0, intoMs), plan.outageMs);
        count(`lone${into}`, wire.sendAndWait(plan.bytes));
        wire.wait(1000);
      }
    }
  }
};

/** Replays the plans of set C in which an outage begins `x` round trips into a message on a fresh connection. */
export const replayBrokenMessages = (plan: ReplayPlan, count: Count): void => {
  for (const into of ['0.6', '1.6', '2.6']) {
    for (let event = 0; event < 12 * plan.times; event++) {
      const wire = new MeasuredConnection({ ...plan, name: `${nameOf(plan)}/${into}/${event}` });
      wire.down(Number(into) * plan.rttMs, plan.outageMs);
      count(`mid${into}`, wire.sendAndWait(plan.bytes));
    }
  }
};

/** Replays 200 B every 20 ms: through outages, one in 5 s, or under loss. */
export const replayTokens = (plan: ReplayPlan, count: Count): void => {
  const phases = seededRng(nameOf(plan))('phases');
  const messages = plan.set === 'C' ? 6000 : 8000;
  for (let time = 0; time < plan.times; time++) {
    const wire = new MeasuredConnection({ ...plan, name: `${nameOf(plan)}/${time}` });
    for (let message = 0; message < messages; message++) {
      if (plan.set === 'C' && message % 250 === 125) wire.down(wire.nowMs + phases.next() * 20, plan.outageMs);
      wire.send(plan.bytes, (tookMs) => count('tok', tookMs));
      wire.wait(20);
    }
    wire.wait(600_000);
  }
};

const nameOf = ({ set, rttMs, bytes, lossRate, outageMs }: ReplayPlan): string =>
  `${set}/${rttMs}/${lossRate}/${outageMs}/${bytes}`;
