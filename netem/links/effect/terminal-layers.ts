import type { TimeGrid } from '../../sky/path/time-grid.ts';
import type { Effect } from '../model/link-model.ts';
import { type AccessOverhead, expectedOverheadUs, withAccessOverhead } from './with-access-overhead.ts';
import { type BoundaryEvent, withBoundaryEvent } from './with-boundary-event.ts';
import { withLoss } from './with-loss.ts';
import { withRate } from './with-rate.ts';
import { withState } from './with-state.ts';

/** What terminals do to a way through space. */
export interface TerminalLayers {
  readonly overhead: AccessOverhead;
  readonly boundary: BoundaryEvent;
  readonly lossRate: number;
  readonly upKbps: number;
  readonly downKbps: number;
}

/** One effect a direction: `up` away from the terminal, `down` towards it. */
interface BothWays {
  readonly up: Effect;
  readonly down: Effect;
}

/**
 * All layers over geometry: as chance draws them, and as one expects them who does not know the draws. An interruption
 * strikes both directions at once; overheads are drawn for each. `stream` names the chance.
 */
export const terminalLayers = (options: {
  readonly slots: TimeGrid;
  readonly layers: TerminalLayers;
  readonly stream: string;
}): { readonly drawn: BothWays; readonly expected: BothWays } => {
  const { slots, layers, stream } = options;
  const { overhead, lossRate, upKbps, downKbps } = layers;
  const boundary = withBoundaryEvent(slots, layers.boundary, `${stream}/boundary`);
  const usualBoundary = withBoundaryEvent(slots, { ...layers.boundary, spread: 0 }, stream);
  const loss = withLoss(lossRate);
  const usualOverhead = withState((state) => ({
    ...state,
    delayUs: state.delayUs + expectedOverheadUs(overhead),
    jitterUs: state.jitterUs + overhead.jitterUs,
  }));
  const drawn = (direction: string, rateKbps: number): Effect => {
    const drawnOverhead = withAccessOverhead(slots, overhead, `${stream}/overhead/${direction}`);
    return (link) => boundary(withRate(rateKbps)(loss(drawnOverhead(link))));
  };
  const expected = (rateKbps: number): Effect => {
    return (link) => usualBoundary(withRate(rateKbps)(loss(usualOverhead(link))));
  };
  return {
    drawn: { up: drawn('up', upKbps), down: drawn('down', downKbps) },
    expected: { up: expected(upKbps), down: expected(downKbps) },
  };
};

/**
 * What is left of the layers of a laser path between two satellites: what equipment adds at least, but no shared frames and
 * no slots at whose start terminals turn to other satellites.
 */
export const withoutTerminals = <Layers extends Pick<TerminalLayers, 'overhead' | 'boundary'>>(
  layers: Layers,
): Layers => ({
  ...layers,
  overhead: { ...layers.overhead, heldMedianUs: 0, heldSigma: 0, jitterUs: 0 },
  boundary: { ...layers.boundary, durationMs: 0 },
});
