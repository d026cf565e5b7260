import { ConfigError } from '../../../core/config/config-error.ts';

export interface RouterDoor {
  /** The control server of the router: `http://router:9464`. */
  readonly url: string;
  /** What it wants to be shown; null where nobody told. */
  readonly token: string | null;
}

/** Routes the requests from now on by another policy. Rejects with one line, a ConfigError where the router does not want it. */
export const switchPolicy = async ({ url, token }: RouterDoor, policy: string): Promise<void> => {
  if (token === null) {
    throw new ConfigError('STARLANE_ADMIN_TOKEN', 'is not set, and the router left none in the run folder');
  }
  const response = await fetch(`${url}/admin/policy`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ policy }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const said = (await response.text()).trim();
  if (response.status === 400) throw new ConfigError('', `the router refuses the policy: ${said}`);
  if (response.status === 401) throw new ConfigError('STARLANE_ADMIN_TOKEN', 'is not that of the router');
  if (!response.ok) throw new Error(`the router does not switch to ${policy}: ${response.status} ${said}`);
};

const ANSWER_MS = 5000;
