import { expect, test } from 'vitest';
import { netemSupport } from '../../../../netem/shaping/tc/io/netem-support.ts';

test('without tc there is no netem, and the answer says what to install', async () => {
  expect(await netemSupport(['/no/such/program'])).toEqual({
    supported: false,
    reason: 'tc is not installed (it comes with iproute2)',
  });
});
