import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { OrcaLoadReportSchema } from '../../../proto/gen/xds/data/orca/v3/orca_load_report_pb.js';
import { loadReportOf, orcaOf } from '../../../router/endpoint/orca.ts';

const report = {
  atMs: 1234.5,
  running: 3,
  waiting: 0,
  pendingPromptTokens: 7000,
  kvUsage: 0.25,
  stepMs: 21.5,
  prefillMsPerToken: 0.088,
};

describe('a load report', () => {
  test('comes back from its bytes as it went in', () => {
    expect(loadReportOf(orcaOf(report))).toEqual(report);
  });

  test('has the power, heat and prices of its node, but for what the node does not know', () => {
    const known = { drawW: 450, headroom: 0, temperatureC: 71.5, batteryShare: 0.5 };
    const power = { ...known, usdPerMillionTokens: 0.7, gCo2PerMillionTokens: 12 };
    expect(loadReportOf(orcaOf({ ...report, power }))).toEqual({ ...report, power });
    const unknown = { ...power, temperatureC: null, batteryShare: null, gCo2PerMillionTokens: null };
    expect(loadReportOf(orcaOf({ ...report, power: unknown }))).toEqual({ ...report, power: unknown });
  });

  test('shows a client that knows only ORCA how full the node is', () => {
    expect(fromBinary(OrcaLoadReportSchema, orcaOf(report)).applicationUtilization).toBe(0.25);
  });

  test('is not found in noise, nor in the report of another server', () => {
    expect(loadReportOf(Uint8Array.of(0xff, 0xff, 0xff))).toBeNull();
    expect(
      loadReportOf(toBinary(OrcaLoadReportSchema, create(OrcaLoadReportSchema, { cpuUtilization: 0.5 }))),
    ).toBeNull();
  });
});
