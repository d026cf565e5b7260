import { expect, test } from 'vitest';
import { nextAnswer } from '../../../../core/process/io/next-answer.ts';

const there = { destroyed: false };

test('answers at once the first time, and then as soon as the state is another', async () => {
  const next = nextAnswer({ holdMs: 60_000, lookMs: 1 });
  let state = 'starts';
  await next(() => state, there);
  let heard = '';
  const waiting = next(() => state, there).then(() => {
    heard = state;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(heard).toBe('');
  state = 'serves';
  await waiting;
  expect(heard).toBe('serves');
});

test('answers a state that was told before, when it has held for long', async () => {
  const next = nextAnswer({ holdMs: 20, lookMs: 1 });
  await next(() => 'serves', there);
  await next(() => 'serves', there);
});

test('an asker that is gone was not told', async () => {
  const next = nextAnswer({ holdMs: 60_000, lookMs: 1 });
  await next(() => 'serves', { destroyed: true });
  await next(() => 'serves', there); // would wait for a minute
});

test('one that could not ask for a while is told at once', async () => {
  const next = nextAnswer({ holdMs: 60_000, lookMs: 1, missedMs: 20 });
  await next(() => 'serves', there);
  await new Promise((resolve) => setTimeout(resolve, 40));
  await next(() => 'serves', there); // would wait for a minute
});
