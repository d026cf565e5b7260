import { runService } from '../../../core/process/io/service-process.ts';
import { seededRng } from '../../../core/random/rng.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { Relay } from '../../../netem/shaping/relay/io/relay.ts';
import { measureRelayOverheadMs } from '../../../netem/shaping/relay/io/relay-overhead.ts';
import type { BenchRelayReady, BenchRelaySetup, Usage } from '../part-setup.ts';
import { steppingLink } from '../stepping-link.ts';

const USAGE_EVERY_MS = 250;

/** The relay of a live run, over paths that change every 100 ms. */
runService<BenchRelaySetup, BenchRelayReady, Usage>(async ({ delaysMs, echoPort, sourcePort }, parent) => {
  const clock = SystemClock.notStarted();
  const rng = seededRng(1);
  const overheadMs = await measureRelayOverheadMs(clock, rng);
  const relays: Relay[] = [];
  for (const delayMs of delaysMs) {
    const link = steppingLink(delayMs);
    relays.push(
      await Relay.listen({
        name: `${delayMs}`,
        forward: link,
        back: link,
        clock,
        rng,
        overheadMs,
        listenPort: 0,
        targetPort: sourcePort,
        probe: { listenPort: 0, targetPort: echoPort },
      }),
    );
  }
  const telling = setInterval(() => {
    const { user, system } = process.cpuUsage();
    const atMs = performance.now();
    parent.progress({ atMs, cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() });
  }, USAGE_EVERY_MS);
  return {
    ready: { ports: relays.map(({ port }) => port), probePorts: relays.map(({ probePort }) => probePort!) },
    begin: (startUnixMs) => clock.startAt(startUnixMs),
    close: async () => {
      clearInterval(telling);
      await Promise.all(relays.map((relay) => relay.close()));
      clock.close();
    },
  };
});
