import { ConfigError } from '../../../core/config/config-error.ts';

export interface RouterDoor {
  /** Its container. */
  readonly router: string;
  /** The control server of the router: `http://router:9464`. */
  readonly url: string;
  /** What it wants to be shown; null where nobody told. */
  readonly token: string | null;
}

/**
 * Routes the requests from now on by another policy: all routers or, where one of them does not, none. Rejects with one line, a ConfigError
 * where a router does not want it.
 */
export const switchPolicies = async (
  doors: readonly RouterDoor[],
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> => {
  const switched: RouterDoor[] = [];
  try {
    for (const door of doors) {
      await switchPolicy(door, to);
      switched.push(door);
    }
  } catch (error) {
    for (const door of switched) await switchPolicy(door, from).catch(() => {}); // the first failure says more
    throw error;
  }
};

const switchPolicy = async ({ router, url, token }: RouterDoor, policy: string): Promise<void> => {
  if (token === null) {
    throw new ConfigError('STARLANE_ADMIN_TOKEN', `is not set, and ${router} left none in the run folder`);
  }
  const response = await fetch(`${url}/admin/policy`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ policy }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const said = (await response.text()).trim();
  if (response.status === 400) throw new ConfigError('', `${router} refuses the policy: ${said}`);
  if (response.status === 401) throw new ConfigError('STARLANE_ADMIN_TOKEN', `is not that of ${router}`);
  if (!response.ok) throw new Error(`${router} does not switch to ${policy}: ${response.status} ${said}`);
};

const ANSWER_MS = 5000;
