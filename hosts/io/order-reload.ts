import { ConfigError } from '../../core/config/config-error.ts';
import type { RouterChange } from '../../core/event/event.ts';

/**
 * Has whoever answers at `url` load a router's configuration again; resolves to what changed. Rejects with its line: a ConfigError where the
 * configuration is refused.
 */
export const orderReload = async (
  {
    url,
    token,
    of,
  }: { readonly url: string; readonly token: string /** Who answers, for messages. */; readonly of: string },
  body: object | null = null,
): Promise<readonly RouterChange[]> => {
  const response = await fetch(`${url}/admin/reload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== null && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const said = (await response.text()).trim();
  if (response.status === 400) throw new ConfigError('', said);
  if (!response.ok) throw new Error(`${of} does not load its scenario again: ${response.status} ${said}`);
  return (JSON.parse(said) as { readonly changes: readonly RouterChange[] }).changes;
};

const ANSWER_MS = 15_000;
