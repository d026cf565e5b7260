import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseGrpcTimeout } from '../../../../router/attempt/grpc-timeout.ts';
import { FieldList } from '../../../../router/http2/field-list.ts';
import { HpackDecoder } from '../../../../router/http2/hpack/hpack-decoder.ts';
import { attemptFields } from '../../../../router/io/frame-proxy/attempt-fields.ts';

test('an attempt tells what is left of its time, and how often others came before it, and nothing else', () => {
  const leftMs = fc.option(fc.double({ min: 0.001, max: 1e11, noNaN: true }));
  const tried = fc.option(fc.constantFrom('1', '12'), { nil: undefined });
  fc.assert(
    fc.property(leftMs, tried, (left, before) => {
      const { block, listBytes } = attemptFields(left, before);
      const fields = new FieldList();
      const decoder = new HpackDecoder({ listBytes: 1000, fields: 9 });
      expect(decoder.decode(block, 0, block.length, fields.add).kind).toBe('whole');
      expect(fields.length).toBe((left === null ? 0 : 1) + (before === undefined ? 0 : 1));
      expect(fields.value('grpc-previous-rpc-attempts')).toBe(before);
      const read = fields.value('grpc-timeout');
      if (left === null) expect(read).toBe(undefined);
      else expect(parseGrpcTimeout(read!)).toBeGreaterThanOrEqual(left * (1 - 1e-12));
      let bytes = 0;
      for (let at = 0; at < fields.length; at++) bytes += fields.names[at]!.length + fields.lengthAt(at) + 32;
      expect(listBytes).toBe(bytes);
    }),
  );
});
