import { metricSum } from './metric-sum.ts';

/** Which counters of a router should be equal when nothing is open any more, and are not, a line each. */
export const routerBalance = (metrics: string): readonly string[] => {
  const of = (name: string): number => metricSum(metrics, name) ?? Number.NaN;
  const sumOf = (names: readonly string[]): number => names.reduce((sum, name) => sum + of(name), 0);
  return EQUAL.flatMap(([what, left, right]) => {
    const [begun, ended] = [of(left), typeof right === 'number' ? right : sumOf(right)];
    return begun === ended ? [] : [`${what}: ${left} is ${begun}, expected ${ended}`];
  });
};

const endsOf = (prefix: string): readonly string[] =>
  ['answered', 'failed', 'cancelled', 'rejected'].map((outcome) => `${prefix}${outcome}_total`);

const EQUAL: readonly (readonly [what: string, left: string, right: readonly string[] | number])[] = [
  ['requests begun and ended', 'starlane_router_requests_total', endsOf('starlane_router_')],
  ['attempts begun and ended', 'starlane_router_endpoint_attempts_total', endsOf('starlane_router_endpoint_')],
  ['calls of gRPC', 'grpc_server_call_started_total', ['grpc_server_call_duration_seconds_count']],
  ['attempts of gRPC', 'grpc_client_attempt_started_total', ['grpc_client_attempt_duration_seconds_count']],
  ['requests open', 'starlane_router_active_requests', 0],
  ['attempts open', 'starlane_router_endpoint_active_attempts', 0],
];
