import { runService } from '../../../core/process/io/service-process.ts';
import { seededRng } from '../../../core/random/rng.ts';
import { SoakClients } from '../io/soak-clients.ts';
import type { ClientsProgress, ClientsSetup } from '../part-setup.ts';

/** The clients of `bench:soak`: they measure what the machine takes, and then call at half of that. */
runService<ClientsSetup, null, ClientsProgress>(async ({ port, clients: size, ratePerS, durationMs, seed }, parent) => {
  const clients = new SoakClients(port, size, seededRng(seed)('clients'));
  const soak = async (): Promise<void> => {
    const mostPerS = ratePerS === null ? await clients.saturate(SATURATED_MS, AT_ONCE) : null;
    const rate = ratePerS ?? Math.max(1, mostPerS! / 2);
    parent.progress({ kind: 'rate', ratePerS: rate, mostPerS });
    clients.load(rate);
    await new Promise((resolve) => setTimeout(resolve, durationMs));
    parent.progress({ kind: 'tally', tally: await clients.close(LAST_CALLS_MS) });
    parent.done();
  };
  return { ready: null, begin: () => void soak(), close: () => {} };
});

const SATURATED_MS = 9000;

/** Calls of each client at one time while it is measured what the machine takes. */
const AT_ONCE = 4;

/** How long calls may take after the last one began. */
const LAST_CALLS_MS = 30_000;
