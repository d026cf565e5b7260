import { SLOT_MS, slotGrid } from '../../netem/sky/path/time-grid.ts';
import type { Grouping } from './grouping.ts';

const PHASE_MS = 1000;

const PHASES = Array.from({ length: SLOT_MS / PHASE_MS }, (_, second) => `${second}-${second + 1} s`);

/** Satellites are chosen anew at the begin of each slot, so hand-overs show as a high first second. */
export const slotPhase: Grouping = {
  title: 'slot phase',
  what: 'By how long after the begin of a slot of the constellation it was meant to start: a slot has 15 s.',
  of: ({ epochUnixMs }) => {
    if (epochUnixMs === undefined) return null;
    const slots = slotGrid(epochUnixMs);
    return ({ record: { intendedAtMs } }) =>
      PHASES[Math.floor((intendedAtMs - slots.startMs(slots.indexAt(intendedAtMs))) / PHASE_MS)];
  },
  order: PHASES,
};
