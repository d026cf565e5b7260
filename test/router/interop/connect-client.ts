import { Code, ConnectError, createClient, decodeBinaryHeader, encodeBinaryHeader } from '@connectrpc/connect';
import { compressionGzip, createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { type ByteCall, type ByteReply, type MakeByteClient, onlyMessage } from './byte-client.ts';
import { PLAN_HEADER } from './byte-plan.ts';
import { AbsentService, ByteService } from './byte-service.ts';

/** A client over Connect's gRPC transport. */
export const connectClient: MakeByteClient = ({ port, isCompressing = false, tls }) => {
  const baseUrl = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const nodeOptions = tls === undefined ? {} : { ca: tls.ca, servername: tls.serverName };
  const sessionManager = new Http2SessionManager(baseUrl, {}, nodeOptions);
  const transport = createGrpcTransport({
    baseUrl,
    sessionManager,
    ...(isCompressing && { sendCompression: compressionGzip, compressMinBytes: 1 }),
  });
  const client = createClient(ByteService, transport);
  const absent = createClient(AbsentService, transport);
  return {
    call: async (kind, call) => {
      const { one, missing, collect, expand, talk } = call.isAbsent === true ? absent : client;
      const messages: Buffer[] = [];
      let headers = new Headers();
      let trailers = new Headers();
      const add = ({ value }: { readonly value: Uint8Array }): void => {
        const message = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
        messages.push(message);
        call.onMessage?.(message);
      };
      const options = {
        headers: headersOf(call),
        ...(call.deadlineMs !== undefined && { timeoutMs: call.deadlineMs }),
        ...(call.signal !== undefined && { signal: call.signal }),
        onHeader: (given: Headers) => {
          headers = given;
        },
        onTrailer: (given: Headers) => {
          trailers = given;
        },
      };
      try {
        if (kind === 'one' || kind === 'missing') {
          add(await (kind === 'one' ? one : missing)({ value: await onlyMessage(call.messages) }, options));
        } else if (kind === 'collect') add(await collect(valuesOf(call), options));
        else if (kind === 'expand') {
          for await (const value of expand({ value: await onlyMessage(call.messages) }, options)) add(value);
        } else for await (const value of talk(valuesOf(call), options)) add(value);
      } catch (error) {
        const { code, rawMessage, metadata } = ConnectError.from(error);
        return { messages, headers: valuesIn(headers), trailers: valuesIn(metadata), code, text: rawMessage };
      }
      return { messages, headers: valuesIn(headers), trailers: valuesIn(trailers), code: 0, text: '' };
    },
    close: () => sessionManager.abort(new ConnectError('the test is over', Code.Canceled)),
  };
};

async function* valuesOf({ messages }: ByteCall): AsyncIterable<{ value: Buffer }> {
  for await (const value of messages) yield { value };
}

const headersOf = ({ plan, metadata = [] }: ByteCall): Headers => {
  const headers = new Headers();
  if (plan !== undefined) headers.set(PLAN_HEADER, encodeBinaryHeader(Buffer.from(JSON.stringify(plan))));
  for (const [name, value] of metadata)
    headers.append(name, typeof value === 'string' ? value : encodeBinaryHeader(value));
  return headers;
};

const valuesIn =
  (headers: Headers): ByteReply['headers'] =>
  (name) => {
    const value = headers.get(name);
    if (value === null) return undefined;
    return name.endsWith('-bin') ? Buffer.from(decodeBinaryHeader(value)) : value;
  };
