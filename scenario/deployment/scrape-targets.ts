import type { Scenario } from '../scenario.ts';
import { hostOn } from './namespace-plan.ts';
import { type StandingPart, standingParts } from './parts.ts';

/** Some parts of a topology, as Prometheus discovers them over HTTP. Source: prometheus.io, "HTTP Service Discovery". */
export interface ScrapeTargets {
  readonly labels: Pick<StandingPart, 'role'>;
  /** `ashburn.access:9464`: each tells `/metrics` on the default network. */
  readonly targets: readonly string[];
}

/** Every part of a topology, by what it is. Routers tell it at `/targets`. */
export const scrapeTargets = (scenario: Scenario): readonly ScrapeTargets[] => {
  const parts = standingParts(scenario).map(({ host, controlPort, role }) => ({
    role,
    target: `${hostOn('access', host)}:${controlPort}`,
  }));
  return [...Map.groupBy(parts, ({ role }) => role)].map(([role, own]) => ({
    labels: { role },
    targets: own.map(({ target }) => target),
  }));
};
