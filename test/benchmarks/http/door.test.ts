import { expect, test } from 'vitest';
import { type CannonResult, cannonFault, DOOR_REQUESTS } from '../../../benchmarks/http/door.ts';

const RESULT: CannonResult = {
  ...{ errors: 0, timeouts: 0, non2xx: 0, '2xx': 10, duration: 1 },
  ...{ requests: { total: 10 }, latency: { p50: 0, p99: 1, max: 1 } },
};

test('a loop counts only where every answer was the one that was asked for', () => {
  expect(cannonFault(RESULT)).toBeNull();
  expect(cannonFault({ ...RESULT, non2xx: 1 })).toBe('1 answers were not 2xx');
  expect(cannonFault({ ...RESULT, errors: 2, timeouts: 1 })).toBe(
    '2 requests failed, 1 of them without an answer in time',
  );
  expect(cannonFault({ ...RESULT, '2xx': 0 })).toBe('there was no answer');
});

test('both doors are asked for all that they tell', () => {
  expect(DOOR_REQUESTS.map(({ title }) => title)).toEqual([
    'router GET /live',
    'router GET /health',
    'router GET /metrics',
    'node GET /live',
    'node GET /health',
    'node GET /metrics',
    'router POST /admin/policy',
  ]);
});
