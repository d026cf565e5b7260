import type { Ms } from '../../core/time/clock.ts';
import type { AttemptRecord } from '../../report/attempt-table.ts';
import type { RequestRecord } from '../../report/request-table.ts';

/** The stages of a time to first token: they follow each other, and add up to it. */
export const STAGES = [
  { name: 'lag', title: 'generator lag: from the intended start to the sending' },
  { name: 'access', title: 'access link, router and its choice' },
  { name: 'path', title: 'path to the node' },
  { name: 'queue', title: 'queue of the node' },
  { name: 'answer', title: 'first step of the node, and the way back' },
] as const;

export type Stage = (typeof STAGES)[number]['name'];

/** How long each stage of one request took; null where the log lacks an instant of it. `attempt` is its last. */
export const stagesOf = (
  { intendedAtMs, sentAtMs, firstTokenAtMs }: RequestRecord,
  { routedAtMs, receivedAtMs, scheduledAtMs }: AttemptRecord,
): Readonly<Record<Stage, Ms>> | null => {
  const stages = {
    lag: sentAtMs - intendedAtMs,
    access: routedAtMs - sentAtMs,
    path: receivedAtMs - routedAtMs,
    queue: scheduledAtMs - receivedAtMs,
    answer: firstTokenAtMs - scheduledAtMs,
  };
  return Object.values(stages).some(Number.isNaN) ? null : stages;
};
