import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { FrameWriter } from '../../../../router/http2/frame-writer.ts';
import { SocketWriting } from '../../../../router/io/frame-proxy/socket-writing.ts';
import { until } from '../../../contract/data-path/data-path-bench.ts';

const open: (Socket | Server)[] = [];
afterEach(() => {
  for (const one of open.splice(0)) {
    if ('destroy' in one) one.destroy();
    else one.close();
  }
});

/** A socket that writes, and the one that reads it. */
const pair = async (): Promise<readonly [Socket, Socket]> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const writer = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [reader] = await accepted;
  open.push(server, writer, reader);
  return [writer, reader];
};

const HEADER_BYTES = 9;
const BODY_BYTES = 16_000;

/** So many writes are more than the system takes for a peer that does not read. */
const MORE_THAN_HELD = 1000;

/** The buffer of a write of one frame. */
const filled = (output: FrameWriter, byte: number): ArrayBufferLike => {
  output.data(1, Buffer.alloc(BODY_BYTES, byte), 0, BODY_BYTES, false);
  return output.written.buffer;
};

test('a buffer that a slow socket has written is used again, and not before that', async () => {
  const [writer, reader] = await pair();
  const writing = new SocketWriting(writer, { isPausable: false });
  const output = new FrameWriter();
  const lent = new Set<ArrayBufferLike>();
  let writes = 0;
  for (; writes < MORE_THAN_HELD; writes++) {
    const buffer = filled(output, writes & 0xff);
    if (writer.writableLength > 0) {
      expect(lent.has(buffer)).toBe(false);
      lent.add(buffer);
    }
    writing.write(output);
  }
  expect(lent.size).toBeGreaterThan(10);
  const got: Buffer[] = [];
  let bytes = 0;
  reader.on('data', (piece: Buffer) => {
    got.push(piece);
    bytes += piece.length;
  });
  await until(() => bytes === writes * (HEADER_BYTES + BODY_BYTES));
  const all = Buffer.concat(got);
  for (let frame = 0; frame < writes; frame++) {
    const from = frame * (HEADER_BYTES + BODY_BYTES) + HEADER_BYTES;
    expect([all[from], all[from + BODY_BYTES - 1]]).toEqual([frame & 0xff, frame & 0xff]);
  }
  await until(() => lent.has(filled(new FrameWriter(), 0)));
});

test('a peer that reads nothing of what waits for it loses its connection', async () => {
  const [writer] = await pair();
  const writing = new SocketWriting(writer, { isPausable: false, stallMs: 20 });
  const output = new FrameWriter();
  for (let writes = 0; writes < MORE_THAN_HELD; writes++) {
    filled(output, 1);
    writing.write(output);
  }
  await until(() => writer.destroyed);
});
