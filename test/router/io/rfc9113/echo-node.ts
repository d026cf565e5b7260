import {
  DATA,
  END_STREAM,
  HEADERS,
  type RawHeader,
  type RawPeer,
  type RawServer,
  RST_STREAM,
  rawServer,
} from '../../../contract/data-path/raw-http2.ts';

/** A node that answers each request, once it is whole, with its body and OK. */
export const echoNode = async (): Promise<RawServer> => {
  const bodies = new Map<RawPeer, Map<number, Buffer[]>>();
  return await rawServer(({ type, flags, stream, payload }, peer) => {
    if (!bodies.has(peer)) {
      bodies.set(peer, new Map());
      peer.send(WINDOW_UPDATE, 0, 0, Buffer.of(0x7f, 0, 0, 0)); // all of its streams together
    }
    const ofPeer = bodies.get(peer)!;
    if (type === RST_STREAM) ofPeer.delete(stream);
    if (type !== DATA && type !== HEADERS) return;
    const pieces = ofPeer.get(stream) ?? [];
    ofPeer.set(stream, pieces);
    if (type === DATA) pieces.push(payload);
    if ((flags & END_STREAM) === 0) return;
    ofPeer.delete(stream);
    answerOn(peer, stream, Buffer.concat(pieces));
  });
};

/** A whole answer of gRPC with status OK. */
export const answerOn = (peer: RawPeer, stream: number, body: Buffer): void => {
  peer.headers(stream, ANSWER);
  for (let at = 0; at < body.length; at += 16_384) peer.data(stream, body.subarray(at, at + 16_384));
  peer.headers(stream, [['grpc-status', '0']], true);
};

const ANSWER: readonly RawHeader[] = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
];

const WINDOW_UPDATE = 8;
