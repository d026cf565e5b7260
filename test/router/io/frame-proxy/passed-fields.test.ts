import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockShapes } from '../../../../router/http2/block-shapes.ts';
import { FieldList } from '../../../../router/http2/field-list.ts';
import { HpackDecoder } from '../../../../router/http2/hpack/hpack-decoder.ts';
import { encodeFields } from '../../../../router/http2/hpack/hpack-encoder.ts';
import { judged } from '../../../../router/http2/known-block.ts';
import {
  type PassedFields,
  passedAnswer,
  passedRequest,
  passedTrailers,
} from '../../../../router/io/frame-proxy/passed-fields.ts';

const decoded = (block: Buffer): FieldList => {
  const fields = new FieldList();
  const outcome = new HpackDecoder({ listBytes: 1 << 20, fields: 1000 }).decode(block, 0, block.length, fields.add);
  expect(outcome.kind).toBe('whole');
  return fields;
};

const pairs = (fields: FieldList): string[] =>
  Array.from({ length: fields.length }, (_, at) => `${fields.names[at]}=${fields.valueAt(at)}`);

/** Literals that ask to be added to the table, as our encoder never writes them. Source: RFC 7541 6.2.1. */
const indexed = (fields: readonly { readonly name: string; readonly value: string }[]): Buffer =>
  Buffer.concat(
    fields.flatMap(({ name, value }) => [
      Buffer.of(0x40, name.length),
      Buffer.from(name, 'latin1'),
      Buffer.of(value.length),
      Buffer.from(value, 'latin1'),
    ]),
  );

const STOPPED = ['connection', 'host', 'te', 'content-length', 'x bad', ''];
const MARKS = ['x-starlane-endpoint', 'x-starlane-attempts'];
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('grpc-status', 'x-a', 'set-cookie', 'endpoint-load-metrics-bin') },
  fc.constantFrom(...STOPPED, ...MARKS),
);
const value = fc.oneof(fc.constantFrom('', '0', 'AAAA+/=='), fc.string({ maxLength: 20, unit: 'binary-ascii' }));
const lists = fc.array(fc.record({ name, value }), { maxLength: 8 });

const isAllowed = (text: string): boolean => /^[\t\x20-\x7e]*$/.test(text);

test.each<[string, (fields: FieldList) => PassedFields, readonly string[], readonly string[]]>([
  ['trailers', passedTrailers, [], STOPPED],
  ['an answer', passedAnswer, [':status=200'], [...STOPPED, ...MARKS]],
])('%s are the same fields whether their bytes are sent on or they are encoded anew', (_, pass, first, stopped) => {
  let copies = 0;
  fc.assert(
    fc.property(lists, fc.boolean(), (list, isStandingAlone) => {
      const all = [...first.map(() => ({ name: ':status', value: '200' })), ...list];
      const given = isStandingAlone ? indexed(all) : encodeFields(all);
      const fields = decoded(given);
      if (isStandingAlone) {
        fields.block = Buffer.concat([Buffer.of(0x20), given]);
        fields.blockFrom = 1;
        fields.blockTo = given.length + 1;
      }
      const { block, listBytes } = pass(fields);
      const wanted = list.filter((field) => !stopped.includes(field.name) && isAllowed(field.value));
      expect(pairs(decoded(block))).toEqual([...first, ...wanted.map((field) => `${field.name}=${field.value}`)]);
      expect(listBytes).toBe(
        [...(first.length > 0 ? [{ name: ':status', value: '200' }] : []), ...wanted].reduce(
          (sum, field) => sum + field.name.length + field.value.length + 32,
          0,
        ),
      );
      if (!isStandingAlone || wanted.length < list.length) return;
      expect(block.equals(given)).toBe(true);
      copies++;
    }),
  );
  expect(copies).toBeGreaterThan(0);
});

test.each([false, true])(
  'a request is the same fields whether they are copied one by one or encoded anew: gated %s',
  (isGated) => {
    let copies = 0;
    const own = fc.oneof(name, fc.constantFrom('grpc-timeout', 'authorization', 'grpc-previous-rpc-attempts'));
    const others = fc.array(fc.record({ name: own, value }), { maxLength: 8 });
    fc.assert(
      fc.property(others, fc.boolean(), fc.boolean(), (list, hasAuthority, isOfTheTable) => {
        const all = [
          { name: ':path', value: '/a.B/C' },
          { name: ':method', value: 'POST' },
          ...(hasAuthority ? [{ name: ':authority', value: 'router:1' }] : []),
          { name: ':scheme', value: 'https' },
          ...list,
        ];
        const given = isOfTheTable ? encodeFields(all) : indexed(all);
        const anew = passedRequest(decoded(given), isGated);
        const fields = decoded(given);
        fields.block = given;
        fields.blockTo = given.length;
        const copied = passedRequest(fields, isGated);
        expect(pairs(decoded(copied.block))).toEqual(pairs(decoded(anew.block)));
        expect(copied.listBytes).toBe(anew.listBytes);
        if (!copied.block.equals(anew.block)) copies++;
      }),
    );
    expect(copies).toBeGreaterThan(0);
  },
);

test('a request of a known shape is passed as one that has none, whatever its own values are', () => {
  const rest = fc.array(fc.record({ name, value: fc.constantFrom('', 'a', 'trailers') }), { maxLength: 5 });
  const values = fc.array(fc.stringMatching(/^[!-~]{1,20}$/), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(rest, fc.boolean(), fc.boolean(), values, (list, hasTe, isGated, [timeout, trace, token]) => {
      const call = (timeout: string, trace: string, token: string): Buffer =>
        encodeFields([
          { name: ':method', value: 'POST' },
          { name: ':path', value: '/a.B/C' },
          { name: ':scheme', value: 'http' },
          { name: ':authority', value: 'router:1' },
          { name: 'grpc-timeout', value: timeout },
          ...list.filter((field) => field.name !== 'te'),
          { name: 'authorization', value: token },
          ...(hasTe ? [{ name: 'te', value: 'trailers' }] : []),
          { name: 'traceparent', value: trace },
        ]);
      const standingAlone = (block: Buffer): FieldList => {
        const fields = decoded(block);
        fields.block = block;
        fields.blockTo = block.length;
        return fields;
      };
      const shapes = new BlockShapes();
      for (const known of ['1', '2']) shapes.learn(judged(standingAlone(call(`${known}S`, known, known))), 1 << 16);
      const block = call(timeout!, trace!, token!);
      const shape = shapes.find(block, 0, block.length);
      expect(shape?.known.fields.isOfOneShape).toBe(true);
      const passed = passedRequest(shape!.known.fields, isGated);
      const anew = passedRequest(decoded(block), isGated);
      expect(pairs(decoded(passed.block))).toEqual(pairs(decoded(anew.block)));
      expect(passed.listBytes).toBe(anew.listBytes);
    }),
  );
});
