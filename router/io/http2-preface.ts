import type { Socket } from 'node:net';

/**
 * Calls `onHttp2` once the preface of HTTP/2 has come over a socket; its bytes are still unread then. A client that speaks
 * another protocol gets a short answer in HTTP/1.1, which is what most people try, and its connection ends.
 */
export const whenPreface = (socket: Socket, onHttp2: () => void): void => {
  let seen: Buffer = Buffer.alloc(0);
  const look = (): void => {
    for (let bytes: Buffer | null = socket.read(); bytes !== null; bytes = socket.read()) {
      seen = seen.length === 0 ? bytes : Buffer.concat([seen, bytes]);
    }
    const length = Math.min(seen.length, PREFACE.length);
    if (seen.compare(PREFACE, 0, length, 0, length) !== 0) {
      socket.off('readable', look);
      socket.resume(); // closing a socket with unread bytes makes it a reset, which can overtake the answer
      socket.end('encrypted' in socket ? OVER_TLS : IN_CLEAR_TEXT); // a TLSSocket has it
      setTimeout(() => socket.destroy(), LINGER_MS).unref();
    } else if (seen.length >= PREFACE.length) {
      socket.off('readable', look);
      socket.unshift(seen);
      onHttp2();
    }
  };
  socket.on('readable', look);
};

/** Source: RFC 9113 3.4. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** It has to name the protocol that it wants (RFC 9110 15.5.22, 7.8). Nobody is upgraded: RFC 9113 3.1 wants prior knowledge. */
const answer = (protocol: string, text: string): string =>
  [
    'HTTP/1.1 426 Upgrade Required',
    `Upgrade: ${protocol}`,
    'Connection: Upgrade, close',
    'Content-Type: text/plain',
    `Content-Length: ${text.length}`,
    '',
    text,
  ].join('\r\n');

const IN_CLEAR_TEXT = answer('h2c', 'This is gRPC: it needs HTTP/2 with prior knowledge, without TLS.\n');

const OVER_TLS = answer('h2', 'This is gRPC: it needs HTTP/2, agreed on by ALPN.\n');

const LINGER_MS = 1000;
