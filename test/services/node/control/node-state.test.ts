import { expect, test } from 'vitest';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { NodeCondition } from '../../../../services/node/control/condition.ts';
import { Faults } from '../../../../services/node/control/faults.ts';
import { nodeStateOf } from '../../../../services/node/control/node-state.ts';

/** A node that starts until 10 s, loses its power from 40 s to 50 s, and drains from 60 s. */
const node = () => {
  const clock = new VirtualClock();
  const faults: Faults = new Faults(clock, () => condition.update());
  const condition = new NodeCondition({
    clock,
    startedAtMs: 10_000,
    drainsAtMs: 60_000,
    faults,
    hasPower: (nowMs) => nowMs < 40_000 || nowMs >= 50_000,
    onChange: () => {},
  });
  const state = (): string => {
    const kinds = faults.list().map(({ fault }) => fault.kind);
    const { status, reason } = nodeStateOf({ condition: condition.current, cause: condition.cause, faults: kinds });
    return `${status}: ${reason}`;
  };
  return { clock, faults, condition, state };
};

test('a node says that it starts, serves, has no power or drains, and why', () => {
  const { clock, state } = node();
  const seen = [state()];
  for (const atMs of [20_000, 45_000, 55_000, 70_000]) {
    clock.runUntil(atMs);
    seen.push(state());
  }
  expect(seen).toEqual([
    'starting: starts, by its scenario',
    'serving: null',
    'unpowered: has no power',
    'serving: null',
    'draining: drains by its scenario',
  ]);
});

test('a node with an injected fault says so, also where it still serves', () => {
  const { clock, faults, condition, state } = node();
  clock.runUntil(20_000);
  faults.begin({ kind: 'slow', factor: 3 }, 5000);
  expect([condition.current, state()]).toEqual(['serving', 'faulted: injected: slow']);
  faults.begin({ kind: 'hang' }, 5000);
  expect([condition.current, state()]).toEqual(['unwell', 'faulted: injected: slow, hang']);
  clock.runUntil(26_000);
  expect(state()).toBe('serving: null');
});

test('a node that was told to drain says so, and that is not the doing of its scenario', () => {
  const { clock, condition, state } = node();
  clock.runUntil(20_000);
  condition.drain();
  expect(state()).toBe('draining: was told to drain');
});
