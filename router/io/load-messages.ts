import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Ms } from '../../core/time/clock.ts';
import type { LoadReport } from '../endpoint/load-report.ts';
import { loadReportOf } from '../endpoint/orca.ts';

/** The method by which a server reports its load out of band. Source: gRFC A51. */
export const LOAD_REPORTS_PATH = '/xds.service.orca.v3.OpenRcaService/StreamCoreMetrics';

/** Asks for a report each `everyMs`: an OrcaLoadReportRequest with its prefix. Source: proto/xds/service/orca/v3/orca.proto. */
export const loadRequest = (everyMs: Ms): Buffer => {
  const allNanos = Math.round(everyMs * 1e6);
  const seconds = Math.floor(allNanos / 1e9);
  const nanos = allNanos - seconds * 1e9;
  const message = new BinaryWriter()
    .tag(REPORT_INTERVAL, WireType.LengthDelimited)
    .fork()
    .tag(SECONDS, WireType.Varint)
    .int64(seconds)
    .tag(NANOS, WireType.Varint)
    .int32(nanos)
    .join()
    .finish();
  const framed = Buffer.alloc(PREFIX_BYTES + message.length);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
};

/** Reads load reports from the bytes of a stream, however they are cut. What is no report, or compressed, is skipped. */
export class LoadMessages {
  readonly #onReport: (report: LoadReport) => void;
  #kept: Buffer = Buffer.alloc(0);

  constructor(onReport: (report: LoadReport) => void) {
    this.#onReport = onReport;
  }

  /** False for a message larger than any report: nothing more can be read then. The bytes are copied. */
  push(bytes: Uint8Array): boolean {
    this.#kept = Buffer.concat([this.#kept, bytes]);
    for (;;) {
      if (this.#kept.length < PREFIX_BYTES) return true;
      const end = PREFIX_BYTES + this.#kept.readUInt32BE(1);
      if (end > MOST_BYTES) return false;
      if (this.#kept.length < end) return true;
      const isCompressed = this.#kept[0] !== 0;
      const report = isCompressed ? null : loadReportOf(this.#kept.subarray(PREFIX_BYTES, end));
      this.#kept = this.#kept.subarray(end);
      if (report !== null) this.#onReport(report);
    }
  }
}

/** The prefix of a gRPC message: a flag and its length. */
const PREFIX_BYTES = 5;

const MOST_BYTES = 65_536;

const REPORT_INTERVAL = 1;
const SECONDS = 1;
const NANOS = 2;
