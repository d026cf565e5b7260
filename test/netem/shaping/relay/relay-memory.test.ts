import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RelayMemory } from '../../../../netem/shaping/relay/io/relay-memory.ts';

test('is full from its bound on until a quarter is free, and then lets everybody read on', () => {
  const memory = new RelayMemory(1000);
  let readOn = 0;
  memory.wait(() => readOn++);
  memory.add(999);
  expect([memory.isFull, readOn]).toEqual([false, 0]);
  memory.add(1);
  memory.add(-200);
  expect([memory.isFull, readOn]).toEqual([true, 0]);
  memory.add(-50);
  expect([memory.isFull, readOn, memory.heldBytes]).toEqual([false, 1, 750]);
});

test('a reader that was called may stop waiting, and is not called again', () => {
  const memory = new RelayMemory(100);
  const told: number[] = [];
  const readers = [0, 1, 2].map((index) => {
    const readOn = (): void => {
      told.push(index);
      memory.stopWaiting(readOn);
    };
    memory.wait(readOn);
    return readOn;
  });
  memory.stopWaiting(readers[1]!);
  for (let round = 0; round < 2; round++) {
    memory.add(100);
    memory.add(-100);
  }
  expect(told).toEqual([0, 2]);
});

test('adds up, whatever is added and taken', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -500, max: 500 })), (changes) => {
      const memory = new RelayMemory(1000);
      for (const bytes of changes) memory.add(bytes);
      const held = changes.reduce((sum, bytes) => sum + bytes, 0);
      expect(memory.heldBytes).toBe(held);
      if (held >= 1000) expect(memory.isFull).toBe(true);
      if (held <= 750) expect(memory.isFull).toBe(false);
    }),
  );
});
