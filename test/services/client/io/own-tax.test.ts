import { expect, test } from 'vitest';
import { loadTransports } from '../../../../services/client/io/load-transports.ts';
import { measureOwnTax } from '../../../../services/client/io/own-tax.ts';
import type { LoadTransport } from '../../../../services/client/load-transport.ts';
import { ON_ITS_OWN } from '../../../../workload/schedule.ts';

const request = { ...ON_ITS_OWN, id: 0, atMs: 0, client: 'a', promptTokens: 50, outputTokens: 9, maxOutputTokens: 9 };

/** A machine that others keep busy takes longer than a run would wait. */
const BUSY_MS = 100_000;

test.each(['frames', 'grpc-js'] as const)(
  'what a client adds over %s is measured against a server that does nothing',
  async (name) => {
    const tax = await measureOwnTax(loadTransports[name], [request], BUSY_MS);
    expect(tax!.calls).toBe(200);
    expect(tax!.p50Ms).toBeGreaterThan(0.01);
    expect(tax!.p99Ms).toBeGreaterThanOrEqual(tax!.p50Ms);
  },
);

test('nothing is measured where there is nothing to send, or where the transport fails', async () => {
  expect(await measureOwnTax(loadTransports.frames, [])).toBe(null);
  const broken = (): LoadTransport => ({
    connect: () => Promise.reject(new Error('no')),
    call: () => ({ cancel: () => {} }),
    close: () => {},
  });
  expect(await measureOwnTax(broken, [request])).toBe(null);
});

test('long prompts do not wait for each other: what is measured is one call', async () => {
  let open = 0;
  let most = 0;
  const counted = (addresses: ReadonlyMap<string, string>): LoadTransport => {
    const transport = loadTransports.frames(addresses);
    return {
      connect: (withinMs) => transport.connect(withinMs),
      close: () => transport.close(),
      call: (call, listener) => {
        most = Math.max(most, ++open);
        return transport.call(call, {
          onMessage: (...message) => listener.onMessage(...message),
          onEnd: (...ending) => {
            open--;
            listener.onEnd(...ending);
          },
        });
      },
    };
  };
  const tax = await measureOwnTax(counted, [{ ...request, promptTokens: 15_000 }], BUSY_MS);
  expect(tax!.calls).toBe(200);
  expect(most).toBe(1);
});
