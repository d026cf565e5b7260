import { expect, test } from 'vitest';
import { wordsOf } from '../../../hosts/compose/io/topology-status.ts';

const said = (ExitCode: number, Output: string) => ({
  Log: [
    { ExitCode: 0, Output: '{}' },
    { ExitCode, Output },
  ],
});

test('a container that is not well says what its part said last', () => {
  const health = '{"ok":false,"stands":true,"status":"draining","reason":"was told to drain"}\n';
  expect(wordsOf(said(1, health))).toBe('draining: was told to drain');
  expect(wordsOf(said(0, '{"ok":true,"status":"serving"}'))).toBeNull();
  expect(wordsOf(said(1, 'connect: Connection refused'))).toBe('does not answer');
  expect(wordsOf(null)).toBeNull();
});
