import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HpackDecoder, type HpackOutcome } from '../../../../router/http2/hpack/hpack-decoder.ts';
import {
  encodeField,
  encodeFields,
  fieldBytesAtMost,
  type HeaderField,
  NO_DYNAMIC_TABLE,
} from '../../../../router/http2/hpack/hpack-encoder.ts';
import { huffmanDecode, huffmanEncode, huffmanEncodedBytes } from '../../../../router/http2/hpack/huffman.ts';
import { STATIC_ENTRIES, staticNames, staticValues } from '../../../../router/http2/hpack/static-table.ts';
import { hpackExamples } from './appendix-c.ts';

const NO_LIMITS = { listBytes: 1 << 24, fields: 1 << 16 };

interface Decoded {
  readonly fields: readonly HeaderField[];
  readonly outcome: HpackOutcome;
}

const decodedBy = (decoder: HpackDecoder, block: Buffer): Decoded => {
  const fields: HeaderField[] = [];
  const outcome = decoder.decode(block, 0, block.length, (name, value, isSensitive) =>
    fields.push({ name, value, isSensitive }),
  );
  return { fields, outcome };
};
const decoded = (block: Buffer, limits = NO_LIMITS): Decoded => decodedBy(new HpackDecoder(limits), block);
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const reasonOf = (block: Buffer): string => {
  const { outcome } = decoded(block);
  return outcome.kind === 'malformed' ? outcome.reason : outcome.kind;
};

/** Text of bytes: one character each. */
const bytesOf = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const fieldOf = fc.oneof(
  fc.record({ name: bytesOf(40), value: bytesOf(200), isSensitive: fc.boolean() }),
  fc.integer({ min: 1, max: STATIC_ENTRIES }).chain((index) =>
    fc.record({
      name: fc.constant(staticNames[index]!),
      value: fc.oneof(fc.constant(staticValues[index]!), bytesOf(20)),
      isSensitive: fc.boolean(),
    }),
  ),
);

describe('the examples of RFC 7541 appendix C', () => {
  test.each(hpackExamples)('$section', ({ tableBytes, blocks }) => {
    const decoder = new HpackDecoder(NO_LIMITS);
    const update = Buffer.of(0x3f, ...(tableBytes === 256 ? [0xe1, 0x01] : [0xe1, 0x1f]));
    decodedBy(decoder, update);
    for (const block of blocks) {
      const { fields, outcome } = decodedBy(decoder, hex(block.hex));
      expect(outcome).toEqual({ kind: 'whole' });
      expect(fields.map(({ name, value }) => [name, value])).toEqual(block.fields);
      expect(decoder.tableBytes).toBe(block.tableBytes);
    }
  });

  test('C.2.3: a field that must never be indexed is told as one', () => {
    expect(decoded(hex('100870617373776f726406736563726574')).fields[0]!.isSensitive).toBe(true);
    expect(decoded(hex('040c2f73616d706c652f70617468')).fields[0]!.isSensitive).toBe(false);
  });

  test('C.4 and C.6: strings are coded as there', () => {
    for (const [text, code] of [
      ['www.example.com', 'f1e3c2e5f23a6ba0ab90f4ff'],
      ['no-cache', 'a8eb10649cbf'],
      ['custom-key', '25a849e95ba97d7f'],
      ['custom-value', '25a849e95bb8e8b4bf'],
      ['Mon, 21 Oct 2013 20:13:21 GMT', 'd07abe941054d444a8200595040b8166e082a62d1bff'],
      ['https://www.example.com', '9d29ad171863c78f0b97c8e9ae82ae43d3'],
    ] as const) {
      const into = Buffer.alloc(64);
      expect(into.toString('hex', 0, huffmanEncode(text, into, 0))).toBe(code);
    }
  });

  test('C.1: integers in a prefix of 5 bits are one byte below 31, and continued from there', () => {
    const lengthOf = (bytes: number): string => {
      const [name, value] = ['x', '\xff'.repeat(bytes)]; // too long in Huffman’s code
      const into = Buffer.alloc(fieldBytesAtMost(name, value));
      return into.toString('hex', 3, encodeField(name, value, false, into, 0) - bytes);
    };
    expect([lengthOf(10), lengthOf(126), lengthOf(127), lengthOf(1337)]).toEqual(['0a', '7e', '7f00', '7fba09']);
  });
});

describe('a list of fields', () => {
  test('comes out of its block as it went in, sensitive or not, with any bytes', () => {
    fc.assert(
      fc.property(fc.array(fieldOf, { maxLength: 20 }), (fields) => {
        expect(decoded(encodeFields(fields))).toEqual({ fields, outcome: { kind: 'whole' } });
      }),
    );
  });

  test('takes no more room than is asked for it, wherever it is written', () => {
    fc.assert(
      fc.property(fieldOf, fc.integer({ min: 0, max: 9 }), ({ name, value, isSensitive }, at) => {
        const into = Buffer.alloc(at + fieldBytesAtMost(name, value), 0xaa);
        const end = encodeField(name, value, isSensitive, into, at);
        expect(end).toBeLessThanOrEqual(into.length);
        expect(decoded(into.subarray(at, end)).fields).toEqual([{ name, value, isSensitive }]);
        expect(into.subarray(0, at).every((byte) => byte === 0xaa)).toBe(true);
      }),
    );
  });

  test('adds nothing to the table of its peer, even one that allows no table', () => {
    const decoder = new HpackDecoder(NO_LIMITS);
    decoder.limitTable(0);
    const block = encodeFields([
      { name: ':method', value: 'POST' },
      { name: 'te', value: 'trailers' },
    ]);
    expect(decodedBy(decoder, Buffer.concat([NO_DYNAMIC_TABLE, block])).outcome.kind).toBe('whole');
    expect(decodedBy(decoder, block).outcome.kind).toBe('whole');
    expect(decoder.tableBytes).toBe(0);
  });

  test('7.1.3: keeps a sensitive field literal, also where the static table has it', () => {
    const [plain, sensitive] = [false, true].map((isSensitive) =>
      encodeFields([{ name: ':method', value: 'GET', isSensitive }]),
    );
    expect(plain!.toString('hex')).toBe('82');
    expect(sensitive![0]).toBe(0x12);
  });

  test('beyond a limit is told as too large, its first fields are told, and the table follows all the same', () => {
    const decoder = new HpackDecoder({ listBytes: 100, fields: 10 });
    const long = hex(`${'400161 0162'} ${'400163 7f00'}${'64'.repeat(127)} 400165 0166`);
    const { fields, outcome } = decodedBy(decoder, long);
    expect([outcome.kind, fields.length]).toEqual(['too-large', 1]);
    expect(decodedBy(decoder, hex('be')).fields).toEqual([{ name: 'e', value: 'f', isSensitive: false }]);
    const many = new HpackDecoder({ listBytes: 1e6, fields: 3 });
    expect(decodedBy(many, hex('82828282'))).toMatchObject({ fields: { length: 3 }, outcome: { kind: 'too-large' } });
  });

  test('of references to one long entry holds no more than the limit', () => {
    const decoder = new HpackDecoder({ listBytes: 16_384, fields: 1000 });
    const entry = Buffer.concat([hex('4001617f911e'), Buffer.alloc(4000, 0x62)]); // 127 + 3857 + ... = 4000 bytes
    entry.writeUInt8(0x7f, 3);
    const length = 4000 - 127;
    entry.writeUInt8((length & 0x7f) | 0x80, 4);
    entry.writeUInt8(length >> 7, 5);
    const bomb = Buffer.concat([entry, Buffer.alloc(16_000, 0xbe)]);
    let characters = 0;
    const outcome = decoder.decode(bomb, 0, bomb.length, (name, value) => {
      characters += name.length + value.length;
    });
    expect(outcome.kind).toBe('too-large');
    expect(characters).toBeLessThan(16_384);
  });
});

describe('what is no block is a COMPRESSION_ERROR with its reason (RFC 9113 4.3), and throws nothing:', () => {
  test.each([
    ['5.1: an integer that does not end', '1f ff', 'an integer that goes on after the end of the block'],
    ['5.1: an integer of too many bytes', '1f ff ff ff ff ff ff 01', 'an integer of more than five bytes'],
    ['5.1: an integer of zeros without an end', '1f 80 80 80 80 80 00', 'an integer of more than five bytes'],
    ['5.2: a string longer than the block', '00 05 61', 'a string that goes on after the end of the block'],
    ['5.2: a name without a value', '00 01 61', 'a block that ends before a string'],
    ['5.2: a padding of 8 bits', '00 01 61 82 f8 ff', 'a string that is not in Huffman’s code'],
    ['5.2: a padding of more than 7 bits', '00 01 61 82 1f ff', 'a string that is not in Huffman’s code'],
    [
      '5.2: a padding that is no begin of the code for the end',
      '00 01 61 81 18',
      'a string that is not in Huffman’s code',
    ],
    ['5.2: the code for the end in a string', '00 01 61 84 ff ff ff ff', 'a string that is not in Huffman’s code'],
    ['6.1: the index 0', '80', 'the index 0, where no entry is'],
    ['2.3.3: an index beyond both tables', 'be', 'the index 62, where no entry is'],
    ['2.3.3: the name of an index beyond both tables', '7f 00 00', 'the index 63, where no entry is'],
    ['6.3: an update above the limit', '3f e2 1f', 'an update of the table size to 4097, above the limit of 4096'],
    ['4.2: an update after a field', '82 20', 'an update of the table size after a field'],
  ])('%s', (_, block, reason) => {
    expect(reasonOf(hex(block))).toBe(reason);
  });

  test('any bytes: they are decoded, or refused with a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { outcome } = decoded(Buffer.from(bytes));
        expect(['whole', 'too-large', 'malformed']).toContain(outcome.kind);
      }),
      { numRuns: 2000 },
    );
  });

  test('a block that is cut off anywhere: it is a part of the list, or refused', () => {
    const fields = [
      { name: ':path', value: '/a', isSensitive: false },
      { name: 'x-long', value: 'v'.repeat(300), isSensitive: false },
    ];
    const block = encodeFields(fields);
    for (let end = 0; end < block.length; end++) {
      const { fields: told, outcome } = decoded(block.subarray(0, end));
      if (outcome.kind === 'whole') expect(told).toEqual(fields.slice(0, told.length));
      expect(told.length).toBeLessThan(2);
    }
  });
});

describe('the size of the table', () => {
  test('4.2: may be changed at the begin of a block, several times; entries beyond it are evicted', () => {
    const decoder = new HpackDecoder(NO_LIMITS);
    decodedBy(decoder, hex('400a637573746f6d2d6b65790d637573746f6d2d686561646572'));
    expect(decoder.tableBytes).toBe(55);
    expect(decodedBy(decoder, hex('20 3f 61 82')).outcome.kind).toBe('whole');
    expect(decoder.tableBytes).toBe(0);
  });

  test('4.2: that our SETTINGS lowered must be confirmed before a block names an entry, and nothing is kept until then', () => {
    const limited = (bytes: number): HpackDecoder => {
      const decoder = new HpackDecoder(NO_LIMITS);
      decoder.limitTable(bytes);
      return decoder;
    };
    const kind = (decoder: HpackDecoder, block: string) => decodedBy(decoder, hex(block)).outcome.kind;
    const KEPT = '4003782d610162'; // x-a: b, to be kept
    const AGAIN = 'be'; // the newest entry
    const unconfirmed = limited(0);
    expect(kind(unconfirmed, '82')).toBe('whole');
    expect(kind(unconfirmed, KEPT)).toBe('whole');
    expect(unconfirmed.isStateless).toBe(true);
    expect(kind(unconfirmed, AGAIN)).toBe('malformed');
    const late = limited(100);
    expect(kind(late, KEPT)).toBe('whole');
    expect(kind(late, `3f 45 ${KEPT} ${AGAIN}`)).toBe('whole'); // to 100
    expect(kind(limited(100), '3f 46 82')).toBe('malformed'); // to 101
    expect(kind(limited(8192), `${KEPT} ${AGAIN}`)).toBe('whole');
    const before = new HpackDecoder(NO_LIMITS);
    expect(kind(before, KEPT)).toBe('whole');
    before.limitTable(0);
    expect(kind(before, AGAIN)).toBe('malformed');
    // Lowered and raised again: the lowest must have been reached.
    const twice = limited(0);
    twice.limitTable(4096);
    expect(kind(twice, `3f e1 1f ${KEPT} ${AGAIN}`)).toBe('malformed');
    const both = limited(0);
    both.limitTable(4096);
    expect(kind(both, `20 3f e1 1f ${KEPT} ${AGAIN}`)).toBe('whole');
  });

  test('4.4: an entry larger than the table empties it, and is no error', () => {
    const decoder = new HpackDecoder(NO_LIMITS);
    const entry = (value: string) => Buffer.concat([hex('400161'), Buffer.of(value.length), Buffer.from(value)]);
    decodedBy(decoder, Buffer.concat([hex('3f 1d'), entry('b')])); // 60 bytes
    expect(decoder.tableBytes).toBe(34);
    const { outcome, fields } = decodedBy(decoder, entry('b'.repeat(28)));
    expect([outcome.kind, fields.length, decoder.tableBytes]).toEqual(['whole', 1, 0]);
  });

  test('never exceeds its limit, for any entries, and the newest of them are found', () => {
    fc.assert(
      fc.property(fc.array(bytesOf(90), { maxLength: 200 }), fc.integer({ min: 31, max: 4096 }), (values, bytes) => {
        const decoder = new HpackDecoder(NO_LIMITS);
        decodedBy(decoder, sizeUpdate(bytes));
        for (const value of values) {
          const literal = encodeFields([{ name: 'x', value }]);
          literal[0] = 0x40; // the same literal, with indexing
          decodedBy(decoder, literal);
          expect(decoder.tableBytes).toBeLessThanOrEqual(bytes);
        }
        let left = bytes;
        for (const [index, value] of values.toReversed().entries()) {
          left -= value.length + 33;
          if (left < 0) break;
          expect(decodedBy(decoder, indexed(62 + index)).fields[0]).toMatchObject({ name: 'x', value });
        }
      }),
    );
  });
});

test('each byte has a code of its own, and the whole code is used up', () => {
  fc.assert(
    fc.property(bytesOf(300), (text) => {
      const into = Buffer.alloc(text.length * 4 + 1);
      const end = huffmanEncode(text, into, 0);
      expect(end).toBe(huffmanEncodedBytes(text));
      const back = Buffer.alloc(2 * into.length);
      expect(back.toString('latin1', 0, huffmanDecode(into, 0, end, back))).toBe(text);
    }),
  );
});

const continued = (value: number, prefix: number, kind: number): Buffer => {
  if (value < prefix) return Buffer.of(kind | value);
  const bytes = [kind | prefix];
  let rest = value - prefix;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
};
const sizeUpdate = (bytes: number): Buffer => continued(bytes, 31, 0x20);
const indexed = (index: number): Buffer => continued(index, 127, 0x80);
