import type { Ms } from '../../core/time/clock.ts';
import type { Scenario } from '../../scenario/scenario.ts';

/** When anything begins or ends that a scenario scripts for its network: every `fromS` and `toS` of its paths, sites and faults. */
export const scriptedStartsMs = ({ network, sites, paths, faults }: Scenario): readonly Ms[] => {
  const found = new Set<number>();
  const look = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, part] of Object.entries(value)) {
      if (typeof part === 'number' && STARTS.includes(key)) found.add(part * 1000);
      else look(part);
    }
  };
  for (const part of [network, sites, paths, faults]) look(part);
  return [...found].sort((a, b) => a - b);
};

const STARTS: readonly string[] = ['fromS', 'toS', 'atS'];
