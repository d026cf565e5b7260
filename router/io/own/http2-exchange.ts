import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { OwnServices } from './own-services.ts';

/** Passes a request of a client over node:http2 to one of the router's own services. */
export const exchangeOverHttp2 = (
  own: OwnServices,
  service: string,
  client: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): void => {
  const isGone = (): boolean => client.destroyed || client.closed;
  let trailers: OutgoingHttpHeaders = {};
  const call = own.open(service, headers, {
    onAnswer: (head, isWhole) => {
      if (isGone()) return;
      client.on('wantTrailers', () => client.sendTrailers(trailers));
      client.respond(head, isWhole ? { endStream: true } : { waitForTrailers: true });
    },
    onAnswerData: (bytes) => {
      if (!isGone() && !client.write(bytes)) call.pause();
    },
    onAnswerEnd: (said) => {
      trailers = said;
      if (!isGone()) client.end();
    },
  });
  client.on('error', () => {});
  client.on('close', () => call.cancel());
  client.on('drain', () => call.resume());
  client.on('data', (bytes: Buffer) => {
    client.pause();
    call.send(bytes, () => client.resume());
  });
  client.once('end', () => call.endBody());
};
