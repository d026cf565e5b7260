import type { EventSink } from '../../core/event/event.ts';
import type { Clock, Ms } from '../../core/time/clock.ts';
import type { LinkModel } from './link-model.ts';

/** Logs what `link` is at the start of the run, and each time it changes, until `untilMs`. */
export const emitLinkChanges = (
  name: string,
  link: LinkModel,
  { clock, emit, untilMs }: { readonly clock: Clock; readonly emit: EventSink; readonly untilMs: Ms },
): void => {
  const change = (dueMs: Ms): void => {
    emit({ kind: 'link', atMs: dueMs, link: name, ...link.stateAt(dueMs) });
    const nextMs = link.nextChangeAfter(dueMs);
    if (nextMs !== null && nextMs <= untilMs) clock.at(nextMs, change);
  };
  clock.at(0, change);
};
