import { durationMs } from '@bufbuild/protobuf/wkt';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import type { Ms } from '../../../core/time/clock.ts';
import type { OrcaLoadReport } from '../../../proto/gen/xds/data/orca/v3/orca_load_report_pb.js';
import type { OrcaLoadReportRequest } from '../../../proto/gen/xds/service/orca/v3/orca_pb.js';

type Call = ServerWritableStream<OrcaLoadReportRequest, OrcaLoadReport>;

/**
 * OpenRcaService/StreamCoreMetrics: sends the load at once, then at the interval that the client asked for. A client that does
 * not read misses reports; they never pile up.
 */
export class LoadStream {
  readonly #report: () => OrcaLoadReport;
  readonly #open = new Set<Call>();

  constructor(report: () => OrcaLoadReport) {
    this.#report = report;
  }

  readonly handler = (call: Call): void => {
    if (this.#open.size >= MAX_STREAMS) {
      call.emit('error', { code: status.RESOURCE_EXHAUSTED, details: `${MAX_STREAMS} load streams are already open` });
      return;
    }
    this.#open.add(call);
    const send = (): void => {
      if (call.writableLength === 0) call.write(this.#report());
    };
    send();
    const timer = setInterval(send, reportIntervalMs(call.request));
    call.on('cancelled', () => {
      clearInterval(timer);
      this.#open.delete(call);
    });
  };

  /** Ends the streams: a server that waits for open calls would otherwise wait for ever. */
  close(): void {
    for (const call of this.#open) call.emit('error', { code: status.UNAVAILABLE, details: 'the node is closing' });
  }
}

const MAX_STREAMS = 1024;

/** The shortest interval between reports, which protects the node. */
const MIN_INTERVAL_MS: Ms = 100;

/** The interval when the client gives none. Source: `oob_reporting_period` of gRFC A58. */
const DEFAULT_INTERVAL_MS: Ms = 10_000;

const MAX_INTERVAL_MS: Ms = 3_600_000;

const reportIntervalMs = ({ reportInterval }: OrcaLoadReportRequest): Ms => {
  const askedMs = reportInterval === undefined ? 0 : durationMs(reportInterval);
  if (!(askedMs > 0)) return DEFAULT_INTERVAL_MS;
  return Math.min(Math.max(askedMs, MIN_INTERVAL_MS), MAX_INTERVAL_MS);
};
