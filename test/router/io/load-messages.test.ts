import { fromBinary } from '@bufbuild/protobuf';
import { durationMs } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OrcaLoadReportRequestSchema } from '../../../proto/gen/xds/service/orca/v3/orca_pb.js';
import type { LoadReport } from '../../../router/endpoint/load-report.ts';
import { orcaOf } from '../../../router/endpoint/orca-report.ts';
import { LoadMessages, loadRequest } from '../../../router/io/load-messages.ts';
import { loadReport } from '../load-report-fixture.ts';

const framed = (message: Uint8Array, flag = 0): Buffer => {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
};

test('the request for reports is what the library reads, whatever the interval', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_600_000 }), (everyMs) => {
      const bytes = loadRequest(everyMs);
      expect(bytes.readUInt32BE(1)).toBe(bytes.length - 5);
      const { reportInterval } = fromBinary(OrcaLoadReportRequestSchema, bytes.subarray(5));
      expect(durationMs(reportInterval!)).toBe(everyMs);
    }),
  );
});

test('reports come out as they went in, however the bytes are cut', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(fc.nat(900), { maxLength: 6 }), cuts, (running, pieces) => {
      const bytes = Buffer.concat(running.map((count) => framed(orcaOf(loadReport({ running: count })))));
      const heard: LoadReport[] = [];
      const messages = new LoadMessages((report) => heard.push(report));
      for (let from = 0, piece = 0; from < bytes.length; piece++) {
        const to = Math.min(bytes.length, from + pieces[piece % pieces.length]!);
        expect(messages.push(bytes.subarray(from, to))).toBe(true);
        from = to;
      }
      expect(heard.map((report) => report.running)).toEqual(running);
    }),
  );
});

test('what is compressed or no report is skipped, and those behind it are read', () => {
  const heard: LoadReport[] = [];
  const messages = new LoadMessages((report) => heard.push(report));
  const report = orcaOf(loadReport({ running: 3 }));
  messages.push(Buffer.concat([framed(report, 1), framed(Buffer.from([0xff, 0xff])), framed(report)]));
  expect(heard.map(({ running }) => running)).toEqual([3]);
});

test('a message larger than any report ends the reading', () => {
  const messages = new LoadMessages(() => {});
  expect(messages.push(Buffer.from([0, 0x7f, 0, 0, 0]))).toBe(false);
});
