import { expect, test } from 'vitest';
import { endOnce } from '../../../../core/process/io/ending.ts';

const ending = (close: () => Promise<void> | void) => {
  const said: string[] = [];
  const codes: number[] = [];
  let closed = 0;
  const end = endOnce({
    close: () => {
      closed++;
      return close();
    },
    say: (line) => said.push(line),
    exit: (code) => codes.push(code),
  });
  return { end, said, codes, closed: () => closed };
};

test('an end that cannot close says so in one line and exits with 1, once, also when asked again', async () => {
  const process = ending(() => Promise.reject(new Error('the disk is full')));
  // What asks again here is what hears of the first failure, as a handler of uncaught errors does.
  await Promise.all([process.end(0), process.end(1), process.end(0).then(() => process.end(1))]);
  expect(process).toMatchObject({ said: ['cannot close: the disk is full'], codes: [1] });
  expect(process.closed()).toBe(1);
});

test('exits with 0 after a requested end, and with the worst code requested in the meantime', async () => {
  const well = ending(() => {});
  await well.end(0);
  expect(well.codes).toEqual([0]);
  const worse = ending(() => new Promise((resolve) => setImmediate(resolve)));
  await Promise.all([worse.end(0), worse.end(1)]);
  expect(worse.codes).toEqual([1]);
});
