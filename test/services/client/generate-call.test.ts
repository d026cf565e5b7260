import { expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { grpcStatus } from '../../../router/attempt/grpc-status.ts';
import { GenerateCall } from '../../../services/client/generate-call.ts';
import { generateMessage } from '../../../services/client/generate-message.ts';
import type { AnswerListener, LoadTransport, OutgoingCall } from '../../../services/client/load-transport.ts';
import { RunGaps } from '../../../services/client/run-gaps.ts';
import { ON_ITS_OWN } from '../../../workload/schedule.ts';

/** What a server does at so many milliseconds after a call: a message of so many tokens, or its end. */
type Script = readonly (readonly [afterMs: number, does: { readonly tokens: number } | { readonly end: number }])[];

/** A transport in virtual time whose server follows a script, one for each try; the last one goes on. */
class ScriptedTransport implements LoadTransport {
  readonly calls: OutgoingCall[] = [];
  readonly callsAtMs: number[] = [];
  readonly #clock: VirtualClock;
  readonly #scripts: readonly Script[];

  constructor(clock: VirtualClock, scripts: readonly Script[]) {
    this.#clock = clock;
    this.#scripts = scripts;
  }

  async connect(): Promise<void> {}
  close(): void {}

  call(call: OutgoingCall, listener: AnswerListener) {
    const script = this.#scripts[Math.min(this.calls.length, this.#scripts.length - 1)]!;
    this.calls.push(call);
    const nowMs = this.#clock.now();
    this.callsAtMs.push(nowMs);
    let isCancelled = false;
    for (const [afterMs, does] of script) {
      this.#clock.at(nowMs + afterMs, () => {
        if (isCancelled) return;
        if ('tokens' in does) listener.onMessage(does.tokens);
        else listener.onEnd(does.end, 'no');
      });
    }
    return {
      cancel: () => {
        isCancelled = true;
      },
    };
  }
}

const planned = { ...ON_ITS_OWN, id: 3, atMs: 0, client: 'c', promptTokens: 5, outputTokens: 3, maxOutputTokens: 8 };

/** What a call logs that a server follows scripts for; at `cutOffAtMs` the run ends. */
const run = (
  scripts: readonly Script[],
  { cutOffAtMs, deadlineMs = 5000, attempts = 1 }: { cutOffAtMs?: number; deadlineMs?: number; attempts?: number } = {},
) => {
  const clock = new VirtualClock();
  const transport = new ScriptedTransport(clock, scripts);
  const events: Event[] = [];
  const call = new GenerateCall({
    ...{ planned, carried: generateMessage(planned), transport, clock, deadlineMs },
    emit: (event) => void events.push(event),
    retries: attempts === 1 ? null : { attempts, backoffMs: 100, requests: 1000 },
    gaps: new RunGaps({ warmUpMs: 0, stallMs: 150 }),
    onEnd: () => {},
  });
  if (cutOffAtMs !== undefined) clock.at(cutOffAtMs, () => call.cutOff('open'));
  clock.runUntil(60_000);
  return { events, transport };
};

const numberOf = ({ fields }: OutgoingCall): string | undefined =>
  fields.find(([name]) => name === 'x-request-id')?.[1];

test('the last token of an answer is when it came, however late its status is', () => {
  const { events } = run([
    [
      [10, { tokens: 1 }],
      [110, { tokens: 2 }],
      [310, { tokens: 0 }],
      [311, { end: 0 }],
    ],
  ]);
  expect(events).toEqual([
    { kind: 'first-token', atMs: 10, request: 3 },
    {
      ...{ kind: 'finished', atMs: 311, request: 3, outcome: 'answered', tokens: 3, lastTokenAtMs: 110, status: 'OK' },
      gaps: { n: 1, maxMs: 100, stalls: 0, overMs: 0 },
    },
  ]);
});

test('an answer that the run cut off has the last token that came', () => {
  const { events } = run(
    [
      [
        [10, { tokens: 2 }],
        [1000, { end: 0 }],
      ],
    ],
    { cutOffAtMs: 300 },
  );
  expect(events.slice(1)).toMatchObject([{ atMs: 300, outcome: 'open', tokens: 2, lastTokenAtMs: 10 }]);
});

test('a call without a token has no last one, and no gaps', () => {
  const { events } = run([[[5, { end: grpcStatus.unavailable }]]]);
  expect(events).toMatchObject([{ kind: 'finished', outcome: 'failed', tokens: 0, reason: 'no' }]);
  for (const key of ['lastTokenAtMs', 'gaps', 'retries']) expect(events[0]).not.toHaveProperty(key);
});

test('a client that retries waits twice as long each time, under a number of its own, and counts', () => {
  const { events, transport } = run(
    [
      [[5, { end: grpcStatus.unavailable }]],
      [[5, { end: grpcStatus.resourceExhausted }]],
      [
        [20, { tokens: 3 }],
        [21, { end: 0 }],
      ],
    ],
    { attempts: 4 },
  );
  expect(transport.callsAtMs).toEqual([0, 105, 310]);
  expect(transport.calls.map(numberOf)).toEqual(['3', '1003', '2003']);
  expect(transport.calls.map(({ timeoutMs }) => timeoutMs)).toEqual([5000, 4895, 4690]);
  expect(events).toMatchObject([
    { kind: 'first-token', atMs: 330 },
    { kind: 'finished', outcome: 'answered', retries: 2 },
  ]);
});

test('nothing is sent again that has a token, that failed for good, that was sent as often as allowed, or whose deadline is too near', () => {
  const tries = (script: Script, options: Parameters<typeof run>[1]): number =>
    run([script], options).transport.calls.length;
  const fails: Script = [[5, { end: grpcStatus.unavailable }]];
  expect(tries([[1, { tokens: 1 }], ...fails], { attempts: 3 })).toBe(1);
  expect(tries([[5, { end: grpcStatus.internal }]], { attempts: 3 })).toBe(1);
  expect(tries(fails, { attempts: 3 })).toBe(3);
  expect(tries(fails, { attempts: 3, deadlineMs: 105 })).toBe(1);
  expect(tries(fails, { attempts: 1 })).toBe(1);
});

test('a run that ends while a client waits to try again counts the request as open, and sends nothing more', () => {
  const { events, transport } = run([[[5, { end: grpcStatus.unavailable }]]], { attempts: 3, cutOffAtMs: 50 });
  expect(events).toMatchObject([{ atMs: 50, outcome: 'open', retries: 1 }]);
  expect(transport.calls).toHaveLength(1);
});
