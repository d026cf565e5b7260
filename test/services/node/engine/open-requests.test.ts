import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { Ingest } from '../../../../services/node/engine/ingest.ts';
import { OpenRequests } from '../../../../services/node/engine/open-requests.ts';
import { newSequence } from '../../../../services/node/engine/sequence.ts';
import { Recorder, request } from './engine-under-test.ts';

const setUp = () => {
  const clock = new VirtualClock();
  const heard: string[] = [];
  const requests = new OpenRequests({
    clock,
    ingest: new Ingest({ ingestMs: 10 }),
    onReady: ({ id }, dueMs) => heard.push(`${id} ready ${dueMs}`),
    onDeadline: ({ id }, dueMs) => heard.push(`${id} late ${dueMs}`),
  });
  return { clock, heard, requests };
};

describe('an open request', () => {
  test('is ready after its ingest, and counts as arriving until then', () => {
    const { clock, heard, requests } = setUp();
    requests.add(request(1, 100, 5), new Recorder(), 0);
    requests.add(request(2, 50, 5), new Recorder(), 0);
    clock.runUntil(9.9);
    expect([requests.ingestingCount, requests.ingestingTokens(), heard]).toEqual([2, 150, []]);
    clock.runUntil(1000);
    expect(heard).toEqual(['1 ready 10', '2 ready 10']);
    expect([requests.ingestingCount, requests.ingestingTokens()]).toEqual([0, 0]);
    expect(requests.toArray().map(({ id }) => id)).toEqual([1, 2]);
  });

  test('reaches its deadline on time, or at once when the deadline has passed', () => {
    const { clock, heard, requests } = setUp();
    clock.runUntil(100);
    requests.add(request(1, 100, 5, 300), new Recorder(), 100);
    requests.add(request(2, 100, 5, 40), new Recorder(), 100);
    clock.runUntil(1000);
    expect(heard).toEqual(['2 late 100', '1 ready 110', '2 ready 110', '1 late 300']);
  });

  test('that has ended is not found any more, and leaves no timer', () => {
    const { clock, heard, requests } = setUp();
    const recorder = new Recorder();
    requests.add(request(1, 100, 5, 300), recorder, 0);
    requests.end(requests.find(1)!, 'cancelled', 5);
    expect([requests.find(1), requests.ingestingCount, requests.toArray()]).toEqual([undefined, 0, []]);
    expect(clock.runUntil(1000)).toBe(0);
    expect([recorder.lines, heard]).toEqual([['cancelled 5'], []]);
  });
});

test('arrivals are copies in the order in which they become ready, with the new request last', () => {
  const { clock, requests } = setUp();
  requests.add(request(1, 100, 5), new Recorder(), 0);
  clock.runUntil(4);
  requests.add(request(2, 100, 5), new Recorder(), 4);
  const newcomer = newSequence({ id: -1, promptTokens: 10, outputTokens: 1 });
  const arrivals = requests.arrivalsWith([{ atMs: 6, sequence: newcomer }]);
  expect(arrivals.map(({ atMs, sequence }) => [sequence.id, atMs])).toEqual([
    [1, 10],
    [2, 14],
    [-1, 16],
  ]);
  expect(arrivals[0]!.sequence).not.toBe(requests.find(1));
  expect(arrivals[2]!.sequence).toBe(newcomer);
});
