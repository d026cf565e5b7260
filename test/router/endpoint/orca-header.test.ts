import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadReportInHeader } from '../../../router/endpoint/orca-header.ts';
import { orcaOf } from '../../../router/endpoint/orca-report.ts';
import { loadReport } from '../load-report-fixture.ts';

describe('endpoint-load-metrics as TEXT', () => {
  test('has the fields of the report, and named metrics behind their prefix', () => {
    const report = loadReportInHeader(
      'TEXT cpu_utilization=0.3, mem_utilization=0.8, rps_fractional=10.0, eps=1, named_metrics.num_requests_waiting=4',
    );
    expect(report).toMatchObject({
      utilization: 0.3,
      requestsPerS: 10,
      failuresPerS: 1,
      waiting: 4,
      running: Number.NaN,
    });
  });

  test('may have colons for equals signs, and no blanks', () => {
    expect(loadReportInHeader('TEXT cpu_utilization:0.3,eps:1')).toMatchObject({ utilization: 0.3, failuresPerS: 1 });
  });

  test('is that of vLLM', () => {
    const header = 'TEXT named_metrics.kv_cache_usage_perc=0.4, named_metrics.num_requests_waiting=3.0';
    expect(loadReportInHeader(header)).toMatchObject({ kvUsage: 0.4, utilization: 0.4, waiting: 3 });
  });

  test.each([
    'TEXT cpu_utilization=0.3, cpu_utilization=0.4',
    'TEXT cpu_utilization=0.3, eps=',
    'TEXT cpu_utilization=0.3, =1',
    'TEXT cpu_utilization=0.3, eps',
    'TEXT cpu_utilization=much',
    'TEXT cpu_utilization=0.3, eps=NaN',
    'TEXT cpu_utilization=0.3, eps=Infinity',
    'TEXT cpu_utilization=0.3, named_metrics.=2',
    'TEXT ',
    'TEXT mem_utilization=0.5',
  ])('is nothing where a part is wrong or nothing counts: %s', (header) => {
    expect(loadReportInHeader(header)).toBeNull();
  });
});

describe('endpoint-load-metrics as JSON', () => {
  test('has the fields by either of their spellings, and numbers also as text', () => {
    const snake = '{"application_utilization": 0.7, "rps_fractional": "12", "named_metrics": {"step_ms": 8}}';
    const camel = '{"applicationUtilization": 0.7, "rpsFractional": 12, "namedMetrics": {"step_ms": 8}, "eps": null}';
    const expected = { utilization: 0.7, requestsPerS: 12, stepMs: 8 };
    for (const json of [snake, camel]) expect(loadReportInHeader(`JSON ${json}`)).toMatchObject(expected);
  });

  test.each(['{', '[]', '3', 'null', '{"cpu_utilization": "much"}', '{"eps": [1]}', '{"named_metrics": {"": 1}}'])(
    'is nothing where it is wrong: %s',
    (json) => {
      expect(loadReportInHeader(`JSON ${json}`)).toBeNull();
    },
  );

  test('cannot reach what objects inherit', () => {
    const report = loadReportInHeader(
      'JSON {"eps": 1, "constructor": 2, "named_metrics": {"__proto__": 5, "at_ms": 3}}',
    );
    expect(report).toMatchObject({ failuresPerS: 1, atMs: 3 });
  });
});

describe('endpoint-load-metrics as BIN', () => {
  test('is the protobuf in base64, with a blank before it', () => {
    const report = loadReport({ atMs: 5, running: 3, waiting: 1, utilization: 0.5 });
    const base64 = Buffer.from(orcaOf(report)).toString('base64');
    expect(loadReportInHeader(`BIN ${base64}`)).toEqual(report);
    expect(loadReportInHeader(`BIN${base64}`)).toBeNull();
  });
});

test('whatever a peer sends, reading it throws nothing, and a form that is not known is nothing', () => {
  fc.assert(
    fc.property(fc.constantFrom('TEXT ', 'JSON ', 'BIN ', ''), fc.string(), (form, rest) => {
      expect(() => loadReportInHeader(form + rest)).not.toThrow();
    }),
  );
  for (const header of ['', 'XML <eps>1</eps>', 'text eps=1']) expect(loadReportInHeader(header)).toBeNull();
});

test('the same figures in the three forms are the same report', () => {
  const share = fc.double({ min: 0.001, max: 1, noNaN: true });
  fc.assert(
    fc.property(share, fc.nat(1000), (utilization, waiting) => {
      const text = loadReportInHeader(
        `TEXT application_utilization=${utilization},named_metrics.num_requests_waiting=${waiting}`,
      );
      const json = { application_utilization: utilization, named_metrics: { num_requests_waiting: waiting } };
      expect(loadReportInHeader(`JSON ${JSON.stringify(json)}`)).toEqual(text);
    }),
  );
});
