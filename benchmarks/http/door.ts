/** What is asked of an HTTP door. */
export interface DoorRequest {
  readonly title: string;
  readonly part: 'router' | 'node';
  readonly path: string;
  /** Posted as JSON with the token of the door; null for a GET. */
  readonly order: object | null;
}

/** Every kind of answer of both doors; an order is answered by what it takes to check the token, read JSON and switch. */
export const DOOR_REQUESTS: readonly DoorRequest[] = [
  ...(['router', 'node'] as const).flatMap((part) =>
    ['/live', '/health', '/metrics'].map(
      (path): DoorRequest => ({ title: `${part} GET ${path}`, part, path, order: null }),
    ),
  ),
  { title: 'router POST /admin/policy', part: 'router', path: '/admin/policy', order: { policy: 'peak-ewma' } },
];

/** What autocannon prints with --json, as far as it is read here. Source: the README of autocannon. */
export interface CannonResult {
  /** Time-outs included. */
  readonly errors: number;
  readonly timeouts: number;
  readonly non2xx: number;
  readonly '2xx': number;
  /** Seconds. */
  readonly duration: number;
  readonly requests: { readonly total: number };
  /** Whole milliseconds. */
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** Why the answers are not those that were asked for; null where they are. */
export const cannonFault = ({ errors, timeouts, non2xx, '2xx': good }: CannonResult): string | null => {
  if (errors > 0) return `${errors} requests failed, ${timeouts} of them without an answer in time`;
  if (non2xx > 0) return `${non2xx} answers were not 2xx`;
  return good === 0 ? 'there was no answer' : null;
};
