import { createServer, type RequestListener } from 'node:http';
import { afterEach } from 'vitest';

type Value = string | number | readonly string[];

/** A span as a collector takes it, with what stands around it. */
export interface CollectedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceState: string | undefined;
  readonly startUnixMs: number;
  readonly endUnixMs: number;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, Value>>;
  readonly resource: Readonly<Record<string, Value>>;
}

export interface Collector {
  /** As `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string;
  readonly spans: CollectedSpan[];
  /** Where posts came to. */
  readonly paths: string[];
}

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

const listen = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    return closed;
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
};

/** An OTLP collector that keeps what it gets, until the test is over. */
export const collector = async (): Promise<Collector> => {
  const spans: CollectedSpan[] = [];
  const paths: string[] = [];
  const endpoint = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    paths.push(request.url!);
    spans.push(...spansOf(JSON.parse(Buffer.concat(chunks).toString())));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  return { endpoint, spans, paths };
};

/** One that takes what comes and answers nothing; `posts` says how much came. */
export const mutePost = async () => {
  const heard = { posts: 0 };
  const endpoint = await listen((request) => {
    heard.posts++;
    request.resume();
  });
  return { endpoint, heard };
};

/** One that is not there. */
export const nobody = async (): Promise<string> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
};

interface Attribute {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: number | string;
    readonly doubleValue?: number;
    readonly arrayValue?: { readonly values: readonly { readonly stringValue: string }[] };
  };
}

interface Posted {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<CollectedSpan, 'startUnixMs' | 'endUnixMs' | 'attributes' | 'resource'> & {
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly attributes: readonly Attribute[];
      })[];
    }[];
  }[];
}

const spansOf = ({ resourceSpans }: Posted): readonly CollectedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        startUnixMs: Number(span.startTimeUnixNano) / 1e6,
        endUnixMs: Number(span.endTimeUnixNano) / 1e6,
        attributes: read(span.attributes),
        resource: read(resource.attributes),
      })),
    ),
  );

const read = (attributes: readonly Attribute[]): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ??
        value.doubleValue ??
        value.arrayValue?.values.map(({ stringValue }) => stringValue) ??
        Number(value.intValue),
    ]),
  );
