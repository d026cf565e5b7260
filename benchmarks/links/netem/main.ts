import { execFileSync } from 'node:child_process';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { LinkPlayer } from '../../../netem/shaping/link-player.ts';
import { Echo } from '../../../netem/shaping/probe/io/echo.ts';
import { Prober } from '../../../netem/shaping/probe/io/prober.ts';
import { NetemShaper } from '../../../netem/shaping/tc/io/netem-shaper.ts';
import { netemSupport } from '../../../netem/shaping/tc/io/netem-support.ts';
import { errorsByDelay, type RoundTrip } from '../errors-by-delay.ts';
import type { NetemMeasurement } from '../links-report.ts';
import { steppingLink } from '../stepping-link.ts';

const WARM_UP_MS = 1000;
const HOST = '127.0.0.1';
const RAISE_LOOPBACK = ['ip', 'link', 'set', 'lo', 'up'];

/*
 * Runs alone in a network namespace, so that no other process uses its loopback device: `node main.ts DURATION_MS DELAYS_MS`.
 * Each path has its own echo server, so that the ports of a packet identify its link. Prints the results as JSON.
 */
const [durationMs = 5000, delays = ''] = [Number(process.argv[2]), process.argv[3]];
const delaysMs = delays.split(',').map(Number);
process.stdout.write(JSON.stringify(await measure()));
process.exit(0);

async function measure(): Promise<NetemMeasurement> {
  const [command, ...words] = RAISE_LOOPBACK;
  execFileSync(command!, words);
  const support = await netemSupport();
  if (!support.supported) return { kind: 'not measured', reason: support.reason };
  const echoes = await Promise.all(delaysMs.map(() => Echo.listen({ host: HOST, port: 0 })));
  const classes = delaysMs.flatMap((delayMs, index) => {
    const { port } = echoes[index]!;
    return [
      { link: `${delayMs}/forward`, device: 'lo', match: { destination: HOST, destinationPort: port } },
      { link: `${delayMs}/back`, device: 'lo', match: { destination: HOST, sourcePort: port } },
    ];
  });
  const shaper = await NetemShaper.attach({ classes, exemptPorts: [] });
  const startUnixMs = Date.now();
  const clock = new SystemClock({ startUnixMs });
  const links = new Map(classes.map(({ link }) => [link, steppingLink(Number.parseFloat(link))]));
  const player = new LinkPlayer(links, shaper, { clock, onFault: (problem) => process.stderr.write(`${problem}\n`) });
  player.start();
  const probes: RoundTrip[] = [];
  const prober = await Prober.connect({
    paths: Object.fromEntries(delaysMs.map((delayMs, index) => [delayMs, { host: HOST, port: echoes[index]!.port }])),
    everyMs: 13,
    emit: (event) => void (event.kind === 'probe' && probes.push(event)),
  });
  prober.begin(startUnixMs);
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS + durationMs));
  prober.close();
  const measured = probes.filter(({ atMs }) => atMs >= WARM_UP_MS);
  return { kind: 'measured', ...errorsByDelay(measured, delaysMs) };
}
