import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../core/random/rng.ts';
import { RoutedRequest } from '../../../router/attempt/routed-request.ts';
import type { Status } from '../../../router/attempt/wire.ts';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { noForecast } from '../../../router/endpoint/forecast.ts';
import { ModelFilter } from '../../../router/filter/model.ts';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import { SAYS_NOTHING } from '../../../router/request-info.ts';
import { Router } from '../../../router/router.ts';

const specs = [
  { name: 'a/fibre', node: 'a', medium: 'fibre', models: ['llama', 'coder'] },
  { name: 'b/fibre', node: 'b', medium: 'fibre', models: ['llama'] },
  { name: 'c/fibre', node: 'c', medium: 'fibre' },
];

const routerOver = (some: typeof specs, isUp: (endpoint: number) => boolean = () => true): Router =>
  new Router({
    endpoints: new EndpointTable(some, { forecast: { ...noForecast, isUpAt: isUp } }),
    policy: createPolicy('round-robin'),
    rng: seededRng(1)('policy'),
    models: ModelFilter.of(some),
  });

const askFor = (model: string, id = 1) => ({ id, promptTokens: 10, maxOutputTokens: 10, ...SAYS_NOTHING, model });

/** The endpoints that requests for a model go to. */
const chosen = (router: Router, model: string): readonly string[] => {
  const names = new Set<string>();
  for (let id = 0; id < 20; id++) {
    const attempt = router.begin(askFor(model, id), 0);
    names.add(attempt.kind === 'attempt' ? router.endpoints.names[attempt.endpoint]! : attempt.reason);
  }
  return [...names].sort();
};

/** The status of a request that is refused. */
const statusOf = (router: Router, model: string): Status => {
  let said: Status | null = null;
  const wire = {
    canReplay: true,
    open: () => true,
    cancel() {},
    commit() {},
    wakeAt() {},
    finish(status: Status) {
      said = status;
    },
  };
  new RoutedRequest(router, askFor(model), wire).start(0);
  return said!;
};

describe('a request goes to a node that serves its model', () => {
  const onlyListed = specs.slice(0, 2);

  test('and to any where it names none, or a node lists none', () => {
    const router = routerOver(specs);
    expect(chosen(router, '')).toEqual(['a/fibre', 'b/fibre', 'c/fibre']);
    expect(chosen(router, 'llama')).toEqual(['a/fibre', 'b/fibre', 'c/fibre']);
    expect(chosen(router, 'coder')).toEqual(['a/fibre', 'c/fibre']);
    expect(chosen(router, 'other')).toEqual(['c/fibre']);
    expect(ModelFilter.of(specs.slice(2))).toBeNull();
  });

  test('NOT_FOUND where no endpoint serves it, in one line', () => {
    const message = 'no endpoint serves the model "othér"';
    expect(statusOf(routerOver(onlyListed), 'othér')).toEqual({ code: 5, message, by: 'router' });
    expect(statusOf(routerOver(onlyListed), 'x'.repeat(9000)).message!.length).toBeLessThan(200);
  });

  test('UNAVAILABLE where one does that cannot be reached now', () => {
    const router = routerOver(onlyListed);
    router.setAvailable(0, false);
    expect(statusOf(router, 'coder')).toMatchObject({ code: 14 });
    expect(chosen(router, 'llama')).toEqual(['b/fibre']);
  });

  test('it waits for its node through an outage of the path, as others do, and others do not wait for it', () => {
    const router = routerOver(onlyListed, (endpoint) => endpoint !== 0);
    expect(chosen(router, 'coder')).toEqual(['a/fibre']);
    expect(chosen(router, 'llama')).toEqual(['b/fibre']);
    expect(chosen(router, '')).toEqual(['b/fibre']);
  });
});
