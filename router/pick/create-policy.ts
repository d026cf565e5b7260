import { z } from 'zod';
import { ConfigError } from '../../core/config/config-error.ts';
import { suggestion } from '../../core/config/nearest.ts';
import type { Policy } from './policy.ts';
import { isPolicyName, madePolicy, type PolicyContext, type PolicyName, policies, policyNames } from './registry.ts';

/** Makes the policy of that name. Throws `ConfigError` for an unknown name, with the nearest one, or for wrong parameters. */
export const createPolicy = (name: string, params: unknown = {}, context: PolicyContext = {}): Policy => {
  if (!isPolicyName(name)) throw new ConfigError('policy', `is ${name}; ${suggestion(name, policyNames)}`);
  const parsed = schemaOf(name).safeParse(params);
  if (parsed.success) return madePolicy(name, parsed.data, context);
  const issue = parsed.error.issues[0]!;
  throw new ConfigError(['router.policies', name, ...issue.path].join('.'), `is wrong: ${issue.message}`);
};

/** The schema of the parameters of a policy. */
export const schemaOf = (name: PolicyName): z.ZodType => policies[name].schema(z);
