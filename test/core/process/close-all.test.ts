import { expect, test } from 'vitest';
import { closeAll } from '../../../core/process/close-all.ts';

test('closes everything in order, also after failures, and then lists all failures', async () => {
  const closed: string[] = [];
  const closing = closeAll([
    async () => void closed.push('a'),
    async () => {
      throw new Error('b is gone');
    },
    () => {
      throw new Error('c is locked');
    },
    () => closed.push('d'),
  ]);
  await expect(closing).rejects.toThrow(/^b is gone; c is locked$/);
  expect(closed).toEqual(['a', 'd']);
});

test('resolves where nothing failed', async () => {
  await closeAll([() => {}, async () => {}]);
});
