import type { Scenario } from '../scenario.ts';
import { hostOn, ROUTER } from './namespace-plan.ts';
import { standingParts } from './parts.ts';

/** Some parts of a topology, as Prometheus discovers them over HTTP. Source: prometheus.io, "HTTP Service Discovery". */
export interface ScrapeTargets {
  readonly labels: { readonly role: 'router' | 'node' | 'agent' };
  /** `ashburn.access:9464`: each tells `/metrics` on the default network. */
  readonly targets: readonly string[];
}

/** Every part of a topology, by what it is. The router tells it at `/targets`. */
export const scrapeTargets = (scenario: Scenario): readonly ScrapeTargets[] => {
  const parts = standingParts(scenario).map(({ host, controlPort, isAgent }) => ({
    role: isAgent ? ('agent' as const) : host === ROUTER ? ('router' as const) : ('node' as const),
    target: `${hostOn('access', host)}:${controlPort}`,
  }));
  return [...Map.groupBy(parts, ({ role }) => role)].map(([role, own]) => ({
    labels: { role },
    targets: own.map(({ target }) => target),
  }));
};
