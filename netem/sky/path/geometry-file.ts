import { createHash } from 'node:crypto';

/*
 * A geometry in a file: a line that names the format, the SHA-256 of the rest, the length of a JSON list of ways, that list padded to eight bytes,
 * and for each way the whole rows of its table: where they are, their tags, their numbers. Numbers are little-endian, as on every machine
 * that Node runs on.
 */
const FORMAT = Buffer.from('starlane-geometry-1\n');
const DIGEST_BYTES = 32;

/** What a file says of itself, in `starlane cache`. */
export interface GeometryFileHead {
  /** For people: which constellation, and from when to when. */
  readonly what: string;
  /** How many numbers a row has. */
  readonly width: number;
  readonly ways: readonly { readonly name: string; readonly bytes: number; readonly rows: number }[];
}

/** The memories of a geometry as a file; rows that a thread was writing are left out. `width` is how many numbers a row has. */
export const geometryFile = (
  memories: ReadonlyMap<string, SharedArrayBuffer>,
  { what, width }: { readonly what: string; readonly width: number },
): Buffer => {
  const parts: Buffer[] = [];
  const ways = [...memories].map(([name, memory]) => {
    const { values, tags } = tableIn(memory, width);
    const rows = Int32Array.from([...tags.keys()].filter((row) => Atomics.load(tags, row) > 0));
    const numbers = new Float64Array(rows.length * width);
    for (const [index, row] of rows.entries())
      numbers.set(values.subarray(row * width, (row + 1) * width), index * width);
    parts.push(bytesOf(numbers), bytesOf(rows), bytesOf(rows.map((row) => tags[row]!)));
    return { name, bytes: memory.byteLength, rows: rows.length };
  });
  const head: GeometryFileHead = { what, width, ways };
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const body = Buffer.concat([length, json, ...parts]);
  return Buffer.concat([FORMAT, createHash('sha256').update(body).digest(), body]);
};

/** What is in such a file; null for a file of another format, and for one that is broken or cut off. */
export const readGeometryFile = (
  file: Buffer,
): { readonly head: GeometryFileHead; readonly memories: ReadonlyMap<string, SharedArrayBuffer> } | null => {
  const bodyAt = FORMAT.length + DIGEST_BYTES;
  if (file.length < bodyAt + 4 || !file.subarray(0, FORMAT.length).equals(FORMAT)) return null;
  const body = file.subarray(bodyAt);
  if (!createHash('sha256').update(body).digest().equals(file.subarray(FORMAT.length, bodyAt))) return null;
  let at = 4 + body.readUInt32LE(0);
  const head = JSON.parse(body.toString('utf8', 4, at)) as GeometryFileHead;
  const take = (bytes: number): ArrayBuffer => {
    const piece = new Uint8Array(body.subarray(at, at + bytes)); // a copy, which begins where numbers may
    at += bytes;
    return piece.buffer;
  };
  const memories = new Map(
    head.ways.map(({ name, bytes, rows }) => {
      const memory = new SharedArrayBuffer(bytes);
      const { values, tags } = tableIn(memory, head.width);
      const numbers = new Float64Array(take(rows * head.width * 8));
      const places = new Int32Array(take(rows * 4));
      const kept = new Int32Array(take(rows * 4));
      for (const [index, row] of places.entries()) {
        values.set(numbers.subarray(index * head.width, (index + 1) * head.width), row * head.width);
        tags[row] = kept[index]!;
      }
      return [name, memory] as const;
    }),
  );
  return { head, memories };
};

/** The layout of `WayTable`. */
const tableIn = (memory: SharedArrayBuffer, width: number) => {
  const rows = memory.byteLength / (width * Float64Array.BYTES_PER_ELEMENT + Int32Array.BYTES_PER_ELEMENT);
  const values = new Float64Array(memory, 0, rows * width);
  return { values, tags: new Int32Array(memory, values.byteLength, rows) };
};

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array | Int32Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
