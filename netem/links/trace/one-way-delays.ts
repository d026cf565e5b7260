import type { ProbeList } from './probes.ts';

/** The delay of each probe in each direction, in milliseconds; NaN where it has none. */
interface OneWayDelays {
  readonly up: Float64Array;
  readonly down: Float64Array;
  readonly remarks: readonly string[];
}

/**
 * The one-way delays of `probes` as far as they are possible, else half of the round trip. Clocks of two machines that are not
 * synchronised shift them, so that one is too small and the other too large by as much. A pair is impossible when one of the two is
 * less than light takes, or when their sum is not the round trip. Where more than one in a thousand is, none is used. Null when no
 * probe has a round trip.
 */
export const oneWayDelays = (
  probes: ProbeList,
  { file, leastOneWayMs }: { readonly file: string; readonly leastOneWayMs: number },
): OneWayDelays | null => {
  const up = new Float64Array(probes.length).fill(Number.NaN);
  const down = new Float64Array(probes.length).fill(Number.NaN);
  let answered = 0;
  let measured = 0;
  let impossible = 0;
  for (let index = 0; index < probes.length; index++) {
    const rttMs = probes.value(index, 'rttMs');
    if (Number.isNaN(rttMs)) continue;
    answered++;
    up[index] = down[index] = rttMs / 2;
    const [upMs, downMs] = [probes.value(index, 'upMs'), probes.value(index, 'downMs')];
    if (Number.isNaN(upMs) || Number.isNaN(downMs)) continue;
    measured++;
    if (!isPossible(upMs, downMs, rttMs, leastOneWayMs)) impossible++;
  }
  if (answered === 0) return null;
  const isTrusted = impossible <= measured * MOST_IMPOSSIBLE;
  for (let index = 0; isTrusted && index < probes.length; index++) {
    const [upMs, downMs] = [probes.value(index, 'upMs'), probes.value(index, 'downMs')];
    if (!isPossible(upMs, downMs, probes.value(index, 'rttMs'), leastOneWayMs)) continue;
    up[index] = upMs;
    down[index] = downMs;
  }
  return { up, down, remarks: impossible === 0 ? [] : [remark(file, impossible, measured, isTrusted)] };
};

const MOST_IMPOSSIBLE = 0.001;

/** How far the sum of both ways may be from the round trip: rounding, and what the server took. */
const tolerance = (rttMs: number): number => Math.max(1, 0.05 * rttMs);

const isPossible = (upMs: number, downMs: number, rttMs: number, leastMs: number): boolean =>
  Math.min(upMs, downMs) > 0 &&
  Math.min(upMs, downMs) >= leastMs &&
  Math.abs(upMs + downMs - rttMs) <= tolerance(rttMs);

const remark = (file: string, impossible: number, measured: number, isTrusted: boolean): string => {
  const found = `${file}: ${impossible} of ${measured} pairs of one-way delays are impossible`;
  return isTrusted
    ? `${found}: those take half of their round trip`
    : `${found}, as when two clocks are not synchronised: each direction takes half of the round trip`;
};
