import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseScenario } from '../../scenario/scenario.ts';

const TEXT = readFileSync('test/scenarios/pair.yaml', 'utf8');
const withLoad = (keys: string) => parseScenario(TEXT.replace('ratePerS: 8', `ratePerS: 8, ${keys}`), 'pair.yaml').load;

test('a load is sent over frames by one process, and clients do not retry, unless the scenario says so', () => {
  expect(withLoad('deadlineS: 60')).toMatchObject({ transport: 'frames', processes: 1, retries: null });
  expect(withLoad('transport: grpc-js, processes: 2, retries: { attempts: 3 }')).toMatchObject({
    ...{ transport: 'grpc-js', processes: 2 },
    retries: { attempts: 3, backoffMs: 1000 },
  });
});

test('no process of a load is without a client', () => {
  expect(() => withLoad('processes: 3')).toThrow(
    'load.processes is 3, expected at most 2: a client is in one process, and there are 2',
  );
});

test.each([
  ['transport: http', 'load.transport'],
  ['retries: { attempts: 1 }', 'load.retries.attempts'],
  ['retries: { attempts: 2, after: 5 }', 'load.retries'],
])('says which key is wrong: %s', (keys, place) => {
  expect(() => withLoad(keys)).toThrow(place);
});
