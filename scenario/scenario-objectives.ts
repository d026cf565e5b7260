import type { Objectives } from '../core/event/event.ts';
import type { ScenarioConfig } from './schema.ts';

/** What users of a scenario expect, and those of each class where the load has classes. */
export const scenarioObjectives = ({
  load: { classes },
  slo,
}: Pick<ScenarioConfig, 'load' | 'slo'>): ScenarioConfig['slo'] & {
  readonly byClass?: Readonly<Record<string, Objectives>>;
} => {
  if (classes === undefined) return slo;
  const { ttftMs, tpotMs } = slo;
  const named = Object.entries(classes).map(([name, own]) => [name, { ttftMs, tpotMs, ...own.slo }] as const);
  return { ...slo, byClass: Object.fromEntries(named) };
};
