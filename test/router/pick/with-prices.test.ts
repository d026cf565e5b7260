import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { seededRng } from '../../../core/random/rng.ts';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import type { Price } from '../../../router/pick/price-list.ts';
import { isPriced, type PricedPolicy } from '../../../router/pick/priced-policy.ts';
import { pricesSchema } from '../../../router/pick/with-prices.ts';
import { SAYS_NOTHING } from '../../../router/request-info.ts';
import { loadReport } from '../load-report-fixture.ts';

const request = { id: 1, promptTokens: 100, maxOutputTokens: 100, ...SAYS_NOTHING };
const endpointsOf = () =>
  new EndpointTable([
    { name: 'dear/fibre', node: 'dear', medium: 'fibre', usdPerMillionTokens: 2, gCo2PerMillionTokens: 300 },
    { name: 'cheap/laser', node: 'cheap', medium: 'laser', usdPerMillionTokens: 0.5, gCo2PerMillionTokens: 10 },
    { name: 'unknown/fibre', node: 'unknown', medium: 'fibre' },
  ]);
const said = { drawW: 400, headroom: 0.4, temperatureC: 60, batteryShare: null };
const priceBy = (policy: PricedPolicy, endpoints: EndpointTable, endpoint: number): Price => {
  const price = { costMs: 0, predictedMs: 0 };
  policy.priceOf(request, endpoints, endpoint, 0, price);
  return price;
};
const costsWith = (prices: object, endpoints = endpointsOf(), name = 'ephemeris'): readonly number[] => {
  const policy = createPolicy(name, {}, { prices: pricesSchema(z).parse(prices) });
  if (!isPriced(policy)) throw new Error('not priced');
  const plain = createPolicy(name);
  if (!isPriced(plain)) throw new Error('not priced');
  return [0, 1, 2].map(
    (endpoint) => priceBy(policy, endpoints, endpoint).costMs - priceBy(plain, endpoints, endpoint).costMs,
  );
};

describe.each(['ephemeris', 'peak-ewma'])('%s', (name) => {
  test('adds money and carbon in milliseconds, of the scenario at first', () => {
    expect(costsWith({ msPerUsdPerMillionTokens: 100 }, endpointsOf(), name)).toEqual([200, 50, 0]);
    expect(costsWith({ msPerGramCo2PerMillionTokens: 0.5 }, endpointsOf(), name)).toEqual([150, 5, 0]);
  });

  test('uses the prices and the headroom that a node reports, once it has', () => {
    const endpoints = endpointsOf();
    const power = { ...said, usdPerMillionTokens: 3, gCo2PerMillionTokens: null };
    endpoints.report(1, loadReport({ power }));
    const prices = { msPerUsdPerMillionTokens: 100, msPerGramCo2PerMillionTokens: 1, msAtNoHeadroom: 50 };
    const [dear, cheap, unknown] = costsWith(prices, endpoints, name);
    expect(dear).toBeCloseTo(500, 9);
    expect(unknown).toBeCloseTo(0, 9);
    expect(cheap).toBeCloseTo(300 + 10 + 30, 9);
  });
});

test('money can change the choice, and where it is worth nothing the policy is as it was', () => {
  const pickWith = (prices: object) =>
    createPolicy('ephemeris', {}, { prices: pricesSchema(z).parse(prices) }).pick(
      request,
      endpointsOf(),
      0,
      seededRng(1)('policy'),
    );
  expect(pickWith({ msPerUsdPerMillionTokens: 1 })).toMatchObject({ endpoint: 2 });
  const plain = { ...createPolicy('ephemeris').pick(request, endpointsOf(), 0, seededRng(1)('policy')) };
  expect(pickWith({})).toEqual(plain);
});

test("prices are not part of a policy's predictions", () => {
  const policy = createPolicy('ephemeris', {}, { prices: pricesSchema(z).parse({ msPerUsdPerMillionTokens: 100 }) });
  const plain = createPolicy('ephemeris');
  if (!isPriced(policy) || !isPriced(plain)) throw new Error('not priced');
  const endpoints = endpointsOf();
  expect(priceBy(policy, endpoints, 0).predictedMs).toBe(priceBy(plain, endpoints, 0).predictedMs);
});
