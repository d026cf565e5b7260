import { DiagLogLevel, diag, type Tracer } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  type Resource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Ms } from '../../../core/time/clock.ts';

/**
 * Spans to the OTLP collector that the environment names, as http/json; the exporter reads its endpoint, headers, time-out
 * and compression from there. Spans wait in a bounded queue, so a collector that is down or hangs never delays the code that
 * ends a span: spans are then dropped, and `warn` gets the reason, in one line and once. `close` takes at most a second.
 */
export const otlpTracing = (
  node: string,
  warn: (line: string) => void,
): { readonly tracer: Tracer; readonly close: () => Promise<void> } => {
  const said = new Set<string>();
  const warnOnce = (kind: string, line: string): void => {
    if (said.has(kind)) return;
    said.add(kind);
    warn(`${node}: traces: ${line.replaceAll(/\s+/g, ' ').slice(0, LONGEST_LINE)}`);
  };
  const lost = (why: string): void => warnOnce('lost', `spans are dropped, the collector does not take them: ${why}`);
  // OpenTelemetry itself reports mistakes in the environment and a full queue. A failed export is reported in its result.
  diag.setLogger(
    { ...SILENT, warn: (message) => warnOnce(message.replaceAll(/\d+/g, ''), message) },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const exporter = watched(new OTLPTraceExporter(), (error) => lost(reasonOf(error)));
  const provider = new TracerProvider({
    resource: resourceOf(node),
    spanProcessors: [new BatchSpanProcessor({ exporter, ...QUEUE })],
    spanLimits: { attributeValueLengthLimit: 1024 },
  });
  let closed: Promise<void> | undefined;
  return {
    tracer: provider.getTracer('starlane'),
    close: () => {
      closed ??= within(FLUSH_MS, provider.shutdown(), () => lost('the node ended before it did'));
      return closed;
    },
  };
};

/** The environment overrides all but the name of the node: several nodes may share one environment. */
const resourceOf = (node: string): Resource =>
  defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'starlane-node' }))
    .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }))
    .merge(resourceFromAttributes({ 'service.instance.id': node }));

/** The error of a connection that several addresses refused has a code and no message. */
const reasonOf = (error: NodeJS.ErrnoException | undefined): string =>
  error?.message || error?.code || 'it gives no reason';

/** Reports each export that failed, and why. */
const watched = (exporter: SpanExporter, onFailure: (error: Error | undefined) => void): SpanExporter => ({
  export: (spans, done) =>
    exporter.export(spans, (result) => {
      if (result.code !== ExportResultCode.SUCCESS) onFailure(result.error);
      done(result);
    }),
  shutdown: () => exporter.shutdown(),
});

/** Resolves when `work` is over, successfully or not. After `limitMs` it calls `onLate` and resolves. */
const within = (limitMs: Ms, work: Promise<void>, onLate: () => void): Promise<void> =>
  new Promise((resolve) => {
    const limit = setTimeout(() => {
      onLate();
      resolve();
    }, limitMs);
    const over = (): void => {
      clearTimeout(limit);
      resolve();
    };
    work.then(over, over);
  });

/** Small batches, because the node does nothing else while one is serialised. */
const QUEUE = { maxQueueSize: 2048, maxExportBatchSize: 128, scheduledDelayMillis: 1000 };

/** A part of a run on this machine has two seconds to end, its log included. */
const FLUSH_MS: Ms = 1000;

const LONGEST_LINE = 300;

const nothing = (): void => {};

const SILENT = { verbose: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
