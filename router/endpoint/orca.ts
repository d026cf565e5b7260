// A router loads no descriptors for the one message that it reads: with them the library takes 12 MiB more.
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { LoadReport } from './load-report.ts';
import { loadReportFrom, noOrcaFields, type OrcaFields } from './orca-fields.ts';

/** The trailer that carries a load report as protobuf. Source: gRFC A51. */
export const ORCA_TRAILER = 'endpoint-load-metrics-bin';

/** The load report in the bytes of an ORCA report, or null when they say nothing of use or are broken. */
export const loadReportOf = (orca: Uint8Array): LoadReport | null => {
  try {
    return loadReportFrom(orcaFieldsOf(orca));
  } catch {
    return null; // a peer may send anything
  }
};

/** Throws for broken bytes. */
const orcaFieldsOf = (orca: Uint8Array): OrcaFields => {
  const reader = new BinaryReader(orca);
  const fields = noOrcaFields();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === WireType.Bit64 && field === CPU_UTILIZATION) fields.cpuUtilization = reader.double();
    else if (type === WireType.Bit64 && field === RPS_FRACTIONAL) fields.rpsFractional = reader.double();
    else if (type === WireType.Bit64 && field === EPS) fields.eps = reader.double();
    else if (type === WireType.Bit64 && field === APPLICATION_UTILIZATION)
      fields.applicationUtilization = reader.double();
    else if (type === WireType.LengthDelimited && field === NAMED_METRICS) readMetric(reader, fields.namedMetrics);
    else reader.skip(type, field);
  }
  return fields;
};

const readMetric = (reader: BinaryReader, into: Record<string, number>): void => {
  const end = reader.uint32() + reader.pos;
  let [name, value] = ['', 0];
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === MAP_KEY && type === WireType.LengthDelimited) name = reader.string();
    else if (field === MAP_VALUE && type === WireType.Bit64) value = reader.double();
    else reader.skip(type, field);
  }
  into[name] = value;
};

const CPU_UTILIZATION = 1;
const RPS_FRACTIONAL = 6;
const EPS = 7;
const NAMED_METRICS = 8;
const APPLICATION_UTILIZATION = 9;
const MAP_KEY = 1;
const MAP_VALUE = 2;
