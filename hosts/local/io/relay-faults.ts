import type { EventSink } from '../../../core/event/event.ts';
import type { Clock } from '../../../core/time/clock.ts';
import type { Relay } from '../../../netem/shaping/relay/io/relay.ts';
import type { PlannedPathFault } from '../../../scenario/faults-plan.ts';

/** Logs the faults of a path, and resets the connections over it while it is down; that no byte passes is in its links. */
export const playRelayFaults = ({
  faults,
  path,
  relay,
  clock,
  emit,
}: {
  readonly faults: readonly PlannedPathFault[];
  readonly path: string;
  readonly relay: Pick<Relay, 'cut' | 'uncut'>;
  readonly clock: Clock;
  readonly emit: EventSink;
}): void => {
  for (const { kind, fromMs, toMs } of faults) {
    clock.at(fromMs, (atMs) => {
      emit({ kind: 'injected', atMs, path, fault: kind, state: 'began' });
      if (kind === 'down') relay.cut();
    });
    clock.at(toMs, (atMs) => {
      emit({ kind: 'injected', atMs, path, fault: kind, state: 'ended' });
      if (kind === 'down') relay.uncut();
    });
  }
};
