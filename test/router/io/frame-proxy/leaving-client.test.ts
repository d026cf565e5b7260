import { once } from 'node:events';
import { connect } from 'node:http2';
import { expect, test } from 'vitest';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { dataPathBench, generate, statusIn, until } from '../../../contract/data-path/data-path-bench.ts';
import { type Frame, HEADERS, rawClient, requestOf } from '../../../contract/data-path/raw-http2.ts';

const { atEnd, closed, proxied } = dataPathBench((options) => new FrameProxy(options));

test('a request that comes right behind the GOAWAY of its client is served, and then the connection ends', async () => {
  const { proxy } = await proxied((call) => call.end());
  const peer = closed(await rawClient(proxy.port));
  await until(() => peer.frames.length > 1);
  const isClosed = once(peer.socket, 'close');
  peer.socket.cork();
  peer.goaway(0);
  peer.headers(1, requestOf(), true);
  peer.socket.uncork();
  const isAnswer = ({ type, stream }: Frame): boolean => type === HEADERS && stream === 1;
  await Promise.race([until(() => peer.frames.some(isAnswer)), isClosed]);
  expect(peer.frames.some(isAnswer)).toBe(true);
  await isClosed;
});

test('a client of node:http2 may call and close at once', async () => {
  const { proxy } = await proxied((call) => call.end());
  const client = connect(`http://127.0.0.1:${proxy.port}`);
  atEnd(() => client.destroy());
  await once(client, 'remoteSettings');
  const status = statusIn(generate(client));
  client.close(); // its GOAWAY leaves before the request
  expect(await status).toBe('0');
  await until(() => client.destroyed);
});
