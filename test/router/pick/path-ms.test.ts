import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LinkModel } from '../../../netem/links/model/link-model.ts';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { type Knowledge, linkForecast } from '../../../router/endpoint/forecast.ts';
import { addAllPathMs, pathMs } from '../../../router/pick/path-ms.ts';
import { PriceList } from '../../../router/pick/price-list.ts';

/** Up for `upMs`, down for 300 ms, and so on. */
const linkOf = (upMs: number, delayUs: number): LinkModel => {
  const periodMs = upMs + 300;
  const isUp = (atMs: number): boolean => atMs % periodMs < upMs;
  return {
    stateAt: (atMs) => ({ up: isUp(atMs), delayUs, jitterUs: 0, lossRate: 0, rateKbps: 0 }),
    nextChangeAfter: (afterMs) => Math.floor(afterMs / periodMs) * periodMs + (isUp(afterMs) ? upMs : periodMs),
  };
};

const knowledges: readonly Knowledge[] = [
  { kind: 'ephemeris', horizonMs: 5000, errorUs: 900 },
  { kind: 'slots' },
  { kind: 'none' },
];

test('the paths of a list are those of each alone, near to hand-overs and interruptions and far from them', () => {
  const drawn = fc.record({
    knowledge: fc.constantFrom(...knowledges),
    upMs: fc.array(fc.constantFrom(400, 3000, 90_000), { minLength: 1, maxLength: 5 }),
    asked: fc.array(fc.record({ nowMs: fc.nat(30_000), serviceMs: fc.double({ min: 0, max: 900, noNaN: true }) }), {
      minLength: 1,
      maxLength: 10,
    }),
    countsInterruptions: fc.boolean(),
    guardMs: fc.constantFrom(0, 50),
  });
  fc.assert(
    fc.property(drawn, ({ knowledge, upMs, asked, countsInterruptions, guardMs }) => {
      const paths = upMs.map((up, index) => ({
        forward: linkOf(up, 20_000 + 7000 * index),
        back: linkOf(80_000, 30_000),
        slots: index % 2 === 0 ? { periodMs: 4000, offsetMs: 100 } : undefined,
      }));
      const specs = upMs.map((_, index) => ({ name: `${index}`, node: `${index}`, medium: 'laser' }));
      const table = new EndpointTable(specs, { forecast: linkForecast(paths, knowledge) });
      const terms = { handoverMs: 100, lossMs: 250, guardMs, countsInterruptions };
      const list = new PriceList();
      for (const { nowMs, serviceMs } of asked) {
        list.beginAll(table);
        const alone = upMs.map((_, endpoint) => {
          list.predictedMs[endpoint] = serviceMs + endpoint;
          return pathMs(table.forecast, endpoint, nowMs, serviceMs + endpoint, terms) + (serviceMs + endpoint);
        });
        addAllPathMs(table, list, nowMs, terms);
        expect([...list.predictedMs.subarray(0, upMs.length)]).toEqual(alone);
      }
    }),
  );
});
