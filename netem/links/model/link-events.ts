import type { EventSink } from '../../../core/event/event.ts';
import type { Cancel, Clock, Ms } from '../../../core/time/clock.ts';
import type { LinkModel } from './link-model.ts';

/** Logs the state of `link` at `fromMs`, and each change, until `untilMs` or until it is cancelled. */
export const emitLinkChanges = (
  name: string,
  link: LinkModel,
  {
    clock,
    emit,
    fromMs = 0,
    untilMs = Number.POSITIVE_INFINITY,
  }: { readonly clock: Clock; readonly emit: EventSink; readonly fromMs?: Ms; readonly untilMs?: Ms },
): Cancel => {
  let cancel: Cancel = () => {};
  const change = (dueMs: Ms): void => {
    emit({ kind: 'link', atMs: dueMs, link: name, ...link.stateAt(dueMs) });
    const nextMs = link.nextChangeAfter(dueMs);
    if (nextMs !== null && nextMs <= untilMs) cancel = clock.at(nextMs, change);
  };
  cancel = clock.at(fromMs, change);
  return () => cancel();
};
