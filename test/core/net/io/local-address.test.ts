import { expect, test } from 'vitest';
import { localAddressFilter } from '../../../../core/net/io/local-address.ts';

const isOurs = localAddressFilter(['198.18.18.0/24']);

test.each(['127.0.0.1', '127.0.0.11', '198.18.18.4', '::ffff:198.18.18.4'])('%s is ours', (address) => {
  expect(isOurs(address)).toBe(true);
});

test.each(['198.18.17.4', '10.0.0.1', '::1', undefined])('%s is not', (address) => {
  expect(isOurs(address)).toBe(false);
});
