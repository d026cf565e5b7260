import { expect, test } from 'vitest';
import { faultPermissionSchema } from '../../../../services/node/control/schema.ts';

test('a token is 16 to 200 characters that a header can carry', () => {
  const isFine = (token: string) => faultPermissionSchema.safeParse({ token }).success;
  expect(['0123456789abcdef', 'x'.repeat(200)].map(isFine)).toEqual([true, true]);
  expect(['short', 'x'.repeat(201), 'has a space in its middle', 'ümlaut-is-no-ascii'].map(isFine)).toEqual(
    Array(4).fill(false),
  );
});
