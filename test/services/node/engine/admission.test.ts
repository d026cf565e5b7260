import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Admission, type AdmissionOptions, type Queue } from '../../../../services/node/engine/admission.ts';
import { limitsSchema } from '../../../../services/node/engine/limits.ts';
import { meteredEngine, wholeSite } from '../power/metered-engine.ts';

const admissionOf = (options: Omit<AdmissionOptions, 'limits'> & { readonly maxWaiting?: number } = {}): Admission => {
  const { maxWaiting = 10, ...rest } = options;
  return new Admission({ limits: limitsSchema.parse({ maxWaiting }), ...rest }, 160);
};

const asked = (promptTokens: number, outputTokens: number, maxOutputTokens = outputTokens) => ({
  promptTokens,
  outputTokens,
  maxOutputTokens,
});

const queueOf = (length: number, firstReadyAtMs?: number): Queue => ({ length, firstReadyAtMs });
const EMPTY = queueOf(0);

/** `accepted`, or the reason and the hint of a refusal. */
const outcome = (admission: Admission, request: ReturnType<typeof asked>, queue: Queue, nowMs: number): string => {
  const submission = admission.admit(request, queue, nowMs);
  return submission.kind === 'accepted' ? 'accepted' : `${submission.reason} ${submission.retryAfterMs}`;
};

/** No power from 1 s to 5 s. */
const failingPower = () => meteredEngine({ site: wholeSite({ events: [{ fromS: 1, forS: 4, share: 0 }] }) }).power;

describe('what is refused', () => {
  test('has one reason: state of the engine first, then errors of the request, then reasons that end by waiting', () => {
    const admission = admissionOf({
      power: failingPower(),
      startedAtMs: 2000,
      drainsAtMs: 100_000,
      tokensPerMinute: 20,
    });
    const full = queueOf(10);
    const reasonOf = (request: ReturnType<typeof asked>, queue: Queue, nowMs: number) =>
      admission.refusalOf(request, queue, nowMs)?.reason;
    expect(reasonOf(asked(0, 0), full, 500)).toBe('starting');
    expect(reasonOf(asked(0, 0), full, 1500)).toBe('no-power');
    expect(reasonOf(asked(0, 0), full, 8000)).toBe('empty-prompt');
    expect(reasonOf(asked(500, 0), full, 8000)).toBe('bad-output-length');
    expect(reasonOf(asked(500, 1), full, 8000)).toBe('too-long');
    expect(reasonOf(asked(50, 1), full, 8000)).toBe('queue-full');
    expect(reasonOf(asked(50, 1), EMPTY, 8000)).toBe('over-quota');
    expect(reasonOf(asked(10, 1), EMPTY, 8000)).toBeUndefined();
    expect(reasonOf(asked(0, 0), full, 100_000)).toBe('draining');
    admission.close();
    expect(reasonOf(asked(0, 0), full, 100_000)).toBe('closed');
  });

  test('is a prompt with a longest answer that the model does not take, even where the cache is larger', () => {
    const admission = new Admission({ limits: limitsSchema.parse({ maxModelLen: 100 }) }, 1000);
    expect(admission.refusalOf(asked(90, 1, 10), EMPTY, 0)).toBeNull();
    expect(admission.refusalOf(asked(90, 1, 11), EMPTY, 0)).toEqual({
      kind: 'refused',
      reason: 'beyond-model',
      retryAfterMs: null,
    });
  });

  test('is a request that does not fit in the cache up to its last input token, and no shorter one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 150 }), fc.integer({ min: -9, max: 9 }), (promptTokens, over) => {
        const refusal = admissionOf().refusalOf(asked(promptTokens, 1, 161 - promptTokens + over), EMPTY, 0);
        expect(refusal?.reason).toBe(over > 0 ? 'too-long' : undefined);
      }),
    );
  });

  test('is a length of NaN', () => {
    const reasonOf = (request: ReturnType<typeof asked>) => admissionOf().refusalOf(request, EMPTY, 0)?.reason;
    expect(reasonOf(asked(Number.NaN, 1))).toBe('empty-prompt');
    expect(reasonOf(asked(1, Number.NaN))).toBe('bad-output-length');
    expect(reasonOf(asked(1, 1, Number.NaN))).toBe('bad-output-length');
  });

  test('is every request from the start of a drain, without a retry hint', () => {
    const planned = admissionOf({ drainsAtMs: 100 });
    expect(outcome(planned, asked(1, 1), EMPTY, 99.9)).toBe('accepted');
    expect(outcome(planned, asked(1, 1), EMPTY, 100)).toBe('draining null');
    const drained = admissionOf();
    drained.drain();
    expect(outcome(drained, asked(1, 1), EMPTY, 0)).toBe('draining null');
  });
});

describe('the hint of a refusal', () => {
  test('for a full queue is a tenth of the wait of its first request, from 100 ms to 10 s, in whole milliseconds', () => {
    const hintOf = (firstReadyAtMs: number | undefined, nowMs: number): string =>
      outcome(admissionOf({ maxWaiting: 2 }), asked(1, 1), queueOf(2, firstReadyAtMs), nowMs);
    expect(hintOf(1000, 6001)).toBe('queue-full 501');
    expect(hintOf(1000, 1500)).toBe('queue-full 100');
    expect(hintOf(1000, 1e6)).toBe('queue-full 10000');
    expect(hintOf(undefined, 5000)).toBe('queue-full 100');
  });

  test('for a starting engine is the rest of its start-up, also after a loss of power', () => {
    const admission = admissionOf({ power: failingPower(), startedAtMs: 2000 });
    expect(outcome(admission, asked(1, 1), EMPTY, 499.5)).toBe('starting 1501');
    expect(outcome(admission, asked(1, 1), EMPTY, 3000)).toBe('no-power null');
    expect(outcome(admission, asked(1, 1), EMPTY, 5000)).toBe('starting 2000');
    expect(outcome(admission, asked(1, 1), EMPTY, 7000)).toBe('accepted');
  });
});

describe('a quota', () => {
  test('books the prompt and the longest answer of an accepted request, not the true length', () => {
    const admission = admissionOf({ tokensPerMinute: 100 });
    expect(outcome(admission, asked(40, 1, 60), EMPTY, 0)).toBe('accepted');
    expect(outcome(admission, asked(1, 1, 9), EMPTY, 0)).toBe('over-quota 6000');
    expect(outcome(admission, asked(1, 1, 9), EMPTY, 6000)).toBe('accepted');
  });

  test('is not changed by refused requests, nor by a query', () => {
    const admission = admissionOf({ tokensPerMinute: 100 });
    expect(admission.refusalOf(asked(40, 60), EMPTY, 0)).toBeNull();
    expect(outcome(admission, asked(40, 60), queueOf(10), 0)).toBe('queue-full 100');
    expect(outcome(admission, asked(40, 60), EMPTY, 0)).toBe('accepted');
  });

  test('gives no hint for a request larger than the quota of a minute', () => {
    expect(outcome(admissionOf({ tokensPerMinute: 100 }), asked(40, 61), EMPTY, 0)).toBe('over-quota null');
  });
});
