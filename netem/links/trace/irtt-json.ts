import { jsonItems } from '../../../core/text/json-items.ts';
import { type MistakeAt, quotedValue } from '../../../core/text/text-lines.ts';
import { type Importer, mistakesIn } from './importer.ts';
import { type Fate, type Probe, ProbeList } from './probes.ts';
import { recordingOfProbes } from './recording-of-probes.ts';

/**
 * The JSON output of irtt: each of `round_trips` is a probe, with when it was sent, whether and where it was lost, its round trip
 * and its one-way delays, all in nanoseconds. Source: irtt-client(1), json_format 1.
 */
export const irttJson: Importer = {
  name: 'irtt',
  what: 'the JSON output of irtt',
  recognises: (start, text) => /^\s*\{/.test(start) && text.includes('"round_trips"'),
  read: (text, options) => {
    const mistakeAt = mistakesIn(options.file);
    const probes = new ProbeList();
    for (const { line, value } of jsonItems(text, mistakeAt, 'round_trips'))
      probes.add(probeOf(value, line, mistakeAt));
    if (probes.length === 0) throw mistakeAt(1, 'has no round_trips, expected at least one');
    return recordingOfProbes(probes, options);
  },
};

const FATES: Readonly<Record<string, Fate>> = {
  false: 'answered',
  true: 'lost',
  true_up: 'lost-up',
  true_down: 'lost-down',
};

const probeOf = (roundTrip: unknown, line: number, mistakeAt: MistakeAt): Probe => {
  const wrong = (key: string, expected: string): Error => {
    const value = at(roundTrip, ...key.split('.'));
    const found = value === undefined ? 'is missing' : `is ${quotedValue(value)}`;
    return mistakeAt(line, `${key} of round trip ${at(roundTrip, 'seqno') ?? '?'} ${found}, expected ${expected}`);
  };
  const send = 'timestamps.client.send';
  const sentNs = number(roundTrip, `${send}.wall`) ?? number(roundTrip, `${send}.monotonic`);
  if (sentNs === null) throw wrong(`${send}.wall`, 'nanoseconds');
  const fate = FATES[String(at(roundTrip, 'lost'))];
  if (fate === undefined) throw wrong('lost', `one of ${Object.keys(FATES).join(', ')}`);
  const atMs = sentNs / NS_PER_MS;
  if (fate !== 'answered') return { atMs, fate };
  const rttNs = number(roundTrip, 'delay.rtt');
  if (rttNs === null || rttNs <= 0) throw wrong('delay.rtt', 'nanoseconds, more than 0');
  const [upNs, downNs] = [number(roundTrip, 'delay.send'), number(roundTrip, 'delay.receive')];
  return {
    atMs,
    fate,
    rttMs: rttNs / NS_PER_MS,
    upMs: upNs === null ? Number.NaN : upNs / NS_PER_MS,
    downMs: downNs === null ? Number.NaN : downNs / NS_PER_MS,
  };
};

const NS_PER_MS = 1e6;

const at = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>((inner, key) => {
    return inner !== null && typeof inner === 'object' ? (inner as Readonly<Record<string, unknown>>)[key] : undefined;
  }, value);

const number = (value: unknown, key: string): number | null => {
  const found = at(value, ...key.split('.'));
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
};
