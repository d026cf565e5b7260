import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Event } from '../../../../core/event/event.ts';
import { eventLine } from '../../../../core/event/event-line.ts';
import { eachEvent, readEvents } from '../../../../core/event/io/event-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
const path = join(folder, 'events.jsonl');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fault = (reason: string): Event => ({ kind: 'fault', atMs: 1, part: 'node', reason });
const read = (text: string): { readonly reasons: readonly string[]; readonly torn: number } => {
  writeFileSync(path, text);
  let torn = 0;
  const reasons = readEvents(path, () => torn++).map((event) => (event as Extract<Event, { kind: 'fault' }>).reason);
  return { reasons, torn };
};

describe('reading a log in pieces', () => {
  test('finds the same events wherever the pieces end, in the middle of a letter too', () => {
    const reason = fc
      .tuple(fc.constantFrom('é', '猫', '🛰', 'x'), fc.integer({ min: 0, max: 90_000 }))
      .map(([letter, times]) => letter.repeat(times));
    fc.assert(
      fc.property(fc.array(reason, { maxLength: 8 }), (reasons) => {
        expect(read(reasons.map((text) => eventLine(fault(text))).join(''))).toEqual({ reasons, torn: 0 });
      }),
      { numRuns: 30 },
    );
  });

  test('skips lines that are not events, and counts them', () => {
    const [a, b] = [eventLine(fault('a')), eventLine(fault('b'))];
    expect(read(`${a}{"kind":"fau\n${b}null\n7\n`)).toEqual({ reasons: ['a', 'b'], torn: 3 });
  });

  test('counts a last line that was cut off', () => {
    const line = eventLine(fault('a'));
    for (let length = 1; length < line.length - 1; length++) {
      expect(read(line + line.slice(0, length))).toEqual({ reasons: ['a'], torn: 1 });
    }
    expect(read(line + line.trimEnd())).toEqual({ reasons: ['a', 'a'], torn: 0 });
  });

  test('gives up a line without an end instead of holding all of it', () => {
    const { reasons, torn } = read(`${'x'.repeat(4_000_000)}\n${eventLine(fault('a'))}`);
    expect(reasons).toEqual(['a']);
    expect(torn).toBeGreaterThan(0);
  });

  test('reads no further than asked, and throws where there is no file', () => {
    writeFileSync(path, eventLine(fault('a')).repeat(3));
    expect(eachEvent(path).next().value).toEqual(fault('a'));
    expect(() => readEvents(join(folder, 'none'))).toThrow('ENOENT');
  });
});
