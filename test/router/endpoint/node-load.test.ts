import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NodeLoad, type PromptInFlight } from '../../../router/endpoint/node-load.ts';
import { loadReport } from '../load-report-fixture.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('sent' as const), tokens: fc.nat(900), inMs: fc.nat(20) }),
  fc.record({ kind: fc.constantFrom('answered' as const, 'ended' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('report' as const), inMs: fc.nat(10) }),
);

const promptOf = (promptTokens: number, arrivesAtMs: number): PromptInFlight => ({
  promptTokens,
  arrivesAtMs,
  isUnreported: true,
  place: -1,
});

test('requests count until they end or are in a report, and their prompts until they are answered too, in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const load = new NodeLoad(1);
      const sent: PromptInFlight[] = [];
      const open = new Set<PromptInFlight>();
      const waiting = new Set<PromptInFlight>();
      let nowMs = 0;
      for (const doing of steps) {
        if (doing.kind === 'sent') {
          const prompt = promptOf(doing.tokens, nowMs + doing.inMs);
          load.sent(0, prompt);
          sent.push(prompt);
          open.add(prompt);
          waiting.add(prompt);
        } else if (doing.kind === 'report') {
          nowMs += doing.inMs;
          load.report(0, loadReport({ atMs: nowMs }));
          for (const each of [open, waiting]) {
            for (const prompt of each) if (prompt.arrivesAtMs <= nowMs) each.delete(prompt);
          }
        } else {
          const prompt = sent[doing.which % Math.max(1, sent.length)];
          if (prompt === undefined) continue;
          load[doing.kind](0, prompt); // maybe for the second time
          waiting.delete(prompt);
          if (doing.kind === 'ended') open.delete(prompt);
        }
        expect(load.unreportedRequests[0]).toBe(open.size);
        expect(load.unreportedPromptTokens[0]).toBe(
          [...waiting].reduce((sum, { promptTokens }) => sum + promptTokens, 0),
        );
      }
    }),
  );
});

describe('a report that leaves something out', () => {
  const nothing = {
    ...{ running: Number.NaN, waiting: Number.NaN, pendingPromptTokens: Number.NaN, kvUsage: Number.NaN },
    ...{ stepMs: Number.NaN, prefillMsPerToken: Number.NaN, requestsReceived: Number.NaN },
  };

  test('changes nothing of that', () => {
    const load = new NodeLoad(1);
    load.report(0, loadReport({ atMs: 1, running: 4, waiting: 2, kvUsage: 0.5, stepMs: 9, utilization: 0.5 }));
    load.report(0, loadReport({ atMs: 2, ...nothing, utilization: 0.7 }));
    expect([load.running[0], load.waiting[0], load.kvUsage[0], load.stepMs[0]]).toEqual([4, 2, 0.5, 9]);
    expect(load.utilization[0]).toBe(0.7);
  });

  test('of the queue leaves what was sent as unreported as it was', () => {
    const load = new NodeLoad(1);
    load.sent(0, promptOf(300, 5));
    load.report(0, loadReport({ atMs: 10, ...nothing }));
    expect([load.unreportedRequests[0], load.unreportedPromptTokens[0]]).toEqual([1, 300]);
    load.report(0, loadReport({ atMs: 20, ...nothing, waiting: 1 })); // as vLLM reports: requests without their tokens
    expect([load.unreportedRequests[0], load.unreportedPromptTokens[0]]).toEqual([0, 300]);
  });
});

describe('what came to a node since its report', () => {
  test('is what this router sent, where it is alone', () => {
    const load = new NodeLoad(1);
    for (let received = 0; received < 50; received++) {
      load.report(0, loadReport({ atMs: 100 * received, requestsReceived: received }));
      load.sent(0, promptOf(200, 100 * received + 50));
    }
    expect(load.crowding(0)).toBe(1);
    expect([load.unseenRequests(0), load.unseenPromptTokens(0)]).toEqual([1, 200]);
  });

  test('is about ten times that, where nine others send as much', () => {
    const load = new NodeLoad(1);
    for (let round = 0; round < 200; round++) {
      load.report(0, loadReport({ atMs: 100 * round, requestsReceived: 10 * round }));
      load.sent(0, promptOf(200, 100 * round + 50));
    }
    expect(load.crowding(0)).toBeGreaterThan(9.5);
    expect(load.crowding(0)).toBeLessThan(10.5);
    expect(load.unseenPromptTokens(0)).toBe(200 * load.crowding(0));
  });

  test('is known to a router that takes over from another', () => {
    const before = new NodeLoad(1);
    for (let round = 0; round < 200; round++) {
      before.report(0, loadReport({ atMs: 100 * round, requestsReceived: 3 * round }));
    }
    const after = new NodeLoad(1);
    after.inherit(0, before, 0);
    expect(after.crowding(0)).toBe(before.crowding(0));
    after.report(0, loadReport({ atMs: 20_100, requestsReceived: 603 }));
    expect(after.crowding(0)).toBe(before.crowding(0)); // its own count of what it sent begins anew: nothing to compare yet
  });
});
