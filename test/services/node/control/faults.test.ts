import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { type Condition, NodeCondition } from '../../../../services/node/control/condition.ts';
import { type Fault, faultProblem } from '../../../../services/node/control/fault.ts';
import { type FaultChange, Faults } from '../../../../services/node/control/faults.ts';

const following = () => {
  const clock = new VirtualClock();
  const changes: FaultChange[] = [];
  const faults = new Faults(clock, (change) => changes.push(change));
  return { clock, changes, faults };
};

const someFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom<Fault>({ kind: 'hang' }, { kind: 'blackhole' }, { kind: 'rst', errorCode: 2 }),
  fc.double({ min: 1, max: 1000, noNaN: true }).map((factor): Fault => ({ kind: 'slow', factor })),
);

describe('the faults of a node', () => {
  test('each end once, by themselves, and no kind is active twice', () => {
    const steps = fc.array(fc.record({ fault: someFault, lastsMs: fc.nat(500), pauseMs: fc.nat(300) }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(steps, (injections) => {
        const { clock, changes, faults } = following();
        for (const { fault, lastsMs, pauseMs } of injections) {
          faults.begin(fault, lastsMs);
          expect(faults.active(fault.kind)).toBe(fault);
          clock.runUntil(clock.now() + pauseMs);
        }
        clock.runUntil(1e6);
        expect(faults.list()).toEqual([]);
        const open = new Map<string, Fault>();
        for (const { fault, state } of changes) {
          if (state === 'began') {
            expect(open.has(fault.kind)).toBe(false);
            open.set(fault.kind, fault);
          } else {
            expect(open.get(fault.kind)).toBe(fault);
            open.delete(fault.kind);
          }
        }
        expect(open.size).toBe(0);
        expect(changes.length).toBe(2 * injections.length);
      }),
    );
  });

  test('end when they are due, or when they are cleared', () => {
    const { clock, changes, faults } = following();
    faults.begin({ kind: 'hang' }, 100);
    faults.begin({ kind: 'slow', factor: 2 }, 1000);
    clock.runUntil(500);
    faults.clear();
    clock.runUntil(1e6);
    expect(changes.map(({ fault, state, atMs }) => [fault.kind, state, atMs])).toEqual([
      ['hang', 'began', 0],
      ['slow', 'began', 0],
      ['hang', 'ended', 100],
      ['slow', 'ended', 500],
    ]);
  });
});

test('a wrong fault is explained in one line', () => {
  expect(faultProblem({ kind: 'slow', factor: 0.5 }, 1)).toBe('slow.factor is 0.5, must be from 1 to 1000');
  expect(faultProblem({ kind: 'fail', code: 0, share: 1 }, 1)).toBe('fail.code is 0, must be from 1 to 16');
  expect(faultProblem({ kind: 'fail', code: 13, share: 0 }, 1)).toBe('fail.share is 0, must be above 0 and at most 1');
  expect(faultProblem({ kind: 'rst', errorCode: 14 }, 1)).toBe('rst.error_code is 14, must be from 1 to 13');
  expect(faultProblem({ kind: 'power-cap', watts: Number.NaN }, 1)).toContain('power_cap.watts is NaN');
  expect(faultProblem({ kind: 'goaway' }, 1000)).toBe('duration is 1 s, expected none: a goaway is over at once');
  expect(faultProblem({ kind: 'crash', delayMs: -1 }, 0)).toBe('crash.delay is -0.001 s, must be from 0 to 3600 s');
  expect(faultProblem({ kind: 'hang' }, 3_600_000)).toBeNull();
});

describe('the condition of a node', () => {
  const conditioned = (startedAtMs: number, drainsAtMs: number | null, clock = new VirtualClock()) => {
    const seen: [number, Condition][] = [];
    const faults: Faults = new Faults(clock, () => condition.update());
    const onChange = (now: Condition) => seen.push([clock.now(), now]);
    const condition = new NodeCondition({ clock, startedAtMs, drainsAtMs, faults, onChange });
    return { clock, seen, faults, condition };
  };

  test('follows its start, its drain and the faults that keep it from answering', () => {
    const { clock, seen, faults, condition } = conditioned(100, 1000);
    expect(condition.current).toBe('starting');
    clock.at(200, () => faults.begin({ kind: 'slow', factor: 9 }, 50));
    clock.at(300, () => faults.begin({ kind: 'hang' }, 100));
    clock.at(350, () => faults.begin({ kind: 'blackhole' }, 100));
    clock.runUntil(1e6);
    expect(seen).toEqual([
      [100, 'serving'],
      [300, 'unwell'],
      [450, 'serving'],
      [1000, 'draining'],
    ]);
  });

  test('stays draining once it was told to', () => {
    const { clock, seen, faults, condition } = conditioned(0, null);
    condition.drain();
    faults.begin({ kind: 'hang' }, 10);
    clock.runUntil(1e6);
    expect([condition.current, seen]).toEqual(['draining', [[0, 'draining']]]);
  });

  test('before a run it serves, unless its scenario has it start up', () => {
    const early = () => new VirtualClock(-5000);
    expect(conditioned(0, null, early()).condition.current).toBe('serving');
    const { clock, seen, condition } = conditioned(2000, null, early());
    expect(condition.current).toBe('starting');
    clock.runUntil(3000);
    expect(seen).toEqual([[2000, 'serving']]);
  });
});
