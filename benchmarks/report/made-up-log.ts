import type { AnswerGaps, Event } from '../../core/event/event.ts';
import { exponential } from '../../core/random/distributions.ts';
import type { Rng } from '../../core/random/rng.ts';

const RATE_PER_S = 200;
const CLIENTS = ['london', 'lagos', 'st-johns'];
const NODES = ['ashburn-1', 'ashburn-2', 'frankfurt', 'johannesburg'];
const PATHS = NODES.flatMap((node) => [`${node}/fibre`, `${node}/laser`]);
const CLASSES = ['chat', 'coding-agent', 'batch'];
/** Some buckets of a histogram: 8 ms, 40 ms, 1.3 s. */
const GAPS = [4048, 140_000_000, 6370, 9_000_000, 11_509, 9000];
const BLOCK = 1000;

/**
 * The events of a run of `requests` requests, about in the order of time: seven a request, and nine more for each that is tried
 * again, one in fifty. Beside them the changes of 16 links and 8 probes, each once a second.
 */
export function* madeUpLog(requests: number, rng: Rng): Generator<Event> {
  const durationMs = (requests * 1000) / RATE_PER_S;
  yield {
    kind: 'run',
    atMs: 0,
    schema: 2,
    key: { variant: 'made-up', policy: 'random', params: {}, seed: 1, repetition: 1, overrides: {} },
    scenario: 'made-up',
    hash: '0'.repeat(64),
    fileHash: '0'.repeat(64),
    host: 'simulate',
    shaper: 'emulator',
    constellation: 'none',
    profiles: {},
    providers: Object.fromEntries(NODES.map((node, index) => [node, `provider-${index % 3}`])),
    epochUnixMs: Date.parse('2026-01-01T00:00:00Z'),
    knowledge: { kind: 'none' },
    commit: null,
    ratePerS: RATE_PER_S,
    warmUpMs: 2000,
    durationMs,
    requests,
    slo: { ttftMs: 400, tpotMs: 50, stallMs: 1000 },
  };
  // Blocks of requests, each in the order of time, overlap: so do the logs of parts that are put behind each other.
  for (let first = 0; first < requests; first += BLOCK) {
    const events: Event[] = [];
    for (let request = first; request < Math.min(first + BLOCK, requests); request++)
      events.push(...requestEvents(request, (request * 1000) / RATE_PER_S, rng));
    for (let atMs = (first * 1000) / RATE_PER_S; atMs < ((first + BLOCK) * 1000) / RATE_PER_S; atMs += 1000)
      events.push(...pathEvents(atMs, rng));
    yield* events.sort((a, b) => a.atMs - b.atMs);
  }
  yield { kind: 'gaps', atMs: durationMs + 9000, part: 'load', buckets: GAPS, maxUs: 1_400_000 };
  yield { kind: 'ended', atMs: durationMs + 10_000, isInterrupted: false };
}

const requestEvents = (request: number, atMs: number, rng: Rng): readonly Event[] => {
  const isRetried = rng.below(50) === 0;
  const tokens = 1 + rng.below(300);
  const first = isRetried ? attemptEvents(request, 1, atMs + 20, 0, rng) : [];
  const answer = attemptEvents(request, isRetried ? 2 : 1, (first.at(-1)?.atMs ?? atMs) + 20, tokens, rng);
  const [servedAtMs, scheduledAtMs] = [answer.at(-1)!.atMs, answer.at(-2)!.atMs];
  return [
    {
      kind: 'sent',
      atMs: atMs + 0.05,
      request,
      client: CLIENTS[rng.below(CLIENTS.length)]!,
      class: CLASSES[rng.below(CLASSES.length)]!,
      intendedAtMs: atMs,
      promptTokens: 900,
      outputTokens: tokens,
    },
    ...first,
    ...answer,
    { kind: 'first-token', atMs: scheduledAtMs + 70, request },
    {
      kind: 'finished',
      atMs: servedAtMs + 60,
      request,
      outcome: 'answered',
      tokens,
      lastTokenAtMs: servedAtMs + 59,
      gaps: longGaps(rng),
      status: 'OK',
    },
  ];
};

/** One answer in fifty has a stall. */
const longGaps = (rng: Rng): AnswerGaps => {
  const stalls = rng.below(50) === 0 ? 1 : 0;
  return { n: 100, maxMs: 40 + rng.next() + 1000 * stalls, stalls, overMs: 40 * stalls };
};

const attemptEvents = (request: number, attempt: number, atMs: number, tokens: number, rng: Rng): readonly Event[] => {
  const endpoint = PATHS[rng.below(PATHS.length)]!;
  const at = { request, attempt, node: endpoint.slice(0, endpoint.indexOf('/')) };
  const receivedAtMs = atMs + 30 + rng.next();
  const scheduledAtMs = receivedAtMs + exponential(rng, 15);
  const servedAtMs = scheduledAtMs + 10 + tokens * 8;
  return [
    { kind: 'routed', atMs, request, attempt, endpoint, expectedMs: 100 + rng.next() },
    { kind: 'received', atMs: receivedAtMs, ...at },
    { kind: 'scheduled', atMs: scheduledAtMs, ...at },
    { kind: 'served', atMs: servedAtMs, ...at, outcome: tokens > 0 ? 'answered' : 'failed', tokens },
  ];
};

const pathEvents = (atMs: number, rng: Rng): readonly Event[] =>
  PATHS.flatMap((path): readonly Event[] => [
    ...['forward', 'back'].map(
      (way): Event => ({
        kind: 'link',
        atMs,
        link: `${path}/${way}`,
        up: true,
        delayUs: 30_000 + rng.below(1000),
        jitterUs: 0,
        lossRate: 0.0001,
        rateKbps: 200_000,
      }),
    ),
    { kind: 'probe', atMs: atMs + 500, path, rttMs: 61 + rng.next() },
  ]);
