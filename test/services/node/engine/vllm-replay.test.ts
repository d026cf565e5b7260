import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type LoadSample, parseLoadSeries } from '../../../../report/engine/load-series.ts';
import { type Replay, replay } from '../../../../report/engine/replay.ts';
import {
  comparisonOf,
  errorPercent,
  FIGURES,
  figuresOf,
  MEASURES,
} from '../../../../report/engine/replay-statistics.ts';
import { parseRequests } from '../../../../report/engine/request-rows.ts';
import { limitsSchema } from '../../../../services/node/engine/limits.ts';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import { noiseSchema } from '../../../../services/node/engine/step-noise.ts';

const golden = (name: string): string =>
  readFileSync(new URL(`../../../golden/vllm-rtx4090/${name}`, import.meta.url), 'utf8');

const rows = parseRequests(golden('requests.jsonl'), 'requests.jsonl');
const realSeries = parseLoadSeries(golden('timeseries.csv'), 'timeseries.csv');

const replayed = (seed: number): Replay =>
  replay(rows, {
    profile: profileOf('rtx4090-llama8b'),
    limits: limitsSchema.parse({}),
    noise: noiseSchema.parse({}),
    ingestMs: 2,
    seed,
  });

describe('a replay of 300 requests that a real vLLM served on an RTX 4090', () => {
  test.each([1, 2, 3])('has its mean, p50, p90 and p99 within three per cent, for any noise: seed %i', (seed) => {
    const run = replayed(seed);
    const { simulated, measured } = comparisonOf(rows, run.served, 2);
    for (const measure of [...MEASURES, 'arrivalTtft', 'arrivalE2e'] as const) {
      const [own, real] = [figuresOf(simulated[measure]), figuresOf(measured![measure])];
      for (const name of FIGURES) {
        expect(Math.abs(errorPercent(own[name], real[name])), `${measure} ${name}`).toBeLessThan(3);
      }
    }
    expect(run.preemptions).toBeGreaterThan(150); // the run is limited by the KV cache
  });

  test('has about the same running and waiting requests and cache use as the real one, second by second', () => {
    const { series } = replayed(1);
    const apart = (value: (sample: LoadSample) => number): number => {
      const both = realSeries
        .slice(0, series.length)
        .map((real, index) => [value(real), value(series[index]!)] as const);
      return both.reduce((sum, [real, own]) => sum + Math.abs(real - own), 0) / both.length;
    };
    expect(apart(({ running }) => running)).toBeLessThan(4); // of up to 47
    expect(apart(({ waiting }) => waiting)).toBeLessThan(6); // of up to 250
    expect(apart(({ kvShare }) => kvShare)).toBeLessThan(0.03);
  });

  test('measured from the queue, has the published averages of the run: TTFT 65456.6, latency 86578.3 ms', () => {
    const { measured } = comparisonOf(rows, replayed(1).served, 2);
    expect(figuresOf(measured!.ttft).mean).toBeCloseTo(65_456.6, 1);
    expect(figuresOf(measured!.e2e).mean).toBeCloseTo(86_578.3, 1);
  });
});
