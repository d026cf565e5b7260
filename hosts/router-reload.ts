import type { RouterChange } from '../core/event/event.ts';
import { isOwnPolicy } from '../router/pick/own-policy.ts';
import type { ReloadedScenario } from '../scenario/reloaded-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** What of an edited scenario a router that runs has to be told: plain values, for another process. */
export interface RouterReload extends Pick<Scenario, 'router' | 'routers'> {
  /** The texts of the policies that it names. */
  readonly policyFiles: Readonly<Record<string, string>>;
  readonly changes: readonly RouterChange[];
}

export const routerReloadOf = ({ scenario, changes }: ReloadedScenario): RouterReload => {
  const { router, routers, files } = scenario;
  const policyFiles = Object.fromEntries(Object.entries(files).filter(([name]) => isOwnPolicy(name)));
  return { router, ...(routers !== undefined && { routers }), policyFiles, changes };
};

/** The scenario that goes on with what was told. */
export const reloadedBy = (running: Scenario, told: RouterReload): ReloadedScenario => {
  const { policyFiles, changes, ...router } = told;
  return { scenario: { ...running, ...router, files: { ...running.files, ...policyFiles } }, changes };
};
