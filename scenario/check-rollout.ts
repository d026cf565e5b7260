import { suggestion } from '../core/config/nearest.ts';
import type { Config } from '../core/config/read-config.ts';
import { namesOfPolicies } from './meant-policy.ts';
import { routerEntries } from './router-plan.ts';
import type { ScenarioConfig } from './schema.ts';

/** Each step of a rollout says something, to routers that exist, and names policies that a live router can have. Throws `ConfigError`. */
export const checkRollout = (config: Config<ScenarioConfig>): void => {
  const { rollout = [], router } = config.value;
  const routers = routerEntries(config.value).map(([name]) => name);
  const policies = namesOfPolicies(router, { simulated: false });
  for (const [index, step] of rollout.entries()) {
    const at = ['rollout', index];
    if (step.policy === undefined && step.router === undefined)
      throw config.mistake(at, 'says nothing, expected policy, or router with what is otherwise');
    const stranger = step.routers?.findIndex((name) => !routers.includes(name)) ?? -1;
    if (stranger >= 0) {
      const name = step.routers![stranger]!;
      throw config.mistake(
        [...at, 'routers', stranger],
        `is "${name}", which is no router; ${suggestion(name, routers)}`,
      );
    }
    if (step.policy !== undefined && !policies.includes(step.policy)) {
      const near = suggestion(step.policy, policies);
      throw config.mistake([...at, 'policy'], `is "${step.policy}", which is no policy of a live router; ${near}`);
    }
  }
};
