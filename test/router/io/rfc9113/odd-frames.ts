import { blockOf } from '../../http2/connection-under-test.ts';
import { frame } from '../../http2/raw-frames.ts';

/** What a block begins with from a peer that uses no table. Source: RFC 7541 6.3. */
export const TABLE_OF_0 = Buffer.of(0x20);

/** A block that stands alone, with those fields in that order; a name may come twice. */
export const block = (
  ...lists: readonly (Readonly<Record<string, string>> | readonly (readonly [string, string])[])[]
): Buffer =>
  Buffer.concat([
    TABLE_OF_0,
    ...lists.flatMap((list) =>
      (Array.isArray(list) ? (list as readonly (readonly [string, string])[]) : Object.entries(list)).map(
        ([name, value]) => blockOf({ [name]: value }),
      ),
    ),
  ]);

/** A block in HEADERS and two CONTINUATION frames, the last of which is empty. */
export const inTwo = (stream: number, bytes: Buffer, isLast: boolean): readonly Buffer[] => [
  frame(1, isLast ? 1 : 0, stream, bytes.subarray(0, 20)),
  frame(9, 0, stream, bytes.subarray(20)),
  frame(9, 4, stream),
];

/** A frame with so many bytes of padding. */
export const padded = (type: number, flags: number, stream: number, payload: Buffer, padding: number): Buffer =>
  frame(type, flags | 8, stream, Buffer.concat([Buffer.of(padding), payload, Buffer.alloc(padding)]));

/** SETTINGS that change the initial window so often, at last to what it was. */
export const manySettings = (count: number): Buffer => {
  const payload = Buffer.alloc(6 * count);
  for (let index = 0; index < count; index++) {
    payload.writeUInt16BE(4, 6 * index);
    payload.writeUInt32BE(index === count - 1 ? 65_535 : 1000 + index, 6 * index + 2);
  }
  return frame(4, 0, 0, payload);
};
