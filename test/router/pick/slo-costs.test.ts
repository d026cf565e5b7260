import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { chanceWithin } from '../../../router/pick/objectives.ts';
import { PriceList } from '../../../router/pick/price-list.ts';
import { SloCosts } from '../../../router/pick/slo-costs.ts';
import { loadReport } from '../load-report-fixture.ts';

const settings = { missMs: 3000, spread: 0.3, stepMs: 10 };

test('the least cost is that of the formula, and no other is below its own or the least', () => {
  const endpoint = fc.record({
    ttftMs: fc.oneof(fc.double({ min: -50, max: 4000, noNaN: true }), fc.integer({ min: 90, max: 94 })),
    stepMs: fc.constantFrom(0, 4, 8, 8.5, 30, 70),
    elseMs: fc.constantFrom(0, 0, 0, 7, 300),
  });
  const rounds = fc.array(
    fc.record({
      endpoints: fc.array(endpoint, { minLength: 1, maxLength: 16 }),
      isOwnTpot: fc.boolean(),
      bounds: fc.record({ ttftMs: fc.constantFrom(200, 1000), tpotMs: fc.integer({ min: 40, max: 50 }) }),
    }),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(rounds, (drawn) => {
      const costs = new SloCosts(settings); // goes on from round to round, with what it keeps
      drawn.forEach(({ endpoints, bounds, isOwnTpot }, round) => {
        const table = new EndpointTable(endpoints.map((_, at) => ({ name: `${at}`, node: `${at}`, medium: 'f' })));
        endpoints.forEach(({ stepMs }, at) => {
          if (stepMs > 0) table.report(at, loadReport({ atMs: round, stepMs }));
        });
        const list = new PriceList();
        list.beginAll(table);
        endpoints.forEach(({ ttftMs, elseMs }, place) => {
          list.ttftMs[place] = ttftMs;
          list.costMs[place] = elseMs;
        });
        costs.add(table.nodes, list, bounds, isOwnTpot);
        const exact = endpoints.map(({ ttftMs, stepMs, elseMs }) => {
          const stepChance = chanceWithin(bounds.tpotMs, stepMs > 0 ? stepMs : 10, 0.3);
          return elseMs + (3000 * (1 - chanceWithin(bounds.ttftMs, ttftMs, 0.3) * stepChance) + ttftMs);
        });
        const least = Math.min(...exact);
        exact.forEach((costMs, place) => {
          if (costMs === least) expect(list.costMs[place]).toBe(least);
          else expect(list.costMs[place]).toBeGreaterThan(least);
        });
      });
    }),
  );
});
