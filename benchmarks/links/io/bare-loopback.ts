import { Echo } from '../../../netem/shaping/probe/io/echo.ts';
import { Prober } from '../../../netem/shaping/probe/io/prober.ts';
import { errorsByDelay, type RoundTrip } from '../errors-by-delay.ts';
import { after } from './relay-session.ts';

/** Round trips of probes without a shaper: the lower bound for every shaper. */
export const measureBareLoopback = async (durationMs: number, signal: AbortSignal) => {
  const echo = await Echo.listen({ host: '127.0.0.1', port: 0 });
  const probes: RoundTrip[] = [];
  const prober = await Prober.connect({
    paths: { 0: { host: '127.0.0.1', port: echo.port } },
    everyMs: 13,
    emit: (event) => void (event.kind === 'probe' && probes.push(event)),
  });
  prober.begin(Date.now());
  await after(durationMs, signal);
  prober.close();
  await echo.close();
  return errorsByDelay(probes, [0]);
};
