import { EventQueue } from '../../core/time/event-queue.ts';
import { type Case, sink } from './case.ts';

/** A queue in steady state: take the first event and add another, with as many pending events as in a busy run. */
export const eventQueueCases = (): readonly Case[] =>
  [16, 1024, 65_536].map((ahead) => {
    const queue = new EventQueue();
    const fn = (): void => {};
    for (let index = 0; index < ahead; index++) queue.add((index * 7919) % ahead, fn);
    let next = 0;
    return {
      name: `event queue: take and add, ${ahead} ahead`,
      run: () => {
        const atMs = queue.nextAtMs()!;
        sink.value = atMs;
        next = (next + 7919) % ahead;
        queue.add(atMs + next, queue.take());
      },
    };
  });
