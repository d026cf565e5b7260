import { describe, expect, it } from 'vitest';
import { faultOfH2load, h2loadLatenciesMs, parsedH2load } from '../../../benchmarks/peers/h2load-output.ts';

/** As h2load 1.52 prints it. */
const END = `progress: 100% done

finished in 634.74ms, 3150.89 req/s, 416.91KB/s
requests: 2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed, 0 errored, 0 timeout
status codes: 2000 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 264.63KB (270984) total, 20.30KB (20792) headers (space savings 93.29%), 208.98KB (214000) data
                     min         max         mean         sd        +/- sd
time for request:      210us     61.51ms     31.60ms     15.05ms    59.15%
`;

describe('parsedH2load', () => {
  it('reads what it says at its end', () => {
    expect(parsedH2load(END)).toEqual({
      total: 2000,
      succeeded: 2000,
      failed: 0,
      ok: 2000,
      dataBytes: 214_000,
      requestsPerS: 3150.89,
    });
  });

  it('is null for a run that did not come to its end', () => {
    expect(parsedH2load('starting benchmark...\nprogress: 10% done\n')).toBeNull();
  });
});

describe('faultOfH2load', () => {
  const output = parsedH2load(END)!;

  it('finds nothing where every answer has its status and size', () => {
    expect(faultOfH2load(output, 107)).toBeNull();
  });

  it.each([
    ['requests that failed', { succeeded: 1990, failed: 10 }, '10 of 2000 requests failed'],
    ['another status', { ok: 1999 }, '1 of 2000 answers have another status than 2xx'],
    ['a byte too few', { dataBytes: 213_999 }, 'answers have 213999 bytes, expected 214000'],
  ])('finds %s', (_, change, fault) => {
    expect(faultOfH2load({ ...output, ...change }, 107)).toBe(fault);
  });

  it('finds a run that did not come to its end', () => {
    expect(faultOfH2load(null, 107)).toBe('h2load did not come to its end');
  });
});

describe('h2loadLatenciesMs', () => {
  it('reads the last column of each line, in us', () => {
    const log = '1795690614531328\t200\t47673\n1795690614531331\t200\t83\n';
    expect([...h2loadLatenciesMs(log)]).toEqual([47.673, 0.083]);
  });
});
