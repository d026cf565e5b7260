import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NodeLoad, type PromptInFlight } from '../../../router/endpoint/node-load.ts';
import { loadReport } from '../load-report-fixture.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('sent' as const), tokens: fc.nat(900), inMs: fc.nat(20) }),
  fc.record({ kind: fc.constant('settled' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('report' as const), inMs: fc.nat(10) }),
);

test('the prompts in flight are those that were sent, and neither settled nor in a report, in whatever order they end', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const load = new NodeLoad(1);
      const sent: PromptInFlight[] = [];
      const inFlight = new Set<PromptInFlight>();
      let nowMs = 0;
      for (const doing of steps) {
        if (doing.kind === 'sent') {
          const prompt = { promptTokens: doing.tokens, arrivesAtMs: nowMs + doing.inMs, isUnreported: true, place: -1 };
          load.sent(0, prompt);
          sent.push(prompt);
          inFlight.add(prompt);
        } else if (doing.kind === 'settled') {
          const prompt = sent[doing.which % Math.max(1, sent.length)];
          if (prompt === undefined) continue;
          load.settled(0, prompt); // maybe for the second time
          inFlight.delete(prompt);
        } else {
          nowMs += doing.inMs;
          load.report(0, loadReport({ atMs: nowMs }));
          for (const prompt of inFlight) if (prompt.arrivesAtMs <= nowMs) inFlight.delete(prompt);
        }
        const tokens = [...inFlight].reduce((sum, { promptTokens }) => sum + promptTokens, 0);
        expect(load.unreportedPromptTokens[0]).toBe(tokens);
      }
    }),
  );
});
